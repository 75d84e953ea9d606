import { createReadStream } from 'node:fs';
import { ErrorName } from '../../src/contract/error-names';
import { LogEvent } from '../../src/contract/log-events';
import { EntryFile } from '../../src/contract/storage-keys';
import { WorkerMetric } from '../../src/contract/worker-metrics';
import { alignmentColumns, Columns } from '../alignment/clustal-format';
import { log } from '../log';
import { Metrics } from '../metrics';
import { pythonJson } from '../sequence/python-json';
import type { Folder } from '../storage/folder';
import { openFile, openFolder } from '../storage/place';
import { WorkerError } from '../worker-error';
import { CollectOptions } from './options';
import { withScratchFolder } from './scratch-folder';

const MAX_SEQ_INFO_BYTES = 16 * 1024 * 1024;
const FILES_AT_ONCE = 16;

interface EmbeddedVariant {
  readonly seq_start_pos: number;
  readonly seq_end_pos: number;
}

type SeqInfo = Readonly<Record<string, unknown>>;

/** Merges the seq infos of a folder, in the byte order of their files' names, and adds the positions in the alignment. */
export async function collect(options: CollectOptions, signal: AbortSignal, metrics: Metrics): Promise<void> {
  const output = openFile(options.output);
  const merged = await mergedSeqInfo(openFolder(options.inputDir));
  signal.throwIfAborted();
  const alignment = openFile(options.alignment);
  const columns = await withScratchFolder(async (scratch) => {
    const path = await alignment.folder.fetch(alignment.name, scratch);
    signal.throwIfAborted();
    return alignmentColumns(createReadStream(path), alignment.uri, wantedPositions(merged));
  });
  const placed = new Map([...merged].map(([name, seqInfo]) => [name, withColumns(seqInfo, columns.get(name))]));
  signal.throwIfAborted();
  await output.folder.write(output.name, pythonJson(placed));
  metrics[WorkerMetric.SEQ_INFO_RECORDS] = placed.size;
  log(LogEvent.COLLECTED, { records: placed.size, output: output.uri });
}

async function mergedSeqInfo(folder: Folder): Promise<Map<string, SeqInfo>> {
  const names = await folder.list(EntryFile.SEQ_INFO);
  if (names.length === 0) {
    throw new WorkerError(ErrorName.INVALID_INPUT, `${folder.uriOf('')} has no files *${EntryFile.SEQ_INFO}; run retrieve first`, { expected: 'one or more', found: 0 });
  }
  const merged = new Map<string, SeqInfo>();
  for (let start = 0; start < names.length; start += FILES_AT_ONCE) {
    const together = names.slice(start, start + FILES_AT_ONCE);
    const contents = await Promise.all(together.map((name) => folder.read(name, MAX_SEQ_INFO_BYTES)));
    contents.forEach((content, index) => {
      for (const [name, seqInfo] of recordsOf(content.toString('utf8'), folder.uriOf(together[index]))) merged.set(name, seqInfo);
    });
  }
  return merged;
}

/** In the order of the text; a JavaScript object would put names that are whole numbers first. */
function recordsOf(text: string, uri: string): [string, SeqInfo][] {
  const wrong = (reason: string, cause?: unknown) => new WorkerError(ErrorName.INTERNAL, `${uri} is not a seq info file: ${reason}`,
    { expected: 'what retrieve wrote', found: text.slice(0, 80), cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong((error as Error).message, error);
  }
  if (!isObject(json)) throw wrong('it is not an object');
  const records = json;
  return outerKeys(text).map((name) => {
    const seqInfo = records[name];
    if (!isObject(seqInfo) || !isListOfObjects(seqInfo.embedded_variants ?? [])) throw wrong(`the record ${name} is not one`);
    return [name, seqInfo];
  });
}

/** The keys of a JSON object, as often and in the order as they are written. Only its strings and brackets matter for that. */
function outerKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token, key, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && colon !== undefined) keys.push(JSON.parse(key) as string);
  }
  return keys;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function isObject(value: unknown): value is SeqInfo {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wantedPositions(merged: ReadonlyMap<string, SeqInfo>): Map<string, Set<number>> {
  const wanted = new Map<string, Set<number>>();
  for (const [name, seqInfo] of merged) {
    const variants = embeddedVariants(seqInfo);
    if (variants.length > 0) wanted.set(name, new Set(variants.flatMap((variant) => [variant.seq_start_pos, variant.seq_end_pos])));
  }
  return wanted;
}

function withColumns(seqInfo: SeqInfo, columns: Columns | undefined): SeqInfo {
  if (columns === undefined) return seqInfo;
  return {
    ...seqInfo,
    embedded_variants: embeddedVariants(seqInfo).map((variant) => ({
      ...variant,
      alignment_start_pos: columns.get(variant.seq_start_pos),
      alignment_end_pos: columns.get(variant.seq_end_pos),
    })),
  };
}

function embeddedVariants(seqInfo: SeqInfo): EmbeddedVariant[] {
  return (seqInfo.embedded_variants ?? []) as EmbeddedVariant[];
}
