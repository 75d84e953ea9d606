import { dirname } from 'node:path';
import { circles, ImportGraph, Imports, importsOf, readImports } from './support/imports';

const NO_CDK = [/^aws-cdk-lib(\/|$)/, /^constructs$/];

interface Part {
  /** Packages that no file of the part may import. */
  readonly neverPackages: readonly RegExp[];
  /**
   * By folder: what its files may import beside each other. A name is a file, or a folder, which stands for the files that lie directly in
   * it; with `/**` also for those below. Every folder has its line.
   */
  readonly folders: Readonly<Record<string, readonly string[]>>;
}

const PARTS: Readonly<Record<string, Part>> = {
  'src/contract': { neverPackages: [/./], folders: { 'src/contract': [] } },
  'src': {
    neverPackages: [/^(?!aws-cdk-lib(\/|$)|constructs$|path$|fs$|node:(path|fs)$)/],
    folders: {
      'src': ['src/**'],
      'src/checks': [],
      'src/names': ['src/checks'],
      'src/images': ['src/contract'],
      'src/roles': ['src/checks'],
      'src/compute': ['src/contract', 'src/checks'],
      'src/storage': ['src/contract', 'src/checks'],
      'src/states': ['src/contract'],
      'src/steps': ['src/contract', 'src/checks', 'src/names', 'src/roles', 'src/compute', 'src/storage'],
      'src/progress': ['src/states'],
      'src/orchestration': ['src/contract', 'src/compute', 'src/storage', 'src/states', 'src/steps', 'src/progress'],
      'src/monitoring': ['src/contract', 'src/checks', 'src/names', 'src/steps'],
    },
  },
  'formats': { neverPackages: [/./], folders: { formats: [] } },
  'worker': {
    neverPackages: NO_CDK,
    folders: {
      'worker': ['src/contract', 'worker/commands', 'worker/storage'],
      'worker/net': ['src/contract', 'formats', 'worker/worker-error', 'worker/log'],
      'worker/storage': ['src/contract', 'formats', 'worker/worker-error', 'worker/net'],
      'worker/genome': ['src/contract', 'formats', 'worker/worker-error', 'worker/log', 'worker/net', 'worker/storage'],
      'worker/variant': ['src/contract', 'worker/worker-error', 'worker/net'],
      'worker/sequence': ['src/contract', 'worker/worker-error', 'worker/entry-warnings', 'worker/genome', 'worker/variant'],
      'worker/alignment': ['src/contract', 'formats', 'worker/worker-error', 'worker/log', 'worker/storage'],
      'worker/commands': ['src/contract', 'worker/worker-error', 'worker/entry-warnings', 'worker/log', 'worker/metrics', 'worker/net', 'worker/storage', 'worker/genome',
        'worker/variant', 'worker/sequence', 'worker/alignment'],
    },
  },
  'engine': {
    neverPackages: NO_CDK,
    folders: {
      'engine': ['engine/**'],
      'engine/disk': [],
      'engine/assembly': [],
      'engine/iam': [],
      'engine/asl': ['engine/asl/**'],
      'engine/asl/expression': [],
      'engine/asl/definition': ['engine/asl/expression'],
      'engine/asl/record': ['engine/asl/clock', 'engine/asl/definition'],
      'engine/asl/visit': ['engine/asl/clock', 'engine/asl/expression', 'engine/asl/definition', 'engine/asl/record'],
      'engine/asl/map-run': ['engine/asl/expression', 'engine/asl/definition', 'engine/asl/record', 'engine/asl/visit'],
      'engine/asl/states': ['engine/asl/clock', 'engine/asl/expression', 'engine/asl/definition', 'engine/asl/record', 'engine/asl/visit', 'engine/asl/map-run'],
      'engine/batch': ['engine/disk', 'engine/asl/clock', 'engine/batch/definition', 'engine/batch/executor'],
      'engine/batch/definition': ['engine/assembly', 'engine/batch/capacity'],
      'engine/batch/executor': ['engine/assembly', 'engine/batch/job'],
      'engine/events': ['engine/assembly'],
      'engine/signing': ['engine/assembly', 'engine/iam'],
      'engine/s3': ['engine/iam', 'engine/signing', 'engine/s3/operations'],
      'engine/s3/operations': ['engine/iam', 'engine/signing', 'engine/s3'],
      'engine/faults': ['engine/iam', 'engine/batch', 'engine/s3'],
      'engine/integrations': ['engine/iam', 'engine/asl/visit', 'engine/batch', 'engine/batch/definition'],
      'engine/deployment': ['engine/disk', 'engine/assembly', 'engine/iam', 'engine/asl/definition', 'engine/batch/definition', 'engine/batch/executor',
        'engine/events', 'engine/integrations'],
      'engine/tables': ['engine/disk', 'engine/deployment'],
      'engine/executions': ['engine/disk', 'engine/asl', 'engine/asl/definition', 'engine/asl/expression', 'engine/asl/record', 'engine/asl/visit',
        'engine/batch', 'engine/events', 'engine/deployment'],
      'engine/endpoint': ['engine/product', 'engine/iam', 'engine/signing', 'engine/s3', 'engine/batch', 'engine/tables', 'engine/deployment',
        'engine/endpoint/step-functions'],
      'engine/endpoint/step-functions': ['engine/iam', 'engine/asl/clock', 'engine/asl/expression', 'engine/asl/definition', 'engine/asl/record',
        'engine/asl/visit', 'engine/asl/states', 'engine/deployment', 'engine/executions',
        'engine/endpoint'],
    },
  },
  'cli': {
    neverPackages: NO_CDK,
    folders: {
      'cli': ['src/contract', 'engine/index', 'cli/**'],
      'cli/terminal': ['engine/index'],
      'cli/markup': [],
      'cli/trail': ['src/contract', 'formats'],
      'cli/cost': ['src/contract', 'cli/terminal'],
      'cli/compare': ['src/contract', 'formats', 'cli/terminal', 'cli/trail'],
      'cli/diagram': ['engine/index', 'cli/markup'],
      'cli/report': ['cli/terminal', 'cli/markup', 'cli/trail', 'cli/report/sections', 'cli/report/page'],
      'cli/report/page': [],
      'cli/report/sections': ['src/contract', 'cli/terminal', 'cli/markup', 'cli/trail', 'cli/cost'],
      'cli/runs': ['src/contract', 'formats', 'engine/index', 'cli/terminal', 'cli/trail', 'cli/runs/aws'],
      'cli/runs/aws': ['cli/terminal'],
      'cli/here': ['src/contract', 'formats', 'engine/index', 'cli/terminal', 'cli/trail', 'cli/report', 'cli/runs'],
      'cli/deployed': ['src/contract', 'cli/terminal', 'cli/trail', 'cli/report', 'cli/runs', 'cli/runs/aws', 'cli/here'],
    },
  },
};

interface Violation { readonly file: string; readonly imports: string }

function violations(file: string, { files, packages }: Imports): Violation[] {
  const folder = dirname(file);
  const part = Object.values(PARTS).find(({ folders }) => Object.hasOwn(folders, folder));
  if (part === undefined) throw new Error(`${folder} has no line in the table of imports; add one that says what its files may import`);
  const may = part.folders[folder];
  const isAllowed = (target: string) => dirname(target) === folder || may.some((name) => (name.endsWith('/**') ? target.startsWith(name.slice(0, -2))
    : target === name || dirname(target) === name));
  return [...files.filter((target) => !isAllowed(target)), ...packages.filter((name) => part.neverPackages.some((pattern) => pattern.test(name)))]
    .map((imports) => ({ file, imports }));
}

const graph = readImports(['src', 'formats', 'worker', 'engine', 'cli']);

test.each(Object.keys(PARTS))('%s imports only what it may', (part) => {
  const files = [...graph].filter(([file]) => file.startsWith(`${part}/`));
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap(([file, imports]) => violations(file, imports))).toEqual([]);
});

test('no line of the table says more than there is', () => {
  const lines = Object.values(PARTS).flatMap(({ folders }) => Object.entries(folders));
  const unused = lines.flatMap(([folder, names]) => names.filter((name) => ![...graph].some(([file, { files }]) => dirname(file) === folder
    && files.some((target) => (name.endsWith('/**') ? target.startsWith(name.slice(0, -2)) : target === name || dirname(target) === name))))
    .map((name) => `${folder}: ${name}`));
  expect(unused).toEqual([]);
});

test('neither files nor folders import each other in a circle', () => {
  expect(circles(graph)).toEqual([]);
});

test.each([
  ['src/steps/a', 'import { x } from \'../../worker/main\';'],
  ['src/contract/a', 'import * as fs from \'node:fs\';'],
  ['src/contract/a', 'import { x } from \'../steps/b\';'],
  ['src/a', 'import { S3Client } from \'@aws-sdk/client-s3\';'],
  ['src/storage/a', 'import { x } from \'../orchestration/b\';'],
  ['src/steps/a', 'import { x } from \'../index\';'],
  ['formats/a', 'import { x } from \'../engine/index\';'],
  ['formats/a', 'import * as fs from \'node:fs\';'],
  ['worker/a', 'import { Stack } from \'aws-cdk-lib\';'],
  ['worker/commands/a', 'const x = import(\'../../cli/main\');'],
  ['worker/a', 'export * from \'../src/steps/b\';'],
  ['worker/net/a', 'import { x } from \'../genome/b\';'],
  ['worker/net/a', 'import { x } from \'../main\';'],
  ['engine/s3/a', 'import { StoragePrefix } from \'../../src/contract/storage-keys\';'],
  ['engine/s3/a', 'import { x } from \'../endpoint/server\';'],
  ['engine/asl/visit/a', 'import { x } from \'../states/b\';'],
  ['engine/asl/record/a', 'import { x } from \'../execution\';'],
  ['engine/batch/executor/a', 'import { x } from \'../batch-service\';'],
  ['engine/a', 'import { x } from \'../cli/main\';'],
  ['cli/runs/a', 'import { PipelineNames } from \'../../src/names/physical-names\';'],
  ['cli/runs/a', 'import { x } from \'../deployed/b\';'],
  ['cli/runs/a', 'import { LocalAccount } from \'../../engine/local-account\';'],
  ['cli/a', 'import { x } from \'../worker/main\';'],
])('a forbidden import in %s is found: %s', (file, text) => {
  expect(violations(file, importsOf(file, text))).toHaveLength(1);
});

test('a folder without a line in the table is found', () => {
  expect(() => violations('engine/new/a', importsOf('engine/new/a', ''))).toThrow('engine/new has no line in the table of imports');
});

test.each<[string, Record<string, readonly string[]>, string[]]>([
  ['two files', { 'src/a': ['src/b'], 'src/b': ['src/a'] }, ['src/a', 'src/b']],
  ['three files', { 'src/a': ['src/b'], 'src/b': ['src/c'], 'src/c': ['src/a'] }, ['src/a', 'src/b', 'src/c']],
  ['two folders, by files that are in none', { 'cli/x/a': ['cli/y/b'], 'cli/y/c': ['cli/x/d'] }, ['cli/x', 'cli/y']],
  ['three folders', { 'cli/x/a': ['cli/y/b'], 'cli/y/c': ['cli/z/d'], 'cli/z/e': ['cli/x/f'] }, ['cli/x', 'cli/y', 'cli/z']],
  ['folders below others', { 'cli/x/p/a': ['cli/x/q/b'], 'cli/x/q/c': ['cli/x/p/d'] }, ['cli/x/p', 'cli/x/q']],
  ['a file and a folder beside it', { 'engine/b': ['engine/x/a'], 'engine/x/c': ['engine/b'] }, ['engine/b', 'engine/x']],
  ['parts', { 'worker/a': ['formats/a'], 'formats/b': ['worker/c'] }, ['formats', 'worker']],
])('a circle of %s is found', (_name, arrows, members) => {
  const planted: ImportGraph = new Map(Object.entries(arrows).map(([file, files]) => [file, { files, packages: [] }]));
  expect(circles(planted)).toEqual([members]);
  // Among all others.
  expect(circles(new Map([...graph, ...planted]))).toContainEqual(members);
});

test('a file that wires folders, and one that they all use, make no circle', () => {
  expect(circles(new Map([
    ['engine/top', { files: ['engine/x/a', 'engine/y/b'], packages: [] }],
    ['engine/x/a', { files: ['engine/y/b', 'engine/bottom'], packages: [] }],
    ['engine/y/b', { files: ['engine/bottom'], packages: [] }],
  ]))).toEqual([]);
});
