import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ErrorName } from '../../src/contract/error-names';
import { WorkerError } from '../worker-error';

/** A row of one block: a record's name and the next columns of its gapped sequence. */
const ROW = /^(\S+)\s+([A-Za-z*-]+)(?:\s+\d+)?$/;

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
        throw new WorkerError(ErrorName.INTERNAL, `position ${position} of ${name} is not in the alignment`,
          { expected: `1 to ${this.residues + 1}`, found: position });
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
  const rows = new Map([...wanted].map(([name, positions]) => [name, new RowReader(positions)]));
  const seen = new Set<string>();
  let lines = 0;
  // A readline interface does not pass its stream's errors on.
  const failed = new Promise<never>((_, reject) => alignment.once('error', reject));
  const read = (async () => {
    for await (const line of createInterface({ input: alignment, crlfDelay: Infinity })) {
      lines += 1;
      if (lines === 1) {
        if (!line.startsWith('CLUSTAL')) {
          throw new WorkerError(ErrorName.INTERNAL, `${uri} is not an alignment in Clustal format`, { expected: 'CLUSTAL...', found: line.slice(0, 40) });
        }
        continue;
      }
      const match = ROW.exec(line);
      if (match === null) continue;
      seen.add(match[1]);
      rows.get(match[1])?.add(match[2]);
    }
  })();
  await Promise.race([read, failed]);
  const missing = [...wanted.keys()].filter((name) => !seen.has(name));
  if (missing.length > 0) {
    throw new WorkerError(ErrorName.INTERNAL, `${missing[0]} is not in the alignment ${uri}`, { expected: `${missing.length} more record(s)`, found: missing });
  }
  return new Map([...rows].map(([name, row]) => [name, row.result(name)]));
}
