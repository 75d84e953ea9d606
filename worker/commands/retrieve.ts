import { MAX_PROBLEMS_LISTED, RUN_PROBLEM } from '../../src/contract/entry-rules';
import { ErrorName } from '../../src/contract/error-names';
import { EntryFile, WorkKey } from '../../src/contract/storage-keys';
import { WorkerCommand } from '../../src/contract/worker-command-line';
import { WorkerMetric } from '../../src/contract/worker-metrics';
import { Genomes } from '../genome/genomes';
import { log, warn } from '../log';
import { Metrics } from '../metrics';
import { readInputFile } from './input-file';
import { RetrieveOptions } from './options';
import { DEFAULT_RETRIES } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { genomeIntervals } from '../sequence/genome-intervals';
import { formatProblems, parseEntries, RegionEntry } from '../sequence/region-entry';
import { formatFasta, formatSeqInfo, retrieveEntry } from '../sequence/retrieve-entry';
import { childPlace, Folder, localPathOf, openFolder, parentPlace } from '../storage/place';
import { VariantApi } from '../variant/variant-api';
import { WorkerError } from '../worker-error';
import { asWorkerError, reportError } from './error-report';

/** So many entries' genome blocks are read together; their bases are kept until they are done. */
const ENTRIES_TOGETHER = 16;

/** Makes the FASTA and the seq info file of each entry of the range. Throws the first failure. */
export async function retrieve(options: RetrieveOptions, signal: AbortSignal, metrics: Metrics): Promise<void> {
  const errors = options.errors ?? childPlace(options.outputDir, WorkKey.ERRORS);
  const entries = rangeOf(await readEntries(options), options);
  const localInput = localPathOf(options.input);
  const retries = { ...DEFAULT_RETRIES, signal };
  const genomes = new Genomes({
    policy: new UrlPolicy({ allowLocal: options.allowLocal, sources: options.genomeSources }),
    baseFolder: localInput === undefined ? undefined : localPathOf(parentPlace(localInput)),
    retries,
  });
  const variants = new VariantApi(options.variantApiUrl, options.allowLocal, retries);
  const output = openFolder(options.outputDir);
  const failures: WorkerError[] = [];
  try {
    for (const together of batches(inGenomeOrder(entries))) {
      if (failures.length > 0 && !options.keepGoing) break;
      await Promise.all(together.map((entry) => prefetch(entry, genomes, variants)));
      for (const entry of together) {
        signal.throwIfAborted();
        try {
          await make(entry, genomes, variants, output);
        } catch (error) {
          signal.throwIfAborted();
          const failure = asWorkerError(error).forEntry(entry.id);
          failures.push(failure);
          if (!options.keepGoing) break;
          await reportError(WorkerCommand.RETRIEVE, errors, failure);
        }
      }
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
  if (options.expectCount === 1 && entries.length === 1 && entries[0].variantIds.length + entries[0].variants.length === 0) {
    problems.push(RUN_PROBLEM.ONE_SEQUENCE);
  }
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

/** Neighbours share genome blocks, so entries that lie close together are made one after the other. */
function inGenomeOrder(entries: readonly RegionEntry[]): RegionEntry[] {
  const place = (entry: RegionEntry) => Math.min(...entry.exons.map((part) => part.start));
  return [...entries].sort((a, b) => compare(a.genomeUrl, b.genomeUrl) || compare(a.seqId, b.seqId) || place(a) - place(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += ENTRIES_TOGETHER) yield items.slice(start, start + ENTRIES_TOGETHER);
}

/** What fails here fails again, with its message, when the entry is made. */
async function prefetch(entry: RegionEntry, genomes: Genomes, variants: VariantApi): Promise<void> {
  entry.variantIds.forEach((id) => variants.prefetch(id));
  try {
    (await genomes.open(entry.genomeUrl)).prefetch(genomeIntervals(entry));
  } catch {
    return;
  }
}

async function make(entry: RegionEntry, genomes: Genomes, variants: VariantApi, output: Folder): Promise<void> {
  const started = performance.now();
  const genome = await genomes.open(entry.genomeUrl);
  const found = await Promise.all(entry.variantIds.map((id) => variants.find(id)));
  const { records, seqInfo, warnings } = await retrieveEntry(entry, genome, [...found, ...entry.variants]);
  warnings.forEach((warning) => warn('entry-warning', { entry: entry.id, warning }));
  await Promise.all([
    output.write(`${entry.id}${EntryFile.PROTEIN}`, formatFasta(records)),
    output.write(`${entry.id}${EntryFile.SEQ_INFO}`, formatSeqInfo(seqInfo)),
  ]);
  log('entry', { entry: entry.id, records: records.length, seconds: Math.round(performance.now() - started) / 1000 });
}

/** In the order of the input, whatever order the entries were made in. */
function firstOf(failures: readonly WorkerError[], entries: readonly RegionEntry[]): WorkerError {
  const place = (failure: WorkerError) => entries.findIndex((entry) => entry.id === failure.entry);
  return [...failures].sort((a, b) => place(a) - place(b))[0];
}
