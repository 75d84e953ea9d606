import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CLUSTAL_MARK, CLUSTAL_ROW } from '../../formats/clustal';
import { ErrorName } from '../../src/contract/error-names';
import { WorkerError } from '../worker-error';
import { nameInAlignment } from './clustal-omega';

const MAX_NAMES_SHOWN = 20;

/** Columns (1-based) by position (1-based, ungapped), for one record. */
export type Columns = ReadonlyMap<number, number>;

/** Follows one record's row through the blocks. */
class RowReader {
  private residues = 0;
  private columns = 0;
  private lastResidueColumn = 0;
  private readonly found = new Map<number, number>();

  constructor(private readonly wanted: ReadonlySet<number>) {}

  public add(gapped: string): void {
    for (const character of gapped) {
      this.columns += 1;
      if (character === '-') continue;
      this.residues += 1;
      this.lastResidueColumn = this.columns;
      if (this.wanted.has(this.residues)) this.found.set(this.residues, this.columns);
    }
  }

  /** One past the end (the stop) is the column after the last residue where a gap follows, else the last residue's own. */
  public result(name: string): Columns {
    for (const position of this.wanted) {
      if (this.found.has(position)) continue;
      if (position !== this.residues + 1) {
        throw damaged(`position ${position} of ${name} is not in the alignment`, `1 to ${this.residues + 1}`, position);
      }
      this.found.set(position, this.lastResidueColumn < this.columns ? this.lastResidueColumn + 1 : this.lastResidueColumn);
    }
    return this.found;
  }
}

/**
 * Reads a Clustal alignment from its beginning to its end, keeping only what is asked for.
 *
 * @param wanted by record name, the ungapped positions (1-based) whose columns are needed
 * @throws WorkerError where a record or a position is not in the alignment, or the file is none
 */
export async function alignmentColumns(
  alignment: Readable, uri: string, wanted: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<ReadonlyMap<string, Columns>> {
  const rows = new Map([...wanted].map(([name, positions]) => [nameInAlignment(name), new RowReader(positions)]));
  const { names } = await readRows(alignment, uri, (name, gapped) => rows.get(name)?.add(gapped));
  const missing = [...wanted.keys()].filter((name) => !names.has(nameInAlignment(name)));
  if (missing.length > 0) throw damaged(`${missing[0]} is not in the alignment ${uri}`, `${missing.length} more record(s)`, missing.slice(0, MAX_NAMES_SHOWN));
  return new Map([...wanted.keys()].map((name) => [name, rows.get(nameInAlignment(name))!.result(name)]));
}

/** How many records and columns an alignment has. Reads it once, in little memory. */
export async function alignmentShape(alignment: Readable, uri: string): Promise<{ sequences: number; columns: number }> {
  const { names, columns } = await readRows(alignment, uri, () => undefined);
  return { sequences: names.size, columns };
}

/** @throws WorkerError where it is no Clustal alignment, or its rows are not equally long, as those of a broken-off file */
async function readRows(
  alignment: Readable, uri: string, onRow: (name: string, gapped: string) => void,
): Promise<{ names: ReadonlySet<string>; columns: number }> {
  const lengths = new Map<string, number>();
  let first = true;
  for await (const line of linesOf(alignment, uri)) {
    if (first && !line.startsWith(CLUSTAL_MARK)) throw damaged(`${uri} is not an alignment in Clustal format`, `${CLUSTAL_MARK}...`, line.slice(0, 40));
    const match = first ? null : CLUSTAL_ROW.exec(line);
    first = false;
    if (match === null) continue;
    const [, name,, gapped] = match;
    lengths.set(name, (lengths.get(name) ?? 0) + gapped.length);
    onRow(name, gapped);
  }
  if (first) throw damaged(`${uri} is not an alignment in Clustal format`, `${CLUSTAL_MARK}...`, 'an empty file');
  const columns = Math.max(0, ...new Set(lengths.values()));
  for (const [name, length] of lengths) {
    if (length !== columns) throw damaged(`${uri} is damaged: the row of ${name} is shorter than others`, `${columns} columns`, `${length} columns`);
  }
  return { names: new Set(lengths.keys()), columns };
}

async function* linesOf(text: Readable, uri: string): AsyncGenerator<string> {
  const lines = createInterface({ input: text, crlfDelay: Infinity });
  let failure: Error | undefined;
  // Not every version of Node.js has a readline interface pass its stream's errors on.
  text.once('error', (error) => {
    failure = error;
    lines.close();
  });
  try {
    yield* lines;
  } catch (error) {
    failure ??= error as Error;
  }
  if (failure !== undefined) throw damaged(`${uri} cannot be read: ${failure.message}`, undefined, undefined, failure);
}

function damaged(message: string, expected: unknown, found: unknown, cause?: unknown): WorkerError {
  return new WorkerError(ErrorName.INTERNAL, `${message}; the alignment must be what align made of the same proteins`, { expected, found, cause });
}
