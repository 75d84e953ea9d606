import { alignmentDifferences, Difference, firstDifference, seqInfoDifferences } from './differences';
import { documentedCause } from './documented';
import { RESULT_FILES, ResultFileName, RunResults } from './result-folder';
import { ResultKey } from '../../src/contract/storage-keys';

/** How a file of A compares with B's, byte for byte. */
export interface FileComparison {
  readonly name: ResultFileName;
  readonly same: boolean;
  readonly a?: { readonly bytes: number; readonly sha256: string };
  readonly b?: { readonly bytes: number; readonly sha256: string };
  /** Where they differ first: the byte from 0 on, line and column from 1 on. */
  readonly first?: { readonly byte: number; readonly line: number; readonly column: number };
}

export interface ExplainedDifference extends Difference {
  /** Why this pipeline differs from PAVI's Nextflow workflow here, where its documents say that it does. */
  readonly documented?: string;
}

export interface Comparison {
  /** Whether all bytes are the same. */
  readonly same: boolean;
  readonly files: readonly FileComparison[];
  readonly differences: readonly ExplainedDifference[];
}

/** Compares the results of two runs: bytes first, and where they differ, what they say. */
export function compareResults(a: RunResults, b: RunResults): Comparison {
  const files = RESULT_FILES.map((name) => compareFile(name, a, b));
  const differences: Difference[] = files.filter((file) => (file.a === undefined) !== (file.b === undefined))
    .map(({ name, a: inA }) => ({ kind: 'file', text: `${name} is in ${inA === undefined ? 'B' : 'A'} alone` }));
  const byFile: readonly (readonly [ResultFileName, readonly Difference[]])[] = [
    [ResultKey.ALIGNMENT, alignmentDifferences(a, b)], [ResultKey.SEQ_INFO, seqInfoDifferences(a, b)],
  ];
  for (const [name, found] of byFile) {
    differences.push(...found);
    const file = files.find((one) => one.name === name)!;
    if (!file.same && file.a !== undefined && file.b !== undefined && found.length === 0) {
      differences.push({ kind: 'writing', text: `${name} says the same in other bytes, first at line ${file.first!.line}, column ${file.first!.column}` });
    }
  }
  return {
    same: files.every(({ same }) => same),
    files,
    differences: differences.map((difference) => {
      const documented = documentedCause(difference, differences, a, b);
      return documented === undefined ? difference : { ...difference, documented };
    }),
  };
}

function compareFile(name: ResultFileName, a: RunResults, b: RunResults): FileComparison {
  const [first, second] = [a.files.get(name), b.files.get(name)];
  const facts = (file: typeof first) => file && { bytes: file.content.length, sha256: file.sha256 };
  if (first === undefined || second === undefined) return { name, same: first === second, a: facts(first), b: facts(second) };
  if (first.content.equals(second.content)) return { name, same: true, a: facts(first), b: facts(second) };
  const [textA, textB] = [first.content.toString('latin1'), second.content.toString('latin1')];
  const byte = firstDifference(textA, textB);
  const before = textA.slice(0, byte);
  return { name, same: false, a: facts(first), b: facts(second), first: { byte, line: before.split('\n').length, column: byte - before.lastIndexOf('\n') } };
}

/** For a reader: one line a file, one or two a difference. */
export function comparisonText({ same, files, differences }: Comparison): string {
  const lines = files.map(({ name, same: alike, a, first }) => {
    if (alike) return a === undefined ? `${name}: in neither` : `${name}: the same ${a.bytes} bytes`;
    return first === undefined ? `${name}: in one of them alone` : `${name}: differs, first at line ${first.line}, column ${first.column} (byte ${first.byte})`;
  });
  if (same) return `${lines.join('\n')}\nThe results are the same.\n`;
  const documented = differences.filter((difference) => difference.documented !== undefined).length;
  const list = differences.flatMap(({ text, documented: cause }) => [`  ${text}`, ...cause === undefined ? [] : [`      documented: ${cause}`]]);
  const how = documented === differences.length ? 'all of them documented' : `${differences.length - documented} of them not documented`;
  return `${[...lines, '', ...list, ''].join('\n')}\n${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}, ${how}.\n`;
}
