import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from './genome';

const BLOCK_COLUMNS = 60;
/** One column of three is a gap. */
const GAPS = 1 / 3;
export const VARIANTS_EACH = 10;

/** An alignment in Clustal format, and one seq info file an entry, each with a few embedded variants. */
export function writeLargeAlignment(folder: string, sequences: number, residues: number): void {
  const random = randomNumbers(sequences);
  const names = Array.from({ length: sequences }, (_, index) => `gene-${index}_transcript.${index}_alt`);
  const columns = Math.ceil(residues / (1 - GAPS));
  const rows = names.map(() => {
    const row: string[] = [];
    for (let left = residues; row.length < columns;) {
      const gap = random() < 1 - left / (columns - row.length);
      row.push(gap ? '-' : 'ACDEFGHIKLMNPQRSTVWY'[Math.floor(random() * 20)]);
      if (!gap) left -= 1;
    }
    return row.join('');
  });
  const width = Math.max(...names.map((name) => name.length)) + 6;
  const lines = ['CLUSTAL O(1.2.4) multiple sequence alignment', '', ''];
  for (let start = 0; start < columns; start += BLOCK_COLUMNS) {
    rows.forEach((row, index) => {
      const done = row.slice(0, start + BLOCK_COLUMNS).replace(/-/g, '').length;
      lines.push(`${names[index].padEnd(width)}${row.slice(start, start + BLOCK_COLUMNS)}\t${done}`);
    });
    lines.push(' '.repeat(width + BLOCK_COLUMNS), '');
  }
  writeFileSync(join(folder, 'alignment-output.aln'), lines.join('\n'));
  mkdirSync(join(folder, 'sequences'));
  names.forEach((name, index) => {
    const variants = Array.from({ length: VARIANTS_EACH }, (_, variant) => {
      const at = 1 + Math.floor(random() * residues);
      return { variant_id: `v${variant}`, seq_substitution_type: 'substitution', seq_start_pos: at, seq_end_pos: at };
    });
    writeFileSync(join(folder, 'sequences', `${index}-seqinfo.json`), JSON.stringify({ [name]: { embedded_variants: variants } }));
  });
}
