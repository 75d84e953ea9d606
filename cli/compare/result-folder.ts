import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlignmentError, ClustalAlignment, parseClustal } from '../../formats/clustal';
import { AlignedVariantInfo } from '../../src/contract/seq-info';
import { ResultKey } from '../../src/contract/storage-keys';
import { LOGS_FOLDER, sha256 } from '../trail/run-folder';

/** The two files that a run leaves, whoever runs it. */
export const RESULT_FILES = [ResultKey.ALIGNMENT, ResultKey.SEQ_INFO] as const;
export type ResultFileName = (typeof RESULT_FILES)[number];

/** Nextflow publishes into a folder of the launch folder, and AWS's results come with their prefix. */
const MAX_DEPTH = 4;
const SKIPPED = ['node_modules', 'cdk.out', LOGS_FOLDER, '.git'];

export interface ResultFile {
  readonly path: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** An embedded variant's fields; those of another version, or of PAVI's own workflow, may be others. */
export type VariantFields = Readonly<Record<string, unknown>> & { readonly [field in keyof AlignedVariantInfo]?: unknown };

/** By record name. */
export type SeqInfo = Readonly<Record<string, RecordInfo>>;

export interface RecordInfo {
  readonly error?: string;
  readonly embedded_variants?: readonly VariantFields[];
}

/** The results of a run. */
export interface RunResults {
  readonly folder: string;
  readonly files: ReadonlyMap<ResultFileName, ResultFile>;
  readonly alignment?: ClustalAlignment;
  readonly seqInfo?: SeqInfo;
}

/** The folder has no results, or such that cannot be read. */
export class ResultFolderError extends Error {}

/**
 * Finds a run's results in a folder or below it.
 *
 * @throws ResultFolderError
 */
export function readResults(folder: string): RunResults {
  const found = find(folder, 0);
  const files = new Map<ResultFileName, ResultFile>();
  for (const name of RESULT_FILES) {
    const paths = found.filter((path) => path.endsWith(`/${name}`));
    const own = join(folder, name);
    const path = paths.includes(own) ? own : paths[0];
    if (path !== own && paths.length > 1) throw new ResultFolderError(`${folder} has ${name} more than once: ${paths.sort().join(', ')}; give the folder of one of them`);
    if (path === undefined) continue;
    const content = contentOf(path);
    files.set(name, { path, content, sha256: sha256(content) });
  }
  if (files.size === 0) throw new ResultFolderError(`${folder} has neither ${RESULT_FILES.join(' nor ')}; give a folder with the results of a run`);
  return { folder, files, alignment: alignmentOf(files.get(ResultKey.ALIGNMENT)), seqInfo: seqInfoOf(files.get(ResultKey.SEQ_INFO)) };
}

function find(folder: string, depth: number): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new ResultFolderError(`${folder} cannot be read: ${(error as Error).message}; give a folder with the results of a run`);
  }
  // Nextflow publishes by links.
  const files = entries.filter((entry) => !entry.isDirectory() && (RESULT_FILES as readonly string[]).includes(entry.name));
  const folders = depth >= MAX_DEPTH ? [] : entries.filter((entry) => entry.isDirectory() && !SKIPPED.includes(entry.name));
  return [...files.map(({ name }) => join(folder, name)), ...folders.flatMap(({ name }) => find(join(folder, name), depth + 1))];
}

/** A link may lead nowhere. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ResultFolderError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function alignmentOf(file: ResultFile | undefined): ClustalAlignment | undefined {
  if (file === undefined) return undefined;
  try {
    return parseClustal(file.content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof AlignmentError)) throw error;
    throw new ResultFolderError(`${file.path} is no alignment in Clustal format: ${error.message}`);
  }
}

function seqInfoOf(file: ResultFile | undefined): SeqInfo | undefined {
  if (file === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(file.content.toString('utf8'));
  } catch (error) {
    throw new ResultFolderError(`${file.path} is not JSON: ${(error as Error).message}`);
  }
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(json) || !Object.values(json as object).every(isObject)) throw new ResultFolderError(`${file.path} must be an object of records by name`);
  return json as SeqInfo;
}
