import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './assembly';

export const SAMPLE = join(ROOT, 'samples/worm-apl-1');
const GENOME = 'WBcel235-sparse.fna.gz';

type Entry = Readonly<Record<string, unknown>>;

/** The sample's entries, with the genome that the app puts below the pipeline's inputs. */
export function sampleEntries(inputsUri: string, genome = GENOME): Entry[] {
  const entries = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as Entry[];
  return entries.map((entry) => ({ ...entry, fasta_file_url: `${inputsUri}sample/${genome}` }));
}

/**
 * As many entries as are wanted: the sample's, again and again, each with an id of its own and up to ten exons. Of 190, some room is left
 * below the 262,144 characters that a test's variables and context may have.
 */
export function manyEntries(count: number): Entry[] {
  const entries = sampleEntries('s3://genomes/').map((entry) => ({ ...entry, ...firstTen(entry, 'exon_seq_regions'), ...firstTen(entry, 'cds_seq_regions') }));
  return Array.from({ length: count }, (_, index) => {
    const entry = entries[index % entries.length];
    return { ...entry, unique_entry_id: `${String(index).padStart(3, '0')}_${String(entry.unique_entry_id).slice(4)}` };
  });
}

function firstTen(entry: Entry, field: string): Entry {
  return { [field]: (entry[field] as unknown[]).slice(0, 10) };
}

/** So many bytes of entries that have nothing. */
export function emptyEntries(bytes: number): object[] {
  return Array.from({ length: Math.floor((bytes - 2) / '{},'.length) }, () => ({}));
}
