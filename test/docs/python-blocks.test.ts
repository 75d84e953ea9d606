import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Block, codeBlocks } from './support/code-blocks';
import { ROOT } from './support/documents';
import { CDK_MINIMUM, packageFile } from '../package/support/scratch-app';
import { pythonVenv } from '../support/python-venv';

const run = promisify(execFile);
const EXAMPLE = 'examples/python';
const scratch = mkdtempSync(join(tmpdir(), 'pavi-blocks-'));
let bin: string;

// mypy reads the types of the CDK's modules that are named, for some twenty seconds; what it read is kept for the next time.
jest.setTimeout(900_000);
beforeAll(async () => {
  bin = await pythonVenv();
  await run(join(bin, 'python'), ['-m', 'zipfile', '-e', packageFile('python', '.whl'), join(scratch, 'wheel')]);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/**
 * mypy's settings: of the CDK it reads what the wheel, the blocks and the example name, and what all modules share. The CDK's root imports
 * every other module as well, which would take minutes and 2.4 GB.
 */
function settings(files: readonly string[]): string {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const named = texts.flatMap((text) => text.match(/\baws_[a-z0-9_]+/g) ?? []).filter((name) => name !== 'aws_cdk' && !name.startsWith('aws_cdk_'));
  const read = ['aws_cdk', ...['_jsii', 'cx_api', 'cloud_assembly_schema', 'interfaces', ...new Set(named)].map((name) => `aws_cdk.${name}.*`)];
  return ['[mypy]', 'strict = True', 'follow_imports = silent', '[mypy-aws_cdk.*]', 'follow_imports = skip', `[mypy-${read.join()}]`, 'follow_imports = silent', ''].join('\n');
}

/** mypy's complaints about the blocks and the example, with their places, against the types of the wheel. */
async function typeCheck(blocks: readonly Block[], files: readonly string[] = []): Promise<string[]> {
  const folder = mkdtempSync(join(scratch, 'blocks-'));
  const written = blocks.map(({ text }, index) => {
    const file = join(folder, `block_${index}.py`);
    writeFileSync(file, text);
    return file;
  });
  const cache = join(ROOT, '.cache/mypy');
  mkdirSync(cache, { recursive: true });
  // Of the wheel's module, which is not installed, only the types are asked for.
  const wheel = join(scratch, 'wheel/cdk_pavi_alignment_pipeline/__init__.py');
  const examples = readdirSync(join(ROOT, EXAMPLE)).filter((name) => name.endsWith('.py')).map((name) => join(ROOT, EXAMPLE, name));
  const config = join(folder, 'mypy.ini');
  // For all calls the same, so that one takes what another has read.
  const documented = codeBlocks('python').map(({ text }, index) => {
    const file = join(folder, `documented_${index}.txt`);
    writeFileSync(file, text);
    return file;
  });
  writeFileSync(config, settings([wheel, ...documented, ...examples]));
  const options = ['--config-file', config, '--no-error-summary', '--cache-dir', cache];
  const { stdout, stderr } = await run(join(bin, 'mypy'), [...options, ...written, ...files], {
    cwd: ROOT, env: { ...process.env, MYPYPATH: join(scratch, 'wheel') },
  }).catch((error: { stdout: string; stderr: string }) => error);
  if (stderr !== '') throw new Error(`mypy did not run: ${stderr}`);
  return stdout.split('\n').filter((line) => line.includes(': error:')).map((line) => {
    const [, file, number, message] = /^(.*?):(\d+): error: (.*)$/.exec(line)!;
    const index = written.findIndex((path) => basename(path) === basename(file));
    return index < 0 ? line : `${blocks[index].document}:${blocks[index].line + Number(number)}: ${message}`;
  });
}

test('the types are those of the least CDK that the package takes', () => {
  const requirements = readFileSync(join(ROOT, 'test/support/requirements.txt'), 'utf8').split('\n');
  expect(requirements).toEqual(expect.arrayContaining([`aws-cdk-lib==${CDK_MINIMUM.lib}`, `constructs==${CDK_MINIMUM.constructs}`]));
});

test('the Python of all documents, and the Python example, have the types of the package', async () => {
  const blocks = codeBlocks('python');
  const files = readdirSync(join(ROOT, EXAMPLE)).filter((name) => name.endsWith('.py')).map((name) => join(EXAMPLE, name));
  expect(blocks.length).toBeGreaterThan(0);
  expect(files).toContain('examples/python/app.py');
  expect(await typeCheck(blocks, files)).toEqual([]);
});

test('a block that has a wrong type is found, with its place', async () => {
  const text = 'import aws_cdk as cdk\nfrom cdk_pavi_alignment_pipeline import PipelineCompute\n\nPipelineCompute.nowhere()\ncdk.Stack(cdk.App(), "x").nowhere()\n';
  expect(await typeCheck([{ document: 'X.md', line: 7, language: 'python', text }])).toEqual([
    'X.md:11: "type[PipelineCompute]" has no attribute "nowhere"  [attr-defined]', 'X.md:12: "Stack" has no attribute "nowhere"  [attr-defined]',
  ]);
});
