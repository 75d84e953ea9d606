import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as axe from 'axe-core';
import type { Page } from 'playwright-core';
import { drawnAfter, OpenedPage, TestBrowser } from './support/browser';
import { MadeHistory, writeMadeRun } from './support/run-on-disk';
import { apiEvent } from '../../../engine/asl/record/history';
import { paviPipeline } from '../here/support/pavi-pipeline';
import { runSample, SAMPLE_INPUT, sampleEntries, TestFolders } from '../here/support/sample-run';

const folders = new TestFolders();
const browser = new TestBrowser();
/** PAVI_SCREENSHOTS=FOLDER keeps pictures of the pages. */
const pictures = process.env.PAVI_SCREENSHOTS;
let small: string;
let large: string;

beforeAll(async () => {
  await browser.start();
  const app = folders.synthesize();
  const { code, stderr, output } = await runSample(folders, app, SAMPLE_INPUT, '--name', 'small-run');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stderr).toContain(`report: ${join(output, 'report.html')}\n`);
  small = output;
  large = folders.path('large');
  writeMadeRun(large, { entries: 50, columns: 2000, entriesPerJob: 10 });
  expect(await paviPipeline('report', large)).toEqual({ code: 0, stdout: `${join(large, 'report.html')}\n`, stderr: '' });
});
afterAll(async () => {
  await browser.close();
  folders.remove();
});

function open(folder: string, scheme: 'light' | 'dark' = 'light'): Promise<OpenedPage> {
  return browser.open(join(folder, 'report.html'), scheme);
}

async function text({ page }: OpenedPage, selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join('\n').replace(/\s+/g, ' ');
}

/** All that axe finds, whatever it weighs. */
async function accessibilityProblems(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as any).axe.run()) as axe.AxeResults;
  return violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html).slice(0, 3)]);
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

test('the report of a run says what it was, how its entries went, what it measured and what it came from', async () => {
  const opened = await open(small);
  expect(await opened.page.title()).toBe('small-run – Succeeded');
  expect(await text(opened, '.tiles')).toMatch(/Entries 3 .*Sequences aligned 4 1 090 columns Jobs 3 no retries Genome read 16\.6 kB 4 requests Peak memory \d+ MiB/);
  const entries = await text(opened, '.entries');
  expect(entries).toMatch(/Job 1 3 entries 16\.6 kB of genome in 4 requests \d+\.\d+ s in the worker \d+ of 512 MiB/);
  expect(entries).toMatch(/002_apl-1_C42D8\.8a\.1_yn32 apl-1_C42D8\.8a\.1 Made 2 1 [\d.]+ s 003_apl-1_C42D8\.8b\.1 apl-1_C42D8\.8b\.1 Made 1 –/);
  expect(await text(opened, '.timeline')).toMatch(/RetrieveSequences 1 job .*Job 1: entries 0 to 2 .* of 512 MiB Done .*AlignSequences .*Job: align .* of 2048 MiB Done/);
  expect(await text(opened, '.variants')).toContain('apl-1_C42D8.8a.1_yn32 NC_003284.9:g.5114224C>T substitution X:5114224-5114224 C > T 377 430 Show');
  const provenance = await text(opened, '.facts-list');
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) expect(provenance).toContain(`${file} ${statSync(join(small, file)).size < 1000 ? '507 B' : '8.5 kB'}, SHA-256 ${sha256(join(small, file))}`);
  for (const suffix of ['.fai', '.gzi']) expect(provenance).toContain(`${suffix} SHA-256 ${sha256(join(SAMPLE_INPUT, '..', `WBcel235-sparse.fna.gz${suffix}`))}`);
  expect(provenance).toContain('Clustal Omega CLUSTAL O(1.2.4)');
  expect(provenance).toMatch(/Execution arn:aws:states:[^ ]+:small-run State machine arn:aws:states/);
  expect(await text(opened, 'section:has(#cost-title)')).toMatch(/Fargate \$0\.00\d+ \$0\.00040 \$0\.00\d+/);
  expect(opened.complaints).toEqual([]);
});

test.each([['small', 'light'], ['small', 'dark'], ['large', 'light'], ['large', 'dark']] as const)('the %s run\'s report in %s: no complaint, nothing for axe to find, an alignment in colours', async (which, scheme) => {
  const folder = which === 'small' ? small : large;
  const { page, complaints } = await open(folder, scheme);
  await drawnAfter(page);
  const colours = await page.locator('#alignment-canvas').evaluate((canvas: any) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height) as { data: Uint8ClampedArray };
    const counts: Record<string, number> = {};
    for (let at = 0; at < data.length; at += 4) {
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      counts[colour] = (counts[colour] ?? 0) + 1;
    }
    return counts;
  });
  // Of the Clustal X scheme: blue, orange, yellow.
  for (const colour of ['128,160,240', '240,144,72', '192,192,0']) expect(colours[colour]).toBeGreaterThan(100);
  // Both are of the same parts, in the same colours.
  if ((which === 'small') === (scheme === 'light')) expect(await accessibilityProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `report-${which}-${scheme}.png`), fullPage: true });
  }
  await page.close();
});

test('a run of 50 sequences and 2,000 columns has a report under 5 MB, which is drawn within 2 s', async () => {
  expect(statSync(join(large, 'report.html')).size).toBeLessThan(5_000_000);
  const times: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    const { page } = await open(large);
    times.push(await drawnAfter(page));
    await page.close();
  }
  expect(Math.min(...times)).toBeLessThan(2000);
});

test('the alignment is walked by keys, and each place is told', async () => {
  const { page } = await open(large);
  await drawnAfter(page);
  const position = page.locator('#position');
  await page.locator('#alignment').focus();
  const tells = async (key: string, pattern: RegExp) => {
    await page.keyboard.press(key);
    expect(await position.innerText()).toMatch(pattern);
  };
  await tells('ArrowRight', /^gene-0_T0000\.1 · column 2 of 2000 · /);
  await tells('Shift+ArrowRight', /column 12 of 2000/);
  await tells('ArrowDown', /^gene-1_T0001\.1 · column 12 /);
  await tells('End', /^gene-1_T0001\.1 · column 2000 /);
  await tells('Control+End', /^gene-0_T0049\.1 · column 2000 /);
  await tells('Control+Home', /^gene-0_T0000\.1 · column 1 /);
  await tells('v', /^gene-3_T0003\.1 · column 112 of 2000 .* variant NC_000001\.1:g\.3A>T$/);
  await tells('v', /^gene-5_T0012\.1 · column 445 /);
  await tells('Home', /column 1 of/);
  await tells('ArrowLeft', /column 1 of/);
  expect(await page.locator('#alignment').evaluate(({ scrollLeft }: any) => scrollLeft)).toBe(0);
  await tells('End', /column 2000 of/);
  expect(await page.locator('#alignment').evaluate(({ scrollLeft }: any) => scrollLeft)).toBeGreaterThan(10_000);
  // Tab leaves it again.
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').getAttribute('id')).not.toBe('alignment');
});

test('names stay where they are when the residues are scrolled, and columns when the names are', async () => {
  const { page } = await open(large);
  await drawnAfter(page);
  const part = (x: number, y: number, width: number, height: number) => page.locator('#alignment-canvas').evaluate(async (canvas: any, box) => {
    const { requestAnimationFrame } = globalThis as any;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return Array.from(canvas.getContext('2d').getImageData(...box).data as Uint8ClampedArray).join();
  }, [x, y, width, height] as const);
  const scroll = (left: number, top: number) => page.locator('#alignment').evaluate((element: any, to) => element.scrollTo(...to), [left, top] as const);
  const [names, cells, ruler] = [await part(0, 40, 80, 200), await part(200, 40, 300, 200), await part(200, 0, 300, 20)];
  await scroll(6000, 0);
  expect(await part(0, 40, 80, 200)).toBe(names);
  expect(await part(200, 40, 300, 200)).not.toBe(cells);
  expect(await part(200, 0, 300, 20)).not.toBe(ruler);
  await scroll(0, 200);
  expect(await part(0, 40, 80, 200)).not.toBe(names);
  expect(await part(200, 0, 300, 20)).toBe(ruler);
});

test('a listed variant is shown, colours and size are chosen, and the files come out as they were', async () => {
  const opened = await open(small);
  const { page, complaints } = opened;
  await page.getByRole('button', { name: 'Show NC_003284.9:g.5114224C>T of apl-1_C42D8.8a.1_yn32 in the alignment' }).click();
  expect(await page.locator('#position').innerText()).toBe('apl-1_C42D8.8a.1_yn32 · column 430 of 1090 · K (lysine), residue 377 · identity 50 % · variant NC_003284.9:g.5114224C>T');
  await page.getByLabel('Colours').selectOption('identity');
  await page.getByRole('button', { name: 'Larger' }).click();
  await page.getByLabel('Column').fill('1090');
  await page.getByLabel('Column').press('Enter');
  expect(await page.locator('#position').innerText()).toMatch(/column 1090 of 1090/);
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`a[download="${file}"]`).click()]);
    const target = folders.path(file);
    await download.saveAs(target);
    expect(download.suggestedFilename()).toBe(file);
    expect(readFileSync(target)).toEqual(readFileSync(join(small, file)));
    // Where no script runs, the link itself has the file.
    const href = await page.locator(`a[download="${file}"]`).getAttribute('href');
    expect(Buffer.from(href!.split(',')[1], 'base64')).toEqual(readFileSync(join(small, file)));
  }
  expect(complaints).toEqual([]);
});

test('a failed run\'s report names the error, the entry and what its job wrote last', async () => {
  const entries = sampleEntries();
  entries[1].seq_id = 'no-such-contig';
  const { code, output } = await runSample(folders, folders.synthesize({ regionsPerJob: 1, maxConcurrency: 1 }), folders.json(entries), '--name', 'failing');
  expect(code).toBe(1);
  const opened = await open(output);
  expect(await opened.page.title()).toBe('failing – Failed');
  const failure = await text(opened, '.failure');
  expect(failure).toMatch(/^Pavi\.ReferenceSequenceFailed .*has no sequence "no-such-contig".*003_apl-1_C42D8\.8b\.1/);
  expect(failure).toContain('"level":"ERROR","event":"failed"');
  expect(await opened.page.locator('.failure a').getAttribute('href')).toMatch(/\/docs\/operating\.md#pavireferencesequencefailed$/);
  const rows = await text(opened, '.entries');
  expect(rows).toMatch(/002_apl-1_C42D8\.8a\.1_yn32 apl-1_C42D8\.8a\.1 Made/);
  expect(rows).toMatch(/003_apl-1_C42D8\.8b\.1 apl-1_C42D8\.8b\.1 Failed – – – Pavi\.ReferenceSequenceFailed: .*expected one of/);
  expect(rows).toMatch(/No job came to these entries 004_mgl-1_ZC506\.4a\.1 mgl-1_ZC506\.4a\.1 Not made/);
  expect(await text(opened, '.timeline')).toMatch(/Job 2: entry 1 .*Failed exit code 64/);
  expect(await text(opened, 'section:has(#alignment-title)')).toContain('The run made no alignment.');
  expect(await accessibilityProblems(opened.page)).toEqual([]);
  if (pictures !== undefined) await opened.page.screenshot({ path: join(pictures, 'report-failed.png'), fullPage: true });
  expect(opened.complaints).toEqual([]);
});

const EVIL = '"><img/src=x/onerror=alert(1)></script><script>alert(2)</script><svg/onload=alert(3)>\'${alert(4)}';

test('a stranger\'s names, ids, errors and log lines stay text', async () => {
  const folder = folders.path('evil');
  const history = new MadeHistory();
  const entry = { unique_entry_id: EVIL, base_seq_name: EVIL, fasta_file_url: `https://${EVIL}`, alt_seq_name_suffix: '_alt', variant_ids: [EVIL] };
  history.add('ExecutionStarted', { input: JSON.stringify({ seq_regions: [entry] }), roleArn: EVIL });
  history.add('TaskStateEntered', { name: EVIL, input: '{}' });
  history.job(folder, {
    id: EVIL,
    step: 'retrieve',
    stream: 'stream',
    command: ['retrieve', '--from', '0', '--to', '0', `s3://b/work/${EVIL.replace(/\//g, '')}/x`],
    memory: 512,
    at: 0,
    seconds: 3,
    attempts: 1,
    lines: [{ event: 'failed', error: EVIL, entry: EVIL, message: EVIL, expected: EVIL }, { level: 'WARN', event: EVIL, entry: EVIL }],
    metrics: {},
    exitCode: 64,
    reason: EVIL,
  });
  history.add('TaskStateExited', { name: EVIL });
  history.add('ExecutionSucceeded', { error: EVIL, cause: EVIL, output: '{}' });
  history.write(folder);
  writeFileSync(join(folder, 'execution.json'), JSON.stringify({ name: EVIL, executionArn: EVIL, stateMachineArn: EVIL }));
  writeFileSync(join(folder, 'alignment-output.aln'), `CLUSTAL ${EVIL}\n\n${EVIL} MK\t2\nother MK\t2\n`);
  writeFileSync(join(folder, 'aligned_seq_info.json'), JSON.stringify({
    [EVIL]: {
      embedded_variants: [{
        variant_id: EVIL,
        genomic_seq_id: EVIL,
        seq_substitution_type: EVIL,
        genomic_ref_seq: EVIL,
        genomic_alt_seq: EVIL,
        alignment_start_pos: 1,
        alignment_end_pos: 2,
      }],
    },
    [`${EVIL}_alt`]: { error: EVIL },
  }));
  expect((await paviPipeline('report', folder)).code).toBe(0);
  const { page, complaints } = await open(folder);
  await drawnAfter(page);
  await page.locator('.show-variant').first().click();
  expect(await page.locator('#position').innerText()).toContain(EVIL);
  expect(await page.locator('h1').innerText()).toBe(EVIL);
  // Not one element came of any of the texts.
  expect(await page.locator('img, svg[onload], script').count()).toBe(2);
  expect(complaints).toEqual([]);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
});

test('the same report, byte for byte, is made of the history as AWS gives it', async () => {
  const folder = folders.path('aws');
  cpSync(small, folder, { recursive: true });
  const events = JSON.parse(readFileSync(join(small, 'execution-history.json'), 'utf8'));
  writeFileSync(join(folder, 'execution-history.json'), JSON.stringify({ events: events.map(apiEvent) }));
  const file = folders.path('other.html');
  expect(await paviPipeline('report', folder, '--output', file)).toEqual({ code: 0, stdout: `${file}\n`, stderr: '' });
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(small, 'report.html'), 'utf8'));
});

test.each([
  [[], /one RUN-FOLDER is to be given, got none/], [['a', 'b'], /got a, b/], [['/no/such/folder'], /execution-history\.json is missing; give the output folder of pavi-pipeline run/],
  [['a', '--what'], /Unknown option '--what'/],
])('the command refuses %j by name', async (args, problem) => {
  const { code, stdout, stderr } = await paviPipeline('report', ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(problem);
});
