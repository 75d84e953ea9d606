import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ErrorName } from '../../src/contract/error-names';
import { EntryFile } from '../../src/contract/storage-keys';
import type { Folder } from '../storage/folder';
import { WorkerError } from '../worker-error';
import { isNameLost, MAX_NAME_BYTES, nameInAlignment } from './clustal-omega';

/** An entry's proteins: two of the longest known (titin, some 36,000 residues) take 72 kB. */
const MAX_PROTEIN_FILE_BYTES = 16 * 1024 * 1024;
const READ_AHEAD = 16;

/** What went into an alignment. */
export interface AlignmentInput {
  readonly files: number;
  readonly sequences: number;
  /** Identical records that were left out. */
  readonly duplicates: number;
}

export interface JoinOptions {
  readonly signal?: AbortSignal;
  /** How many files there must be: one an entry of the run. */
  readonly expectCount?: number;
}

/**
 * Joins all proteins of a folder, in the byte order of their files' names, into one FASTA file. The same record twice goes in once.
 *
 * @param path where the file is written, as a stream
 * @throws WorkerError Pavi.AlignmentFailed where a name has two sequences or would not be told from others in the alignment, a sequence is
 *   empty, there are fewer than two, or files of another number than expected
 */
export async function joinProteins(folder: Folder, path: string, { signal, expectCount }: JoinOptions = {}): Promise<AlignmentInput> {
  const names = await folder.list(EntryFile.PROTEIN);
  if (expectCount !== undefined && names.length !== expectCount) {
    throw failed(`${folder.uriOf('')} has the proteins of ${names.length} entries, and the run has ${expectCount}: `
      + 'another run of its name left some, or some were taken away; start it again under a name of its own', expectCount, names.length);
  }
  const digests = new Map<string, { digest: string; file: string }>();
  const inAlignment = new Map<string, string>();
  let duplicates = 0;

  async function* records(): AsyncGenerator<string> {
    for await (const { name: file, content } of inOrder(folder, names)) {
      for (const { name, sequence } of parseFasta(content, folder.uriOf(file))) {
        const digest = createHash('sha256').update(sequence.toUpperCase()).digest('base64');
        const earlier = digests.get(name);
        if (earlier === undefined) {
          checkName(name, inAlignment);
          digests.set(name, { digest, file });
          yield `>${name}\n${sequence}\n`;
        } else if (earlier.digest === digest) {
          duplicates += 1;
        } else {
          throw failed(`two different sequences are named "${name}", in ${earlier.file} and in ${file}; give the entries different `
            + 'base_seq_name or alt_seq_name_suffix values', 'one sequence for each name', name);
        }
      }
    }
  }
  await pipeline(Readable.from(records()), createWriteStream(path), { signal });
  if (digests.size < 2) {
    throw failed(`an alignment needs at least two sequences; ${folder.uriOf('')} has ${digests.size}${duplicates > 0 ? ', given more than once' : ''}`,
      'two or more', digests.size);
  }
  return { files: names.length, sequences: digests.size, duplicates };
}

/**
 * Refuses a name that the alignment would not tell from others.
 *
 * @param inAlignment the names so far, by what is in the alignment
 */
function checkName(name: string, inAlignment: Map<string, string>): void {
  if (isNameLost(name)) {
    throw failed(`Clustal Omega drops a name that begins with "-", as "${name}" does; give its entry another base_seq_name`, 'another first letter', name);
  }
  const kept = nameInAlignment(name);
  const other = inAlignment.get(kept);
  if (other !== undefined) {
    throw failed(`Clustal Omega keeps ${MAX_NAME_BYTES} bytes of a name, in which "${other}" and "${name}" are the same; shorten the entries' base_seq_name values`,
      `names that differ in their first ${MAX_NAME_BYTES} bytes`, name);
  }
  inAlignment.set(kept, name);
}

/** The files one after the other, the next few being read already. */
async function* inOrder(folder: Folder, names: readonly string[]): AsyncGenerator<{ name: string; content: string }> {
  const ahead: Promise<Buffer>[] = [];
  const start = (index: number) => {
    if (index >= names.length) return;
    const read = folder.read(names[index], MAX_PROTEIN_FILE_BYTES);
    read.catch(() => undefined);
    ahead.push(read);
  };
  for (let index = 0; index < Math.min(READ_AHEAD, names.length); index++) start(index);
  for (let index = 0; index < names.length; index++) {
    const content = await ahead.shift()!;
    start(index + READ_AHEAD);
    yield { name: names[index], content: content.toString('utf8') };
  }
}

function* parseFasta(text: string, uri: string): Generator<{ name: string; sequence: string }> {
  if (text.trim() === '') return;
  for (const record of text.replace(/^>/, '').split('\n>')) {
    const [header, ...lines] = record.split('\n');
    const name = header.trim().split(/\s/)[0];
    const sequence = lines.join('').replace(/\s/g, '');
    if (!text.startsWith('>') || name === '') throw failed(`${uri} is not a FASTA file`, '>NAME, and its sequence in the next line', text.slice(0, 40));
    if (sequence === '') throw failed(`the sequence "${name}" in ${uri} is empty; look at its entry's regions`, 'one residue or more', '');
    yield { name, sequence };
  }
}

function failed(message: string, expected: unknown, found: unknown): WorkerError {
  return new WorkerError(ErrorName.ALIGNMENT_FAILED, message, { expected, found });
}
