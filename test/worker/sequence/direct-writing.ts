// An oracle for alternative proteins: it writes the variants into the genome, base by base, splices and translates what is there then,
// and finds each variant again by marks on the bases. It shares neither code nor method with the worker.

export interface WrittenVariant {
  readonly variant_id: string;
  readonly genomic_start_pos: number;
  readonly genomic_end_pos: number;
  readonly genomic_ref_seq: string;
  readonly genomic_alt_seq: string;
}

export interface WrittenGene {
  /** The forward strand of the whole contig. */
  readonly contig: string;
  readonly strand: '+' | '-';
  /** First and last base, 1-based, the first one being the smaller. */
  readonly exons: readonly (readonly [number, number])[];
  /** Empty: the longest open reading frame. */
  readonly cds: readonly (readonly [number, number])[];
  /** Bases before the first whole codon of the coding parts. */
  readonly skipped: number;
}

export interface Embedded {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly referenceLength: number;
  readonly alternativeLength: number;
}

export type Written = { readonly protein: string; readonly embedded: readonly Embedded[] } | 'start codon changed' | 'stop codon lost' | 'another error';

/** By amino acid, its codons in IUPAC letters: the standard code as textbooks print it. */
const CODE: Readonly<Record<string, string>> = {
  'A': 'GCN',
  'C': 'TGY',
  'D': 'GAY',
  'E': 'GAR',
  'F': 'TTY',
  'G': 'GGN',
  'H': 'CAY',
  'I': 'ATH',
  'K': 'AAR',
  'L': 'CTN TTR',
  'M': 'ATG',
  'N': 'AAY',
  'P': 'CCN',
  'Q': 'CAR',
  'R': 'CGN AGR',
  'S': 'TCN AGY',
  'T': 'ACN',
  'V': 'GTN',
  'W': 'TGG',
  'Y': 'TAY',
  '*': 'TAR TGA',
};
const MEANS: Readonly<Record<string, string>> = {
  A: 'A', C: 'C', G: 'G', T: 'T', R: 'AG', Y: 'CT', S: 'CG', W: 'AT', K: 'GT', M: 'AC', B: 'CGT', D: 'AGT', H: 'ACT', V: 'ACG', N: 'ACGT',
};
const STARTS = ['ATG', 'CTG', 'TTG'];
const STOPS = ['TAA', 'TAG', 'TGA'];

function readings(codon: string): string[] {
  return [...codon].reduce((all, letter) => all.flatMap((one) => [...MEANS[letter]].map((base) => one + base)), ['']);
}

const AMINO_ACID = new Map(Object.entries(CODE).flatMap(([aminoAcid, codons]) => codons.split(' ').flatMap(readings).map((codon) => [codon, aminoAcid] as const)));

export function translated(coding: string): string {
  const codons = coding.match(/.../g) ?? [];
  const stop = codons.findIndex((codon) => STOPS.includes(codon));
  return codons.slice(0, stop < 0 ? codons.length : stop).map((codon) => {
    const meanings = [...new Set(readings(codon).map((reading) => AMINO_ACID.get(reading)))];
    return meanings.length === 1 && meanings[0] !== '*' ? meanings[0] : 'X';
  }).join('');
}

/** The letter on the other strand: the one that means the partners of all that it means. */
export function partner(letter: string): string {
  const partners = [...MEANS[letter]].map((base) => 'ACGT'['TGCA'.indexOf(base)]).sort().join('');
  return Object.keys(MEANS).find((one) => MEANS[one] === partners)!;
}

/** A place in the transcript: a base, its genome position, or what stands between two neighbours of one part. */
interface Cell {
  readonly position: number;
  readonly between: boolean;
}

/** The cells of parts along the transcript. */
function cellsOf({ strand }: WrittenGene, parts: readonly (readonly [number, number])[]): Cell[] {
  const ordered = [...parts].sort(([a], [b]) => (strand === '+' ? a - b : b - a));
  return ordered.flatMap(([first, last]) => {
    const cells: Cell[] = [];
    for (let position = first; position <= last; position++) {
      cells.push({ position, between: false });
      if (position < last) cells.push({ position, between: true });
    }
    return strand === '+' ? cells : cells.reverse();
  });
}

/** Without the first so many bases, and without those at the end that make no codon. */
function inFrame(cells: readonly Cell[], skipped: number): Cell[] {
  const bases = cells.filter(({ between }) => !between).slice(skipped);
  const kept = bases.slice(0, bases.length - bases.length % 3);
  if (kept.length === 0) return [];
  return cells.slice(cells.indexOf(kept[0]), cells.indexOf(kept[kept.length - 1]) + 1);
}

function refersTo(gene: WrittenGene, cells: readonly Cell[]): string {
  const bases = cells.filter(({ between }) => !between).map(({ position }) => gene.contig[position - 1].toUpperCase());
  return (gene.strand === '+' ? bases : bases.map(partner)).join('');
}

const insertion = (variant: WrittenVariant) => variant.genomic_ref_seq === '';
const deletion = (variant: WrittenVariant) => variant.genomic_alt_seq === '';
const substitution = (variant: WrittenVariant) => variant.genomic_ref_seq.length === variant.genomic_alt_seq.length;

/** What a variant makes of a cell, on the forward strand; undefined: nothing. */
function writtenAt(variant: WrittenVariant, { position, between }: Cell): string | undefined {
  const { genomic_start_pos: start, genomic_end_pos: end, genomic_alt_seq: alternative } = variant;
  if (insertion(variant)) return between && position === start ? alternative : undefined;
  if (position < start || position > end || (between && position === end)) return undefined;
  if (between || deletion(variant)) return between ? undefined : '';
  if (substitution(variant)) return alternative[position - start];
  return position === start ? alternative : '';
}

/** Whether only some of an indel's bases are in a part: neighbours of a part have a place between them. */
function cutsIndel(cells: readonly Cell[], variant: WrittenVariant): boolean {
  if (insertion(variant) || deletion(variant) || substitution(variant)) return false;
  const { genomic_start_pos: start, genomic_end_pos: end } = variant;
  const inside = (cell: Cell | undefined) => cell !== undefined && cell.position >= start && cell.position <= (cell.between ? end - 1 : end);
  const places = 2 * (end - start) + 1;
  let run = 0;
  return cells.some((cell, index) => {
    if (!inside(cell)) return false;
    run += 1;
    const next = cells[index + 1] as Cell | undefined;
    const ends = !inside(next) || (!cell.between && !next!.between);
    const isCut = ends && run !== places;
    if (ends) run = 0;
    return isCut;
  });
}

interface Altered {
  readonly sequence: string;
  readonly embedded: readonly Embedded[];
}

/** The altered sequence of cells, cut to codons, and what lies where in it; undefined where an indel is only partly in a part. */
function altered(gene: WrittenGene, cells: readonly Cell[], variants: readonly WrittenVariant[]): Altered | undefined {
  if (variants.some((variant) => cutsIndel(cells, variant))) return undefined;
  let sequence = '';
  const found = new Map<WrittenVariant, { before: number; bases: number; letters: number[] }>();
  // An indel's letters stand at its first base on the forward strand, so they come last on the other one; its cells are one place.
  cells.forEach((cell) => {
    const variant = variants.find((one) => writtenAt(one, cell) !== undefined);
    const reference = cell.between ? '' : gene.contig[cell.position - 1];
    const forward = (variant === undefined ? reference : writtenAt(variant, cell)!).toUpperCase();
    const written = gene.strand === '+' ? forward : [...forward].reverse().map(partner).join('');
    if (variant !== undefined) {
      const mark = found.get(variant) ?? { before: sequence.length, bases: 0, letters: [] };
      if (!cell.between) mark.bases += 1;
      [...written].forEach((_, index) => mark.letters.push(sequence.length + index + 1));
      found.set(variant, mark);
    }
    sequence += written;
  });
  sequence = sequence.slice(0, sequence.length - sequence.length % 3);
  const embedded = [...found].map(([variant, { before, bases, letters }]) => {
    const lengths = { id: variant.variant_id, referenceLength: bases, alternativeLength: letters.length };
    if (deletion(variant)) return { ...lengths, start: before, end: before + 1 };
    return { ...lengths, start: letters[0], end: letters[0] + Math.max(letters.length, bases) - 1 };
  });
  return { sequence, embedded: cut(embedded, variants, sequence.length) };
}

function cut(embedded: readonly Embedded[], variants: readonly WrittenVariant[], length: number): Embedded[] {
  const isDeletion = (id: string) => deletion(variants.find((variant) => variant.variant_id === id)!);
  return embedded
    .filter(({ id, start }) => (isDeletion(id) ? start < length : start <= length))
    .map((one) => ({ ...one, end: Math.min(one.end, length) }));
}

/** From the first codon on up to the first stop, which is there. */
function upToStop(sequence: string): string | undefined {
  const codons = sequence.match(/.../g) ?? [];
  const stop = codons.findIndex((codon) => STOPS.includes(codon));
  return stop < 0 ? undefined : codons.slice(0, stop + 1).join('');
}

function inProtein(one: Embedded, variants: readonly WrittenVariant[]): Embedded {
  const codon = (base: number) => Math.ceil(base / 3);
  const end = codon(one.end);
  const lengths = { referenceLength: codon(one.referenceLength), alternativeLength: codon(one.alternativeLength) };
  if (!deletion(variants.find(({ variant_id: id }) => id === one.id)!)) return { ...one, ...lengths, start: codon(one.start), end };
  const wholeCodons = one.referenceLength % 3 === 0 && one.start % 3 === 0;
  return { ...one, ...lengths, start: Math.max(1, codon(one.start + 1) - (wholeCodons ? 1 : 0)), end };
}

/** The coding cells: those given, or those of the longest open reading frame (of equally long ones the last, frame by frame). */
function codingCells(gene: WrittenGene): Cell[] | undefined {
  if (gene.cds.length > 0) return inFrame(cellsOf(gene, gene.cds), gene.skipped);
  const transcript = cellsOf(gene, gene.exons);
  const sequence = refersTo(gene, transcript);
  let longest: [number, number] | undefined;
  for (let frame = 0; frame < 3; frame++) {
    const codons = sequence.slice(frame).match(/.../g) ?? [];
    const text = codons.map((codon) => (STARTS.includes(codon) ? 's' : STOPS.includes(codon) ? '*' : '-')).join('');
    for (const match of text.matchAll(/s[^*]*\*/g)) {
      const place: [number, number] = [frame + match.index * 3, frame + (match.index + match[0].length) * 3];
      if (longest === undefined || place[1] - place[0] >= longest[1] - longest[0]) longest = place;
    }
  }
  if (longest === undefined) return undefined;
  const bases = transcript.filter(({ between }) => !between);
  return transcript.slice(transcript.indexOf(bases[longest[0]]), transcript.indexOf(bases[longest[1] - 1]) + 1);
}

/** The reference protein; undefined where there is no open reading frame. */
export function referenceProtein(gene: WrittenGene): string | undefined {
  const cells = codingCells(gene);
  return cells === undefined ? undefined : translated(refersTo(gene, cells));
}

/** Whether the reference ends with a stop codon. */
export function hasStop(gene: WrittenGene): boolean {
  return upToStop(refersTo(gene, codingCells(gene)!)) !== undefined;
}

/** @param variants that do not overlap and fit the genome */
export function alternativeProtein(gene: WrittenGene, variants: readonly WrittenVariant[]): Written {
  const coding = codingCells(gene)!;
  let made = altered(gene, coding, variants);
  if (made === undefined) return 'another error';
  const start = made.sequence.slice(0, 3);
  if (start !== refersTo(gene, coding).slice(0, 3)) return 'start codon changed';
  if (!STARTS.includes(start)) return 'another error';
  if (upToStop(made.sequence) === undefined) {
    const transcript = cellsOf(gene, gene.exons);
    const firstCoding = gene.cds.length > 0 ? cellsOf(gene, gene.cds)[0] : coding[0];
    const from = transcript.findIndex(({ position, between }) => position === firstCoding.position && !between);
    if (from < 0) return 'another error';
    made = altered(gene, inFrame(transcript.slice(from), gene.cds.length > 0 ? gene.skipped : 0), variants);
    if (made === undefined || made.sequence !== '' && !STARTS.includes(made.sequence.slice(0, 3))) return 'another error';
  }
  const accepted = upToStop(made.sequence);
  if (accepted === undefined) return 'stop codon lost';
  return { protein: translated(accepted), embedded: cut(made.embedded, variants, accepted.length).map((one) => inProtein(one, variants)) };
}
