import { dirname } from 'node:path';
import { MAX_PROBLEMS_LISTED, RUN_PROBLEM } from '../../src/contract/entry-rules';
import { ErrorName } from '../../src/contract/error-names';
import { EntryWarningKind, LogEvent } from '../../src/contract/log-events';
import { EntryFile, WorkKey } from '../../src/contract/storage-keys';
import { WorkerCommand } from '../../src/contract/worker-command-line';
import { WorkerMetric } from '../../src/contract/worker-metrics';
import { EntryWarnings } from '../entry-warnings';
import { GenomeFile } from '../genome/genome-file';
import { Genomes } from '../genome/genomes';
import { log } from '../log';
import { Metrics } from '../metrics';
import { readInputFile } from './input-file';
import { RetrieveOptions } from './options';
import { hasOneSequence } from './run-input';
import { Limit } from '../net/limit';
import { DEFAULT_RETRIES } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { genomeIntervals } from '../sequence/genome-intervals';
import { formatProblems, parseEntries, RegionEntry } from '../sequence/region-entry';
import { formatFasta, formatSeqInfo, RetrievedEntry, retrieveEntry } from '../sequence/retrieve-entry';
import type { Folder } from '../storage/folder';
import { childPlace, localPathOf, openFolder } from '../storage/place';
import { Variant } from '../variant/variant';
import { VariantApi } from '../variant/variant-api';
import { WorkerError } from '../worker-error';
import { asWorkerError, reportError } from './error-report';

/** So many entries' genome blocks are read together, and kept until the entries are done. */
const ENTRIES_TOGETHER = 16;
/** So many of them are made at once, so that one's files are written while another waits for its genome. */
const ENTRIES_AT_ONCE = 4;

/** What the entries of a command are made with. */
interface Tools {
  readonly genomes: Genomes;
  readonly variants: VariantApi;
  readonly output: Folder;
}

/** Makes the FASTA and the seq info file of each entry of the range. Throws the first failure. */
export async function retrieve(options: RetrieveOptions, signal: AbortSignal, metrics: Metrics): Promise<void> {
  const errors = options.errors ?? childPlace(options.outputDir, WorkKey.ERRORS);
  const entries = rangeOf(await readEntries(options), options);
  const localInput = localPathOf(options.input);
  const retries = { ...DEFAULT_RETRIES, signal };
  const policy = new UrlPolicy({ allowLocal: options.allowLocal, sources: options.genomeSources });
  const variants = new VariantApi({ baseUrl: options.variantApiUrl, allowLocal: options.allowLocal, retries });
  const baseFolder = localInput === undefined ? undefined : dirname(localInput);
  const genomes = new Genomes({ policy, baseFolder, retries, wanted: wantedSequences(entries) });
  const tools: Tools = { genomes, variants, output: openFolder(options.outputDir) };
  const failures: WorkerError[] = [];
  const ended = () => failures.length > 0 && !options.keepGoing;
  const makeOrFail = async (entry: RegionEntry) => {
    if (ended()) return;
    signal.throwIfAborted();
    try {
      await make(entry, tools);
    } catch (error) {
      signal.throwIfAborted();
      const failure = asWorkerError(error).forEntry(entry.id);
      failures.push(failure);
      if (options.keepGoing) await reportError(WorkerCommand.RETRIEVE, errors, failure);
    }
  };
  try {
    const limit = new Limit(ENTRIES_AT_ONCE);
    for (const together of batches(inGenomeOrder(entries))) {
      if (ended()) break;
      await prefetch(together, tools);
      await allSettled(together.map((entry) => limit.run(() => makeOrFail(entry))));
    }
  } finally {
    genomes.close();
    variants.close();
    metrics[WorkerMetric.ENTRIES] = entries.length;
    metrics[WorkerMetric.FAILURES] = failures.length;
    metrics[WorkerMetric.GENOME_BYTES] = genomes.counter.bytes;
    metrics[WorkerMetric.GENOME_REQUESTS] = genomes.counter.requests;
    metrics[WorkerMetric.VARIANT_LOOKUPS] = variants.lookups;
  }
  if (failures.length > 0) throw firstOf(failures, entries);
}

/** All entries of the input, every one checked. */
async function readEntries(options: RetrieveOptions): Promise<RegionEntry[]> {
  const json = await readInputFile(options.input, 'a JSON list of region entries');
  const { entries, problems } = parseEntries(json);
  if (options.expectCount === 1 && hasOneSequence(json)) problems.unshift(RUN_PROBLEM.ONE_SEQUENCE);
  if (problems.length > 0) {
    throw new WorkerError(ErrorName.INVALID_INPUT, formatProblems(problems), { found: problems.slice(0, MAX_PROBLEMS_LISTED) });
  }
  if (options.expectCount !== undefined && options.expectCount !== entries.length) {
    throw new WorkerError(ErrorName.INVALID_INPUT, `${options.input} has ${entries.length} entries, and the run was started with input_count `
      + `${options.expectCount}; start it again with the right number`, { expected: options.expectCount, found: entries.length });
  }
  return entries;
}

function rangeOf(entries: RegionEntry[], { from = 0, to = entries.length - 1 }: RetrieveOptions): RegionEntry[] {
  if (from > to || to >= entries.length) {
    throw new WorkerError(ErrorName.INVALID_INPUT, `there are no entries ${from} to ${to}`, { expected: `0 to ${entries.length - 1}`, found: `${from} to ${to}` });
  }
  return entries.slice(from, to + 1);
}

/** The sequences that are read of each genome, by its URL. */
function wantedSequences(entries: readonly RegionEntry[]): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const { genomeUrl, seqId } of entries) wanted.set(genomeUrl, (wanted.get(genomeUrl) ?? new Set()).add(seqId));
  return wanted;
}

/** Neighbours share genome blocks, so entries that lie close together are made together. */
function inGenomeOrder(entries: readonly RegionEntry[]): RegionEntry[] {
  const place = ({ exons }: RegionEntry) => exons.reduce((least, part) => Math.min(least, part.start), Infinity);
  return [...entries].sort((a, b) => compare(a.genomeUrl, b.genomeUrl) || compare(a.seqId, b.seqId) || place(a) - place(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += ENTRIES_TOGETHER) yield items.slice(start, start + ENTRIES_TOGETHER);
}

/** Starts to read what the entries need. What fails here fails again, with its message, when its entry is made. */
async function prefetch(entries: readonly RegionEntry[], { genomes, variants }: Tools): Promise<void> {
  entries.forEach((entry) => entry.variantIds.forEach((id) => variants.prefetch(id)));
  const byGenome = new Map<string, RegionEntry[]>();
  for (const entry of entries) byGenome.set(entry.genomeUrl, [...byGenome.get(entry.genomeUrl) ?? [], entry]);
  await Promise.allSettled([...byGenome].map(async ([url, ofGenome]) => {
    (await genomes.open(url)).prefetch(ofGenome.flatMap(genomeIntervals), ofGenome.length);
  }));
}

async function make(entry: RegionEntry, { genomes, variants, output }: Tools): Promise<void> {
  const started = performance.now();
  const genome = await genomes.open(entry.genomeUrl);
  const found = await Promise.all(entry.variantIds.map((id) => variants.find(id)));
  const { records, seqInfo } = await retrieveWithWarnings(entry, genome, [...found, ...entry.variants]);
  await allSettled([
    output.write(`${entry.id}${EntryFile.PROTEIN}`, formatFasta(records)),
    output.write(`${entry.id}${EntryFile.SEQ_INFO}`, formatSeqInfo(seqInfo)),
  ]);
  log(LogEvent.ENTRY, { entry: entry.id, records: records.length, seconds: Math.round(performance.now() - started) / 1000 });
}

/** Warnings are logged of an entry that fails, too: a stale index may be why. */
async function retrieveWithWarnings(entry: RegionEntry, genome: GenomeFile, variants: readonly Variant[]): Promise<RetrievedEntry> {
  const warnings = new EntryWarnings();
  try {
    return await retrieveEntry(entry, genome, variants, warnings);
  } finally {
    for (const text of await genome.warningsOf(entry.seqId)) warnings.add(EntryWarningKind.STALE_INDEX, text);
    warnings.log(entry.id);
  }
}

/** Like Promise.all, but what was started has ended when this throws. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** In the order of the input, whatever order the entries were made in. */
function firstOf(failures: readonly WorkerError[], entries: readonly RegionEntry[]): WorkerError {
  const place = (failure: WorkerError) => entries.findIndex((entry) => entry.id === failure.entry);
  return [...failures].sort((a, b) => place(a) - place(b))[0];
}
