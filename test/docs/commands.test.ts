import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks } from './support/code-blocks';
import { documents, ROOT, textOf } from './support/documents';
import { paviPipeline } from '../cli/here/support/pavi-pipeline';

interface Command { readonly place: string; readonly text: string }

/** The options of each command, as its part of the help tells them; a part begins with the command lines that it is of. */
async function optionsOf(): Promise<Map<string, Set<string>>> {
  const [users, asl] = await Promise.all([paviPipeline('--help'), paviPipeline('asl', '--help')]);
  return new Map(`${users.stdout}\n${asl.stdout}`.split(/\n\n(?=pavi-pipeline )/).flatMap((part) => {
    const options = new Set(part.match(/--[a-z][a-z-]*/g));
    return [...part.matchAll(/^pavi-pipeline ([a-z|]+)/gm)].flatMap(([, names]) => names.split('|').map((name) => [name, options] as const));
  }));
}

/** What stands in the documents' shell blocks, and between backticks. */
function commands(): Command[] {
  const inBlocks = codeBlocks('sh').flatMap(({ document, text }) => text.split('\n').map((line) => ({ place: document, text: line.replace(/#.*/, '') })));
  const inText = documents().flatMap((document) => [...textOf(document).matchAll(/`([^`\n]+)`/g)].map(([, text]) => ({ place: document, text })));
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'examples/typescript/package.json'), 'utf8'));
  const inScripts = Object.values<string>(scripts).map((text) => ({ place: 'examples/typescript/package.json', text }));
  return [...inBlocks, ...inText, ...inScripts].filter(({ text }) => /\bpavi-pipeline [a-z]/.test(text));
}

/** Commands that there are not, and options that they have not. */
function wrong(found: readonly Command[], options: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return found.flatMap(({ place, text }) => {
    const [, names, rest] = /\bpavi-pipeline ([a-z|]+)(.*)/.exec(text)!;
    return names.split('|').flatMap((name) => {
      if (!options.has(name)) return [`${place}: ${name}`];
      return (rest.match(/--[a-z][a-z-]*/g) ?? []).filter((option) => !options.get(name)!.has(option)).map((option) => `${place}: ${name} ${option}`);
    });
  });
}

test('every command of the documents, and each of its options, is one that there is', async () => {
  const found = commands();
  expect(found.length).toBeGreaterThan(10);
  expect(wrong(found, await optionsOf())).toEqual([]);
});

test('one that there is not is found', async () => {
  const found = ['npx pavi-pipeline rnu --app cdk.out', 'pavi-pipeline check|compare A B --json', 'pavi-pipeline run --app DIR --state DIR']
    .map((text) => ({ place: 'X.md', text }));
  expect(wrong(found, await optionsOf())).toEqual(['X.md: rnu', 'X.md: check --json', 'X.md: run --state']);
});
