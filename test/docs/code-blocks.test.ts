import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as ts from 'typescript';
import { Block, codeBlocks } from './support/code-blocks';
import { ROOT } from './support/documents';

// In the repository, so that the CDK is found from there.
mkdirSync(join(ROOT, '.cache'), { recursive: true });
const scratch = mkdtempSync(join(ROOT, '.cache/blocks-'));

jest.setTimeout(120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The compiler's complaints, with their places in the documents. */
function compile(blocks: readonly Block[]): string[] {
  const files = blocks.map((block, index) => {
    const file = join(scratch, `block-${index}.ts`);
    writeFileSync(file, `${block.text}\nexport {};\n`);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
    paths: { 'cdk-pavi-alignment-pipeline': [join(ROOT, 'src/index.ts')] },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    const block = blocks[files.indexOf(file?.fileName ?? '')];
    if (file === undefined || block === undefined) return `${relative(ROOT, file?.fileName ?? '')}: ${message}`;
    return `${block.document}:${block.line + 1 + file.getLineAndCharacterOfPosition(start).line}: ${message}`;
  });
}

test('the TypeScript of all documents compiles', () => {
  const blocks = codeBlocks('ts');
  expect(blocks.length).toBeGreaterThan(0);
  expect(compile(blocks)).toEqual([]);
});

test('a block that does not compile is found, with its place', () => {
  const wrong = { document: 'X.md', line: 7, language: 'ts', text: 'import { PipelineCompute } from \'cdk-pavi-alignment-pipeline\';\nPipelineCompute.nowhere();\n' };
  expect(compile([wrong])).toEqual(['X.md:9: Property \'nowhere\' does not exist on type \'typeof PipelineCompute\'.']);
});

test('every block names a language that is checked, or is none of a program', () => {
  expect(codeBlocks().filter(({ language }) => !['ts', 'python', 'sh', 'json', 'mermaid', 'text'].includes(language))).toEqual([]);
});
