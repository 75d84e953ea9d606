import {
  DEFAULT_ALT_SUFFIX, EntryRule, FORWARD_STRANDS, MAX_PROBLEMS_LISTED, MAX_QUOTED_CHARACTERS, MAX_WHOLE_NUMBER, PROBLEM, PROBLEM_SEPARATOR,
  PROBLEMS_LEFT_OFF, REFERENCE_SUFFIX, REVERSE_STRANDS, RUN_PROBLEM,
} from '../../src/contract/entry-rules';
import { isInlineVariant, parseInlineVariant, Variant } from '../variant/variant';

/** A stretch of a chromosome or contig: 1-based, inclusive, start <= end. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

export interface CdsPart extends Part {
  /** Bases to skip to the part's first whole codon: 0, 1 or 2. */
  readonly frame: number;
}

/** A region entry that keeps the rules, with its defaults filled in. */
export interface RegionEntry {
  readonly id: string;
  readonly baseName: string;
  readonly seqId: string;
  readonly strand: 1 | -1;
  /** In the input's order. */
  readonly exons: readonly Part[];
  /** In the input's order; empty where the coding sequence is to be found. */
  readonly cds: readonly CdsPart[];
  readonly genomeUrl: string;
  /** To be looked up. */
  readonly variantIds: readonly string[];
  /** Given inline. */
  readonly variants: readonly Variant[];
  readonly altSuffix: string;
}

type Fields = Readonly<Record<string, unknown>>;
type PartOutcome = 'right' | 'wrong' | 'reversed';

/**
 * Checks the entries of a run by the contract's rules and reads them.
 *
 * @param json the parsed array of entries
 * @returns the entries without problems, and the problems' texts, entry by entry in the order of the contract's table
 */
export function parseEntries(json: unknown): { entries: RegionEntry[]; problems: string[] } {
  if (!Array.isArray(json) || json.length === 0) {
    return { entries: [], problems: [filled(RUN_PROBLEM.SEQ_REGIONS, { got: shown(json) })] };
  }
  const entries: RegionEntry[] = [];
  const problems: string[] = [];
  const usedIds = new Set<string>();
  json.forEach((raw: unknown, index) => {
    const found = entryProblems(raw, index, usedIds);
    // Not push(...found): a call has at most some 100,000 arguments.
    found.forEach((problem) => problems.push(problem));
    if (isObject(raw) && hasId(raw)) usedIds.add(raw.unique_entry_id as string);
    if (found.length === 0) entries.push(readEntry(raw as Fields));
  });
  return { entries, problems };
}

/** The problems as one text: `3 problems: a; b; c`. */
export function formatProblems(problems: readonly string[]): string {
  const leftOff = problems.length - MAX_PROBLEMS_LISTED;
  return `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}: ${problems.slice(0, MAX_PROBLEMS_LISTED).join(PROBLEM_SEPARATOR)}`
    + (leftOff > 0 ? filled(PROBLEMS_LEFT_OFF, { n: String(leftOff) }) : '');
}

function entryProblems(raw: unknown, index: number, usedIds: ReadonlySet<string>): string[] {
  const at = `seq_regions[${index}]${isObject(raw) && hasId(raw) ? ` (${raw.unique_entry_id as string})` : ''}`;
  const text = (problem: keyof typeof PROBLEM, got: unknown, n?: number) => filled(PROBLEM[problem], { at, got: shown(got), n: String(n) });
  if (!isObject(raw)) return [text('ENTRY', raw)];

  const problems: string[] = [];
  const check = (right: boolean, problem: keyof typeof PROBLEM, got: unknown) => {
    if (!right) problems.push(text(problem, got));
  };
  const forward = !given(raw.seq_strand) || isOneOf(FORWARD_STRANDS, raw.seq_strand);
  const checkParts = (parts: readonly unknown[], checkPart: (part: unknown) => PartOutcome, wrong: 'EXON' | 'CDS', reversed: 'EXON_ORDER' | 'CDS_ORDER') => {
    parts.forEach((part, n) => {
      const outcome = checkPart(part);
      if (outcome === 'wrong') problems.push(text(wrong, part, n));
      if (outcome === 'reversed' && forward) problems.push(text(reversed, part, n));
    });
  };

  check(hasId(raw), 'UNIQUE_ENTRY_ID', raw.unique_entry_id);
  check(!hasId(raw) || !usedIds.has(raw.unique_entry_id as string), 'DUPLICATE_ID', raw.unique_entry_id);
  check(matches(raw.base_seq_name, EntryRule.NO_WHITE_SPACE), 'BASE_SEQ_NAME', raw.base_seq_name);
  check(isFilled(raw.seq_id), 'SEQ_ID', raw.seq_id);
  check(!given(raw.seq_strand) || isOneOf([...FORWARD_STRANDS, ...REVERSE_STRANDS], raw.seq_strand), 'SEQ_STRAND', raw.seq_strand);
  if (Array.isArray(raw.exon_seq_regions) && raw.exon_seq_regions.length > 0) {
    checkParts(raw.exon_seq_regions, partOutcome, 'EXON', 'EXON_ORDER');
  } else {
    problems.push(text('EXONS', raw.exon_seq_regions));
  }
  if (Array.isArray(raw.cds_seq_regions)) {
    checkParts(raw.cds_seq_regions, cdsPartOutcome, 'CDS', 'CDS_ORDER');
  } else if (given(raw.cds_seq_regions)) {
    problems.push(text('CDS_LIST', raw.cds_seq_regions));
  }
  check(matches(raw.fasta_file_url, EntryRule.GENOME_URL), 'FASTA_FILE_URL', raw.fasta_file_url);
  check(isListOf(raw.variant_ids, isFilled), 'VARIANT_IDS', raw.variant_ids);
  check(isListOf(raw.variants, isInlineVariant), 'VARIANTS', raw.variants);
  check(isAltSuffix(raw.alt_seq_name_suffix), 'ALT_SUFFIX', raw.alt_seq_name_suffix);
  return problems;
}

function isAltSuffix(value: unknown): boolean {
  return !given(value) || value === '' || (matches(value, EntryRule.NO_WHITE_SPACE) && value !== REFERENCE_SUFFIX);
}

function partOutcome(part: unknown): PartOutcome {
  const ends = readEnds(part);
  if (ends === undefined) return 'wrong';
  return ends.end < ends.start ? 'reversed' : 'right';
}

function cdsPartOutcome(part: unknown): PartOutcome {
  return isObject(part) && typeof part.frame === 'number' && [0, 1, 2].includes(part.frame) ? partOutcome(part) : 'wrong';
}

/** Start and end as given, or undefined where they are not two positions. */
function readEnds(part: unknown): Part | undefined {
  if (isObject(part)) return isPosition(part.start) && isPosition(part.end) ? { start: part.start, end: part.end } : undefined;
  if (!matches(part, EntryRule.REGION_TEXT)) return undefined;
  const [start, end] = (part as string).split('..').map(Number);
  return isPosition(start) && isPosition(end) ? { start, end } : undefined;
}

/** Reads an entry that has no problems. */
function readEntry(raw: Fields): RegionEntry {
  return {
    id: raw.unique_entry_id as string,
    baseName: raw.base_seq_name as string,
    seqId: raw.seq_id as string,
    strand: isOneOf(REVERSE_STRANDS, raw.seq_strand) ? -1 : 1,
    exons: (raw.exon_seq_regions as unknown[]).map(readPart),
    cds: listOf(raw.cds_seq_regions).map((part) => ({ ...readPart(part), frame: (part as Fields).frame as number })),
    genomeUrl: raw.fasta_file_url as string,
    variantIds: listOf(raw.variant_ids) as string[],
    variants: listOf(raw.variants).map(parseInlineVariant),
    altSuffix: (raw.alt_seq_name_suffix as string | null | undefined) || DEFAULT_ALT_SUFFIX,
  };
}

function readPart(part: unknown): Part {
  const { start, end } = readEnds(part) as Part;
  return { start: Math.min(start, end), end: Math.max(start, end) };
}

function listOf(value: unknown): unknown[] {
  return (value as unknown[] | null | undefined) ?? [];
}

function hasId(raw: Fields): boolean {
  return matches(raw.unique_entry_id, EntryRule.UNIQUE_ENTRY_ID);
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOneOf(texts: readonly string[], value: unknown): boolean {
  return texts.includes(value as string);
}

function matches(value: unknown, pattern: string): boolean {
  return typeof value === 'string' && new RegExp(pattern).test(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isPosition(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_WHOLE_NUMBER;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return !given(value) || (Array.isArray(value) && value.every(isItem));
}

/** A received value as the problem texts quote it; numbers with up to 15 digits, which is what JSONata's `$string` gives. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : given(value) ? compactJson(value) : 'nothing';
  // A character has at most two units, and the rest of a long text is not looked at.
  const characters = Array.from(text.slice(0, 2 * (MAX_QUOTED_CHARACTERS + 1)));
  return characters.length > MAX_QUOTED_CHARACTERS ? `${characters.slice(0, MAX_QUOTED_CHARACTERS).join('')}...` : text;
}

function compactJson(value: unknown): string {
  try {
    return JSON.stringify(value, fifteenDigits);
  } catch {
    // JSON.parse takes any depth, JSON.stringify does not.
    return 'a value that is nested too deeply';
  }
}

function fifteenDigits(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(15)) : value;
}

/** In one pass, so that nothing in a caller's text is taken for a place to fill. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_place, name: string) => values[name]);
}
