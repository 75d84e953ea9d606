import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sections, textOf } from './support/documents';
import { paviPipeline } from '../cli/here/support/pavi-pipeline';
import { SAMPLE, TestFolders } from '../cli/here/support/sample-run';

const folders = new TestFolders();
/** A place like the repository's root after `scripts/sample`: what README's commands name by a relative path is here. */
const place = folders.path('repository');
const [check, run] = commandsForTheRepository();

beforeAll(() => {
  mkdirSync(place);
  cpSync(folders.synthesize(), join(place, 'sample-output/cdk.out'), { recursive: true });
  cpSync(join(ROOT, 'samples'), join(place, 'samples'), { recursive: true });
});
afterAll(() => folders.remove());

/** README's block of commands that run the sample again, as words. */
function commandsForTheRepository(): string[][] {
  const [, block] = /^and in this repository.*\n\n```sh\n([\s\S]*?)```/m.exec(textOf('README.md'))!;
  return block.trim().split('\n').map((line) => line.replace(/^npx pavi-pipeline /, '').split(' '));
}

function follow(words: readonly string[]) {
  return paviPipeline(...words.map((word) => word.includes('/') ? join(place, word) : word));
}

/** The sample with something wrong, where README's commands find it. */
function breakInput(change: (entries: Record<string, unknown>[]) => void): void {
  const path = join(place, 'samples/worm-apl-1/seq_regions.json');
  const entries = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as Record<string, unknown>[];
  change(entries);
  writeFileSync(path, JSON.stringify(entries));
}

const output = join(place, run[run.indexOf('--output') + 1]);

test('README\'s commands for the sample make its alignment, and a report', async () => {
  expect(await follow(check)).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await follow(run);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
    expect(stdout).toContain(join(output, file));
    expect(readFileSync(join(output, file), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected', file), 'utf8'));
  }
  expect(stderr).toContain(`report: ${join(output, 'report.html')}`);
  expect(readFileSync(join(output, 'report.html'), 'utf8')).toMatch(/<title>[^<]* – Succeeded<\/title>/);
});

test.each<[string, string, RegExp, (entries: Record<string, unknown>[]) => void]>([
  ['a strand that there is not', 'Pavi.InvalidInput', /seq_regions\[1\] \(003_apl-1_C42D8\.8b\.1\): seq_strand must be one of .*got "down"/, (entries) => {
    entries[1].seq_strand = 'down';
  }],
  ['a sequence that the genome has not', 'Pavi.ReferenceSequenceFailed', /has no sequence "chrX".* expected one of II, V, X/, (entries) => {
    entries[2].seq_id = 'chrX';
  }],
  ['a genome that is not there', 'Pavi.GenomeUnavailable', /other\.fna\.gz\.fai cannot be read/, (entries) => {
    entries[0].fasta_file_url = 'file://other.fna.gz';
  }],
])('a broken input (%s) ends with %s, what is wrong, and the way to its entry of the runbook', async (_what, error, cause, change) => {
  breakInput(change);
  const { code, stderr } = await follow(run);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(cause) });
  expect(stderr).toContain(`FAILED: ${error}\n`);
  const [, document, anchor] = new RegExp(`^how to mend ${error}: https://\\S+/blob/main/(\\S+)#(\\S+)$`, 'm').exec(stderr)!;
  expect(existsSync(join(ROOT, document))).toBe(true);
  expect(sections(document).find((section) => section.anchor === anchor)?.heading).toBe(`\`${error}\``);
  expect(readFileSync(join(output, 'report.html'), 'utf8')).toMatch(/<title>[^<]* – Failed<\/title>/);
});
