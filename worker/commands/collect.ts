import { ErrorName } from '../../src/contract/error-names';
import { EntryFile } from '../../src/contract/storage-keys';
import { alignmentColumns, Columns } from '../alignment/clustal-format';
import { log } from '../log';
import { Metrics } from '../metrics';
import { pythonJson } from '../sequence/python-json';
import { Folder, openFile, openFolder } from '../storage/place';
import { WorkerError } from '../worker-error';
import { CollectOptions } from './options';

const MAX_SEQ_INFO_BYTES = 16 * 1024 * 1024;
const FILES_AT_ONCE = 16;

interface EmbeddedVariant {
  readonly seq_start_pos: number;
  readonly seq_end_pos: number;
}

type SeqInfo = Readonly<Record<string, unknown>>;

/** Merges the seq infos of a folder, in the byte order of their files' names, and adds the positions in the alignment. */
export async function collect(options: CollectOptions): Promise<Metrics> {
  const merged = await mergedSeqInfo(openFolder(options.inputDir));
  const alignment = openFile(options.alignment);
  const columns = await alignmentColumns(await alignment.folder.stream(alignment.name), alignment.uri, wantedPositions(merged));
  const placed = new Map([...merged].map(([name, seqInfo]) => [name, withColumns(seqInfo, columns.get(name))]));
  const output = openFile(options.output);
  await output.folder.write(output.name, pythonJson(placed));
  log('collected', { records: placed.size, output: output.uri });
  return { SeqInfoRecords: [placed.size, 'Count'] };
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
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WorkerError(ErrorName.INTERNAL, `${uri} is not JSON: ${(error as Error).message}`, { found: text.slice(0, 80), cause: error });
  }
  const records = Object.entries(json as Record<string, SeqInfo>);
  return records.sort(([a], [b]) => text.indexOf(`${JSON.stringify(a)}: `) - text.indexOf(`${JSON.stringify(b)}: `));
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
