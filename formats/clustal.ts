/** A row of an alignment: a record's name and its residues, gaps as `-`. */
export interface AlignmentRow {
  readonly name: string;
  readonly residues: string;
}

/** An alignment in Clustal format. */
export interface ClustalAlignment {
  /** What made it, as its first line says: `CLUSTAL O(1.2.4)`. */
  readonly program: string;
  readonly rows: readonly AlignmentRow[];
  /** One character a column: `*` all alike, `:` strongly similar, `.` weakly similar, or a space. */
  readonly conservation: string;
}

/** What the first line of a Clustal file begins with. */
export const CLUSTAL_MARK = 'CLUSTAL';

/**
 * A row of one block: a record's name, the white space after it, the next columns of its gapped sequence, and perhaps the number of its
 * residues so far. A line of conservation marks begins with white space.
 */
export const CLUSTAL_ROW = /^(\S+)(\s+)([A-Za-z*-]+)(?:\s+\d+)?\s*$/;

/** The text is not an alignment in Clustal format. */
export class AlignmentError extends Error {}

/**
 * Reads an alignment as Clustal Omega writes it: blocks of lines `NAME residues[\tcount]`, each followed by a line of conservation marks.
 *
 * @throws AlignmentError
 */
export function parseClustal(text: string): ClustalAlignment {
  const [first, ...lines] = text.split(/\r?\n/);
  if (!/^CLUSTAL\b/.test(first)) throw new AlignmentError(`its first line must begin with ${CLUSTAL_MARK}, got "${first.slice(0, 60)}"`);
  // By their place in a block: two rows may have the same name.
  const rows: { readonly name: string; readonly parts: string[] }[] = [];
  let conservation = '';
  // Where the block's residues begin and how many they are, for the marks below them; and how many rows it has had.
  let [start, length, row] = [0, 0, 0];
  lines.forEach((line, index) => {
    const match = CLUSTAL_ROW.exec(line);
    if (match !== null && !/^[\s*:.]*$/.test(line)) {
      const [, name, blank, residues] = match;
      [start, length] = [name.length + blank.length, residues.length];
      if (rows[row] === undefined) rows.push({ name, parts: [] });
      if (rows[row].name !== name) throw new AlignmentError(`line ${index + 2} has ${name} where the block before has ${rows[row].name}`);
      rows[row].parts.push(residues);
      row += 1;
    } else if (length > 0 && /^[\s*:.]*$/.test(line)) {
      conservation += line.slice(start, start + length).padEnd(length);
      [length, row] = [0, 0];
    } else if (line.trim() !== '') {
      throw new AlignmentError(`line ${index + 2} is neither a row of residues nor marks of conservation: "${line.slice(0, 60)}"`);
    }
  });
  const joined = rows.map(({ name, parts }) => ({ name, residues: parts.join('') }));
  const columns = joined[0]?.residues.length ?? 0;
  const odd = joined.find(({ residues }) => residues.length !== columns);
  if (odd !== undefined) throw new AlignmentError(`its rows differ in length: ${joined[0].name} has ${columns} columns, ${odd.name} ${odd.residues.length}`);
  return { program: /^CLUSTAL\s+\S+/.exec(first)?.[0] ?? CLUSTAL_MARK, rows: joined, conservation: conservation.padEnd(columns) };
}
