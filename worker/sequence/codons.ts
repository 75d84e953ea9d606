/** NCBI translation table 1 (the standard code), codons in the order TCAG; `*` is a stop. */
const AMINO_ACIDS = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG';
const BASE_ORDER = 'TCAG';
/** NCBI translation table 1's start codons. */
const START_CODONS: ReadonlySet<string> = new Set(['ATG', 'CTG', 'TTG']);
const STOP_CODONS: ReadonlySet<string> = new Set(['TAA', 'TAG', 'TGA']);

/** The IUPAC nucleotide letters, and the bases that each may be. */
const READINGS: Readonly<Record<string, string>> = {
  A: 'A',
  C: 'C',
  G: 'G',
  T: 'T',
  R: 'AG',
  Y: 'CT',
  S: 'CG',
  W: 'AT',
  K: 'GT',
  M: 'AC',
  B: 'CGT',
  D: 'AGT',
  H: 'ACT',
  V: 'ACG',
  N: 'ACGT',
};

const LETTERS = 'ACGTRYSWKMBDHVN';
const COMPLEMENTS = 'TGCAYRSWMKVHDBN';
/** By character code; other characters are their own. */
const COMPLEMENT_OF = Uint8Array.from({ length: 256 }, (_, code) => {
  const index = LETTERS.indexOf(String.fromCharCode(code));
  return index < 0 ? code : COMPLEMENTS.charCodeAt(index);
});

const UNKNOWN_AMINO_ACID = 'X';

/** @param codon three upper case letters */
export function isStartCodon(codon: string): boolean {
  return START_CODONS.has(codon);
}

/** @param codon three upper case letters. Ambiguous letters never make a stop, even where all readings are one (`TAR`). */
export function isStopCodon(codon: string): boolean {
  return STOP_CODONS.has(codon);
}

/** Whether a text, in any case, has IUPAC nucleotide letters only, those of RNA included. */
export function isNucleotides(sequence: string): boolean {
  return /^[ACGTURYSWKMBDHVN]*$/i.test(sequence);
}

/** The sequence in upper case, and in the letters of DNA: U is T. */
export function asDna(sequence: string): string {
  return sequence.toUpperCase().replaceAll('U', 'T');
}

/** Where an upper case sequence of {@link asDna} has what is no nucleotide letter (0-based). */
export function* otherLetters(sequence: string): Generator<{ readonly at: number; readonly letter: string }> {
  for (const { index, 0: letter } of sequence.matchAll(/[^ACGTRYSWKMBDHVN]/g)) yield { at: index, letter };
}

const aminoAcids = new Map<string, string>();

/** @param codon three upper case letters, not a stop codon. `X` where the readings of ambiguous letters differ. */
function aminoAcidOf(codon: string): string {
  let aminoAcid = aminoAcids.get(codon);
  if (aminoAcid === undefined) {
    const readings = new Set(readingsOf(codon).map((reading) => AMINO_ACIDS[tableIndex(reading)]));
    const [first] = readings;
    aminoAcid = readings.size === 1 && first !== '*' ? first : UNKNOWN_AMINO_ACID;
    aminoAcids.set(codon, aminoAcid);
  }
  return aminoAcid;
}

function readingsOf(codon: string): string[] {
  return [...codon].reduce<string[]>(
    (readings, letter) => readings.flatMap((reading) => [...(READINGS[letter] ?? '')].map((base) => reading + base)), ['']);
}

function tableIndex(codon: string): number {
  return [...codon].reduce((index, base) => index * BASE_ORDER.length + BASE_ORDER.indexOf(base), 0);
}

/** The protein of an upper case coding sequence, up to its first stop codon or its last whole codon. */
export function translate(codingSequence: string): string {
  const protein: string[] = [];
  for (let at = 0; at + 3 <= codingSequence.length; at += 3) {
    const codon = codingSequence.slice(at, at + 3);
    if (isStopCodon(codon)) break;
    protein.push(aminoAcidOf(codon));
  }
  return protein.join('');
}

/** Where the first in-frame stop codon ends (0-based, exclusive), or undefined where there is none. */
export function endOfFirstStop(codingSequence: string): number | undefined {
  for (let at = 0; at + 3 <= codingSequence.length; at += 3) {
    if (isStopCodon(codingSequence.slice(at, at + 3))) return at + 3;
  }
  return undefined;
}

/** The other strand's sequence of an upper case one (of single-byte characters). Letters that are no nucleotide codes stay. */
export function reverseComplement(sequence: string): string {
  const bases = Buffer.from(sequence, 'latin1').reverse();
  for (let at = 0; at < bases.length; at++) bases[at] = COMPLEMENT_OF[bases[at]];
  return bases.toString('latin1');
}

/** Cut at the end to whole codons. */
export function wholeCodons(sequence: string): string {
  return sequence.slice(0, sequence.length - sequence.length % 3);
}
