import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '..');
/** The parts that import the contract's words. */
const PARTS = ['cli', 'worker'];

/** Shorter ones are signs, such as strands and endings, and no words. */
const LEAST_CHARACTERS = 4;

/** Words of the contract that stand elsewhere for something else: plain English, or the word of another side. */
const SOMETHING_ELSE: readonly { readonly word: string; readonly files: readonly string[]; readonly why: string }[] = [
  { word: '--input', files: ['cli/here/asl-command.ts', 'cli/here/run-command.ts'], why: 'an option of the command, in its messages' },
  { word: 'Duration', files: ['cli/report/sections/summary.ts'], why: 'a title in the report' },
  { word: 'Entries', files: ['cli/report/sections/summary.ts'], why: 'a title in the report' },
  { word: 'done', files: ['cli/here/worker-lines.ts'], why: 'said to people' },
  { word: 'done', files: ['cli/runs/run-steps.ts', 'cli/trail/entry-outcome.ts', 'cli/report/sections/entries.ts'], why: 'how a job or an entry ended' },
  { word: 'failed', files: ['cli/here/worker-lines.ts'], why: 'said to people' },
  {
    word: 'failed',
    files: ['cli/runs/run-steps.ts', 'cli/trail/entry-outcome.ts', 'cli/report/sections/entries.ts', 'cli/report/sections/timeline.ts'],
    why: 'how a job or an entry ended',
  },
  {
    word: 'entry',
    files: ['cli/cost/cost-text.ts', 'cli/here/worker-lines.ts', 'cli/runs/run-view.ts', 'cli/report/sections/entries.ts'],
    why: 'what is counted',
  },
  { word: 'entry', files: ['cli/deployed/logs.ts'], why: 'an option of the command' },
  { word: 'entry', files: ['cli/runs/run-failure.ts'], why: 'said to people' },
  { word: 'entry', files: ['cli/trail/worker-log.ts'], why: 'the field of several events, whose type the compiler checks' },
  { word: 'problem', files: ['cli/deployed/checked-input.ts', 'worker/sequence/region-entry.ts'], why: 'what is counted' },
  { word: 'retry', files: ['cli/report/sections/summary.ts'], why: 'what is counted' },
  { word: 'status', files: ['cli/deployed/actions.ts', 'cli/deployed/options.ts'], why: 'an option of the command' },
];

interface Literal { readonly text: string; readonly kind: 'word' | 'piece' }

/** The texts of a file: whole string literals as words; the pieces of templates, and regular expressions, as what a word may stand in. */
function literals(text: string): Literal[] {
  const found: Literal[] = [];
  const visit = (node: ts.Node): void => {
    // A name in an import is a file's, and one in a type is checked against the type that has it.
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push({ text: node.text, kind: 'word' });
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) found.push({ text: node.text, kind: 'piece' });
    else if (ts.isRegularExpressionLiteral(node)) found.push({ text: node.text.replace(/\\/g, ''), kind: 'piece' });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

const contentOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const WORDS = new Set(sources('src/contract').flatMap((file) => literals(contentOf(file)))
  .filter(({ text, kind }) => kind === 'word' && text.length >= LEAST_CHARACTERS).map(({ text }) => text));
/** Names of files, folders, errors and addresses: these are found inside of longer texts too. */
const NAMES = [...WORDS].filter((word) => word.length > 7 && /^[\w-]*[./][\w./:-]+$/.test(word) || /^https?:/.test(word));

/** The contract's words that a file repeats. */
function repeated(text: string): string[] {
  return literals(text).flatMap(({ text: found, kind }) => [
    ...kind === 'word' && WORDS.has(found) ? [found] : [],
    ...NAMES.filter((name) => found.includes(name) && !(kind === 'word' && found === name)),
  ]);
}

const isSomethingElse = (file: string, word: string) => SOMETHING_ELSE.some((exception) => exception.word === word && exception.files.includes(file));

test.each(PARTS)('%s imports the words of src/contract, and writes none of them a second time', (part) => {
  const files = sources(part);
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => repeated(contentOf(file)).filter((word) => !isSomethingElse(file, word)).map((word) => `${file}: ${word}`))).toEqual([]);
});

test('every exception is one that is needed', () => {
  expect(SOMETHING_ELSE.flatMap(({ word, files }) => files.filter((file) => !repeated(contentOf(file)).includes(word)).map((file) => `${file}: ${word}`))).toEqual([]);
});

test('the contract has words of each kind', () => {
  expect([...WORDS]).toEqual(expect.arrayContaining([
    'entry-warning', 'WARN', 'StateMachineArn', 'Pavi.Stopped', 'aligned_seq_info.json', 'GenomeBytes', 'retrieve', '--expect-count', 'seq_regions_uri',
    'result_s3_uri', 'PAVI_ALLOW_LOCAL',
  ]));
  expect(NAMES).toEqual(expect.arrayContaining(['Pavi.Stopped', 'aligned_seq_info.json', '-protein.fa', 'assets/worker']));
});

test.each([
  ['const file = \'aligned_seq_info.json\';', ['aligned_seq_info.json']],
  ['const file = `${folder}/alignment-output.aln`;', ['alignment-output.aln']],
  ['const isResult = /alignment-output\\.aln$/.test(name);', ['alignment-output.aln']],
  ['log(\'entry-warning\', {});', ['entry-warning']],
  ['const outputs = { \'StateMachineArn\': 1 };', ['StateMachineArn']],
  ['const help = `see https://www.alliancegenome.org/api/variant and ${more}`;', ['https://www.alliancegenome.org/api/variant']],
  ['if (command[0] === "retrieve") step();', ['retrieve']],
])('a word that is repeated is found: %s', (text, words) => {
  expect(repeated(text)).toEqual(words);
});

test.each([
  ['import { LogEvent } from \'entry\';'],
  ['type Status = Run[\'status\'];'],
  ['const text = "retrieves";'],
])('what repeats none is let through: %s', (text) => {
  expect(repeated(text)).toEqual([]);
});
