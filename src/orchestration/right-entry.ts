import { END, FORWARD_STRANDS, REFERENCE_SUFFIX, REVERSE_STRANDS, WHITE_SPACE } from '../contract/entry-rules';
import { regex } from '../states/jsonata';

// An entry in which nothing is wrong is recognized by its JSON text, in a tenth of the steps that its fields would take one by one. An entry
// that is not recognized may still be right; its fields are looked at then. JavaScript and Java read these expressions alike, and Java does so
// without recursion over long texts: only classes of characters are repeated without a limit.

/** Inside a text that JSON writes without escapes. The backslash is `\x5c` because JSONata's parser would take `\\]` for an escaped bracket. */
const PLAIN = '[^"\\x5c]';
const WITHOUT_WHITE_SPACE = `[^"\\x5c${WHITE_SPACE}]`;
const POSITION = '[1-9][0-9]{0,14}';
/** Numbers of more digits that must be in order, and more variants, are looked at one by one. */
const MAX_DIGITS = 10;
const MAX_VARIANTS = 40;

/** Between the numbers of a region, in its forms. */
const TEXT_FORM = '\\.\\.';
const OBJECT_FORM = ',"end":';

/**
 * Two numbers, of which the first is not the greater: by how many digits they have, and then by the first digit that differs.
 *
 * @param group the number that the pattern's only group has in the whole expression
 */
function inOrder(between: string, group: number): string {
  const lengths = Array.from({ length: MAX_DIGITS }, (_, index) => index + 1);
  const longer = lengths.map((digits) => `[0-9]{${digits}}${between}[0-9]{${digits + 1},15}(?![0-9])`);
  const asLong = lengths.map((digits) => `[0-9]{${digits}}${between}[0-9]{${digits}}(?![0-9])`);
  const greater = Array.from({ length: 9 }, (_, digit) => `${digit}[0-9]*${between}\\${group}[${digit + 1}-9]`);
  return `(?=${longer.join('|')}|(?=${asLong.join('|')})([0-9]*)(?:${greater.join('|')}|${between}\\${group}(?![0-9])))`;
}

/** A list that is not empty; no item of it holds a bracket, and what follows a comma is an item, or the rest of one. */
function list(item: string): string {
  return `(?![^\\]]*[\\[,](?!"end":|"frame":|(?:${item})[,\\]]))\\[[^\\]]*\\]`;
}

type Order = (between: string, group: number) => string;
const ANY_ORDER: Order = () => '';

/** @param more what an object may have beside its ends */
function exon(order: Order, more = ''): string {
  const [text, object] = [TEXT_FORM, OBJECT_FORM].map((between, index) => `${order(between, index + 1)}${POSITION}${between}${POSITION}`);
  return `"${text}"|\\{"start":${object}${more}\\}`;
}

function codingRegion(order: Order): string {
  return `\\{"start":${order(OBJECT_FORM, 3)}${POSITION}${OBJECT_FORM}${POSITION},"frame":[012]\\}`;
}

function regions(order: Order): string {
  return `,"exons":${list(exon(order))}(?:,"coding":(?:null|\\[\\]|${list(codingRegion(order))}))?\\}${END}`;
}

const FRAME = '(?:,"frame":[012])?';
/** The JSON of `{ "part": … }` with an exon or a coding region whose ends are right. */
export const PART_IN_ORDER = `^\\{"part":(?:${exon(inOrder, FRAME)})\\}`;
/** The same whatever the order of its ends; of as many digits as {@link PART_IN_ORDER} compares. */
export const PART_IN_ANY_ORDER = `^\\{"part":(?:${exon(ANY_ORDER, FRAME)})\\}`.replaceAll(POSITION, `[1-9][0-9]{0,${MAX_DIGITS - 1}}`);

function listOfUpTo(item: string): string {
  return `(?:null|\\[(?:${item},?){0,${MAX_VARIANTS}}\\])`;
}

function optional(field: string, value: string): string {
  return `(?:,"${field}":${value})?`;
}

function strand(names: readonly string[]): string {
  return `"(?:${names.map((name) => name.replace('+', '\\+')).join('|')})"`;
}

/** The fields before the regions. */
function rightFields(): string {
  const sequence = `(?:null|"${PLAIN}*")`;
  const variant = `\\{"variant_id":"${PLAIN}+","genomic_seq_id":"${PLAIN}+","genomic_start_pos":${POSITION},"genomic_end_pos":${POSITION},`
    + `"genomic_ref_seq":${sequence},"genomic_alt_seq":${sequence}\\}`;
  return [
    `^\\{"id":"[A-Za-z0-9._-]{1,128}","name":"${WITHOUT_WHITE_SPACE}+","seq":"${PLAIN}+","genome":"(?:https|http|s3|file)://${WITHOUT_WHITE_SPACE}+"`,
    optional('suffix', `(?:null|"(?!${REFERENCE_SUFFIX}")${WITHOUT_WHITE_SPACE}*")`),
    optional('ids', listOfUpTo(`"${PLAIN}+"`)),
    optional('variants', listOfUpTo(variant)),
    optional('strand', `(?:null|${strand([...FORWARD_STRANDS, ...REVERSE_STRANDS])})`),
    ',"exons":',
  ].join('');
}

/** The regions, in order unless the strand says that they may be in any. */
function rightRegions(): string {
  return `(?:,"strand":${strand(REVERSE_STRANDS)}${regions(ANY_ORDER)}|${regions(inOrder)})`;
}

/**
 * An expression over {@link inputForm}'s `$states.input`: it adds the indices of entries. `wrong` are those that are not recognized as right,
 * `wrongParts` those of them whose regions are not, `repeated` those whose id an earlier entry has.
 */
export function unrecognizedEntries(entries: string): string {
  return `(
    $entries := $states.input.checked and $states.input.entries > 0 ? ${entries} : [];
    $looked := $map($entries, function($e, $i) { $type($e) = "object" ? (
      $text := {
        "id": $e.unique_entry_id, "name": $e.base_seq_name, "seq": $e.seq_id, "genome": $e.fasta_file_url, "suffix": $e.alt_seq_name_suffix,
        "ids": $e.variant_ids, "variants": $e.variants, "strand": $e.seq_strand, "exons": $e.exon_seq_regions, "coding": $e.cds_seq_regions
      } & "";
      $parts := $states.input.exact and $contains($text, ${regex(rightRegions())});
      {
        "index": $i,
        "id": $e.unique_entry_id = $e.unique_entry_id & "" ? $e.unique_entry_id,
        "wrong": $parts ? $contains($text, ${regex(rightFields())}) = false : true,
        "wrongParts": $parts = false
      }
    ) : { "index": $i, "wrong": true } });
    $firstUse := $count($distinct($looked.id)) < $count($looked.id) ? $merge($reverse($looked.{ "id:" & id: index })) : {};
    $merge([$states.input, {
      "wrong": [$looked[wrong].index],
      "wrongParts": [$looked[wrongParts].index],
      "repeated": $firstUse = {} ? [] : [$looked[$lookup($firstUse, "id:" & id) < index].index]
    }])
  )`;
}
