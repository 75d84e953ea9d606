import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '..');

/** Which of our own folders, and which packages never, a file may import; the first rule whose folder matches counts. */
const RULES = [
  { folder: 'src/contract', mayImport: ['src/contract'], neverPackages: [/./] },
  { folder: 'src', mayImport: ['src'], neverPackages: [/^(?!aws-cdk-lib(\/|$)|constructs$|path$|fs$|node:(path|fs)$)/] },
  { folder: 'formats', mayImport: ['formats'], neverPackages: [/./] },
  { folder: 'worker', mayImport: ['worker', 'formats', 'src/contract'], neverPackages: [/^aws-cdk-lib(\/|$)/, /^constructs$/] },
  { folder: 'engine', mayImport: ['engine', 'formats'], neverPackages: [/^aws-cdk-lib(\/|$)/, /^constructs$/] },
  { folder: 'cli', mayImport: ['cli', 'engine', 'formats', 'src/contract'], neverPackages: [/^aws-cdk-lib(\/|$)/, /^constructs$/] },
];

interface Violation { readonly file: string; readonly imports: string }

function violations(file: string, text: string): Violation[] {
  const rule = RULES.find(({ folder }) => file.startsWith(`${folder}/`));
  if (rule === undefined) throw new Error(`no rule for ${file}`);
  return ts.preProcessFile(text, true, true).importedFiles
    .map(({ fileName }) => fileName)
    .filter((imported) => {
      if (!imported.startsWith('.')) return rule.neverPackages.some((pattern) => pattern.test(imported));
      const target = relative(ROOT, resolve(ROOT, dirname(file), imported));
      return !rule.mayImport.some((folder) => target === folder || target.startsWith(`${folder}/`));
    })
    .map((imports) => ({ file, imports }));
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

test.each(['src', 'formats', 'worker', 'engine', 'cli'])('%s imports only what it may', (folder) => {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => violations(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test.each([
  ['src/steps/a.ts', 'import { x } from \'../../worker/main\';'],
  ['src/contract/a.ts', 'import * as fs from \'node:fs\';'],
  ['src/contract/a.ts', 'import { x } from \'../steps/b\';'],
  ['src/a.ts', 'import { S3Client } from \'@aws-sdk/client-s3\';'],
  ['worker/a.ts', 'import { Stack } from \'aws-cdk-lib\';'],
  ['worker/commands/a.ts', 'const x = import(\'../../cli/main\');'],
  ['worker/a.ts', 'export * from \'../src/steps/b\';'],
  ['cli/runs/a.ts', 'import { PipelineNames } from \'../../src/names/physical-names\';'],
  ['engine/s3/a.ts', 'import { StoragePrefix } from \'../../src/contract/storage-keys\';'],
])('a forbidden import in %s is found: %s', (file, text) => {
  expect(violations(file, text)).toHaveLength(1);
});
