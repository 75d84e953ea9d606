import { CHECK_HELPERS } from './input-form';
import { PART_IN_ANY_ORDER, PART_IN_ORDER } from './right-entry';
import {
  AT_LEAST, EntryRule, FORWARD_STRANDS, MAX_PROBLEMS_LISTED, PROBLEM, PROBLEM_SEPARATOR, PROBLEMS_UNLISTED, REFERENCE_SUFFIX, REVERSE_STRANDS,
} from '../contract/entry-rules';
import { filled, literal, regex } from '../states/jsonata';

/** No further entry is looked at after so many entries, regions or problems, see `MAX_CHECKED_ENTRIES`. */
const MAX_ENTRIES = 25;
const MAX_PARTS = 50;
const MAX_PROBLEMS = 80;
/** Of one list. */
const MAX_LISTED_PARTS = 30;

/** A cause has at most 32,768 characters (AWS Step Functions API reference), and one outside the basic plane counts twice. */
const MAX_REFUSAL = 24_000;

/**
 * "right", "wrong" or "reversed" (ends before it starts), of a part given as text or object. Most are recognized by their JSON, the others are read;
 * text is compared padded, as text.
 */
const PART_CHECKS = `
  $order := function($start, $end) { $end < $start ? "reversed" : "right" };
  $readText := function($p) { (
    $ends := $split($p, "..");
    $contains($ends[0], /[1-9]/) and $contains($ends[1], /[1-9]/) ? $order($pad($ends[0], -15, "0"), $pad($ends[1], -15, "0")) : "wrong"
  ) };
  $readPart := function($p) {
    $type($p) = "object" ? ($isWhole($p.start) and $isWhole($p.end) ? $order($p.start, $p.end) : "wrong")
    : $isText($p, ${regex(EntryRule.REGION_TEXT)}) ? $readText($p) : "wrong"
  };
  $checkPart := function($p) { $states.input.exact = false ? $readPart($p) : (
    $text := { "part": $p } & "";
    $contains($text, ${regex(PART_IN_ORDER)}) ? "right" : $contains($text, ${regex(PART_IN_ANY_ORDER)}) ? "reversed" : $readPart($p)
  ) };
  $checkCdsPart := function($p) { $p.frame in [0, 1, 2] ? $checkPart($p) : "wrong" };`;

const VARIANT_CHECK = `
  $isSequence := function($v) { $v != null ? $isString($v) : true };
  $isVariant := function($v) {
    $type($v) = "object" ? $isFilled($v.variant_id) and $isFilled($v.genomic_seq_id) and $isWhole($v.genomic_start_pos)
      and $isWhole($v.genomic_end_pos) and $isSequence($v.genomic_ref_seq) and $isSequence($v.genomic_alt_seq) : false
  };
  $areAll := function($list, $check) { $isList($list) ? (false in $map($list, $check)) = false : false };`;

function entryText(problem: keyof typeof PROBLEM, got: string): string {
  return filled(PROBLEM[problem], { at: '$at', got: `$shown(${got})`, n: '$n' });
}

function partsProblems(field: string, count: string, check: string, wrong: 'EXON' | 'CDS', reversed: 'EXON_ORDER' | 'CDS_ORDER'): string {
  // The texts in the branches, not as a function's arguments, which would be made for every part.
  return `($wrongParts ? $map(${count} > ${MAX_LISTED_PARTS} ? $partition($e.${field}, ${MAX_LISTED_PARTS})[0] : $e.${field}, function($p, $n) { (
    $check := ${check}($p);
    $check = "wrong" ? ${entryText(wrong, '$p')} : $check = "reversed" and $forward ? ${entryText(reversed, '$p')}
  ) }))`;
}

/** The problems of entry `$e`, an object, at index `$i`. */
function fieldProblems(): string {
  const strands = [...FORWARD_STRANDS, ...REVERSE_STRANDS].map(literal).join(', ');
  return `
    $wrongParts := $i in $states.input.wrongParts;
    $forward := $e.seq_strand != null ? $e.seq_strand in [${FORWARD_STRANDS.map(literal).join(', ')}] : true;
    [
      $hasId = false ? ${entryText('UNIQUE_ENTRY_ID', '$e.unique_entry_id')}
        : $i in $states.input.repeated ? ${entryText('DUPLICATE_ID', '$e.unique_entry_id')},
      $isText($e.base_seq_name, ${regex(EntryRule.NO_WHITE_SPACE)}) = false ? ${entryText('BASE_SEQ_NAME', '$e.base_seq_name')},
      $isFilled($e.seq_id) = false ? ${entryText('SEQ_ID', '$e.seq_id')},
      $e.seq_strand != null and ($e.seq_strand in [${strands}]) = false ? ${entryText('SEQ_STRAND', '$e.seq_strand')},
      $isList($e.exon_seq_regions) and $e.exon_seq_regions != []
        ? ${partsProblems('exon_seq_regions', '$exons', '$checkPart', 'EXON', 'EXON_ORDER')}
        : ${entryText('EXONS', '$e.exon_seq_regions')},
      $isList($e.cds_seq_regions) ? ${partsProblems('cds_seq_regions', '$coding', '$checkCdsPart', 'CDS', 'CDS_ORDER')}
        : $e.cds_seq_regions != null ? ${entryText('CDS_LIST', '$e.cds_seq_regions')},
      $isText($e.fasta_file_url, ${regex(EntryRule.GENOME_URL)}) = false ? ${entryText('FASTA_FILE_URL', '$e.fasta_file_url')},
      $e.variant_ids != null and $areAll($e.variant_ids, $isFilled) = false ? ${entryText('VARIANT_IDS', '$e.variant_ids')},
      $e.variants != null and $areAll($e.variants, $isVariant) = false ? ${entryText('VARIANTS', '$e.variants')},
      $e.alt_seq_name_suffix != null and $e.alt_seq_name_suffix != ""
        and ($isText($e.alt_seq_name_suffix, ${regex(EntryRule.NO_WHITE_SPACE)}) ? $e.alt_seq_name_suffix = ${literal(REFERENCE_SUFFIX)} : true)
        ? ${entryText('ALT_SUFFIX', '$e.alt_seq_name_suffix')}
    ]`;
}

/** The state's output: what was found, and whether that is all. */
function foundProblems(entries: string): string {
  return `
    ${CHECK_HELPERS}
    ${PART_CHECKS}
    ${VARIANT_CHECK}
    $countOf := function($list) { $list != null ? $count($list) : 0 };
    $ofEntry := function($e, $i, $exons, $coding) { (
      $isObject := $type($e) = "object";
      $hasId := $isObject ? $isText($e.unique_entry_id, ${regex(EntryRule.UNIQUE_ENTRY_ID)}) : false;
      $at := "seq_regions[" & $i & "]" & ($hasId ? " (" & $e.unique_entry_id & ")" : "");
      $isObject ? (${fieldProblems()}) : [${entryText('ENTRY', '$e')}]
    ) };
    $look := function($found, $e, $i) { (
      $looks := $i in $states.input.wrongParts;
      $exons := $looks ? $countOf($e.exon_seq_regions) : 0;
      $coding := $looks ? $countOf($e.cds_seq_regions) : 0;
      {
        "texts": $append($found.texts, $ofEntry($e, $i, $exons, $coding)),
        "entries": $found.entries + 1,
        "parts": $found.parts + $exons + $coding,
        "all": $found.all and $exons <= ${MAX_LISTED_PARTS} and $coding <= ${MAX_LISTED_PARTS}
      }
    ) };
    $found := $reduce($states.input.wrong = [] and $states.input.repeated = [] ? [] : ${entries}, function($found, $e, $i) {
      ($i in $states.input.wrong or $i in $states.input.repeated) = false ? $found
      : $count($found.texts) >= ${MAX_PROBLEMS} or $found.entries >= ${MAX_ENTRIES} or $found.parts >= ${MAX_PARTS}
      ? $merge([$found, { "all": false }]) : $look($found, $e, $i)
    }, { "texts": $states.input.problems, "entries": 0, "parts": 0, "all": $states.input.checked });`;
}

/**
 * An expression over {@link unrecognizedEntries}'s `$states.input`: the cause of a refusal, or an empty text where nothing was found to be wrong.
 * It has the worker's words, and says at its end if there may be more problems.
 */
export function refusal(entries: string): string {
  return `(
    ${foundProblems(entries)}
    $isMore := $count($found.texts) > ${MAX_PROBLEMS_LISTED};
    $listed := $isMore ? $partition($found.texts, ${MAX_PROBLEMS_LISTED})[0] : $found.texts;
    $n := $count($listed);
    $isAll := $found.all and $isMore = false;
    $text := ($isAll ? "" : ${literal(AT_LEAST)}) & $n & ($n = 1 ? " problem: " : " problems: ") & $join($listed, ${literal(PROBLEM_SEPARATOR)});
    $isCut := $length($text) > ${MAX_REFUSAL};
    $n = 0 ? ""
    : ($isCut ? $substring($text, 0, ${MAX_REFUSAL}) & "..." : $text) & ($isAll and $not($isCut) ? "" : ${literal(PROBLEMS_UNLISTED)})
  )`;
}
