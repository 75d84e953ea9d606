import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RegionEntryInput, RunInput } from '../../src/contract/run-input';

/** The input file cannot be a run's input. */
export class InputError extends Error {}

/**
 * A run's input from a file: a JSON list of region entries, or an object as the state machine takes it.
 *
 * @param localGenomes whether relative `file://NAME` genomes are to be found beside the file
 * @throws InputError where the file cannot be read or is not JSON
 */
export function readRunInput(path: string, localGenomes: boolean): RunInput {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as Error).message}; give --input a JSON file with a list of region entries`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}; expected a list of region entries, or an object with seq_regions`);
  }
  const input = Array.isArray(json) || typeof json !== 'object' || json === null ? { seq_regions: json } : json as RunInput;
  if (!localGenomes || !Array.isArray(input.seq_regions)) return input;
  return { ...input, seq_regions: input.seq_regions.map((entry) => withAbsoluteGenome(entry, dirname(resolve(path)))) };
}

function withAbsoluteGenome(entry: unknown, folder: string): unknown {
  const relative = /^file:\/\/([^/].*)$/.exec(genomeOf(entry))?.[1];
  if (relative === undefined) return entry;
  return { ...entry as RegionEntryInput, fasta_file_url: pathToFileURL(resolve(folder, decodeURIComponent(relative))).href };
}

/** Empty where the entry, which nobody has checked yet, names none. */
function genomeOf(entry: unknown): string {
  const url = (entry as RegionEntryInput | null)?.fasta_file_url;
  return typeof url === 'string' ? url : '';
}

/** The folders of an input's `file://` genomes, for those that see nothing else of this machine. */
export function genomeFolders({ seq_regions: entries }: RunInput): string[] {
  const urls = (Array.isArray(entries) ? entries : []).map(genomeOf);
  const folders = urls.flatMap((url) => (url.startsWith('file:///') ? folderOf(url) : []));
  return [...new Set(folders)].filter((folder) => folder !== '/' && existsSync(folder));
}

/** None for a URL that the run will refuse. */
function folderOf(url: string): string[] {
  try {
    return [dirname(fileURLToPath(url))];
  } catch {
    return [];
  }
}
