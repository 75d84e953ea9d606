import {
  EntryRule, FORWARD_STRANDS, MAX_PROBLEMS_LISTED, MAX_QUOTED_CHARACTERS, PROBLEM, PROBLEM_SEPARATOR, PROBLEMS_LEFT_OFF, REFERENCE_SUFFIX,
  REVERSE_STRANDS, RUN_PROBLEM,
} from '../contract/entry-rules';
import { filled, literal, regex } from '../states/jsonata';

// No expression here may throw, whatever the input is: the states that evaluate it have no Catch. So an input that poses as JSONata's
// own data is refused first, every operator that is picky about types stands behind a check of the type, and only $type, $exists,
// $string and paths meet the raw input.

const MAX_POSITION = 999_999_999_999_999;
/** As JSON, such parts as most callers send. */
const POSITION = '[1-9][0-9]{0,14}';
const RIGHT_EXON = `"${POSITION}\\.\\.${POSITION}"|\\{"start":${POSITION},"end":${POSITION}\\}`;
const RIGHT_CDS_PART = `\\{"start":${POSITION},"end":${POSITION},"frame":[012]\\}`;

/** A cause has at most 32,768 characters (AWS Step Functions API reference), and one outside the basic plane counts twice. */
const MAX_REFUSAL = 24_000;

const HELPERS = `
  $given := function($v) { $exists($v) and $v != null };
  $isText := function($v, $pattern) { $type($v) = "string" ? $contains($v, $pattern) : false };
  $isFilled := function($v) { $type($v) = "string" ? $v != "" : false };
  $isList := function($v) { $type($v) = "array" };
  $isWhole := function($v) { $type($v) = "number" ? $v >= 1 and $v <= ${MAX_POSITION} and $floor($v) = $v : false };
  $shown := function($v) { (
    $text := $type($v) = "string" ? "\\"" & $v & "\\"" : $given($v) ? $string($v) : "nothing";
    $length($text) > ${MAX_QUOTED_CHARACTERS} ? $substring($text, 0, ${MAX_QUOTED_CHARACTERS}) & "..." : $text
  ) };
  $hasId := function($e) { $isText($e.unique_entry_id, ${regex(EntryRule.UNIQUE_ENTRY_ID)}) };
  $place := function($e, $i) {
    "seq_regions[" & $i & "]" & ($type($e) = "object" and $hasId($e) ? " (" & $e.unique_entry_id & ")" : "")
  };`;

/** "right", "wrong" or "reversed" (ends before it starts), of a part given as text or object. Text is compared padded, as text. */
const PART_CHECKS = `
  $isPosition := function($digits) { $contains($digits, /[1-9]/) };
  $order := function($start, $end) { $end < $start ? "reversed" : "right" };
  $checkPart := function($p) {
    $type($p) = "object" ? ($isWhole($p.start) and $isWhole($p.end) ? $order($p.start, $p.end) : "wrong")
    : $isText($p, ${regex(EntryRule.REGION_TEXT)}) ? (
      $ends := $split($p, "..");
      $isPosition($ends[0]) and $isPosition($ends[1]) ? $order($pad($ends[0], -15, "0"), $pad($ends[1], -15, "0")) : "wrong"
    ) : "wrong"
  };
  $checkCdsPart := function($p) {
    $type($p) = "object" ? ($type($p.frame) = "number" and $p.frame in [0, 1, 2] ? $checkPart($p) : "wrong") : "wrong"
  };`;

/**
 * A list in which nothing is wrong is told as a whole, by its JSON text, in a tenth of the steps that its parts would take one by one. What
 * is not seen to be right here may still be, or it has problems: then each part is checked. JSONata's text of a number has 15 digits at most,
 * so that a fraction may be lost in it.
 */
const LIST_CHECKS = `
  $areWhole := function($numbers) { $not($map($numbers, $floor) != $numbers) };
  $endsFirst := function($p) {
    $type($p) = "string" ? $number($substringAfter($p, "..")) < $number($substringBefore($p, "..")) : $p.end < $p.start
  };
  $areRight := function($list, $part, $forward) {
    $contains($replace($string($list), $part, ""), /^\\[,*\\]$/)
    ? $areWhole($list.start) and $areWhole($list.end) and $areWhole($list.frame) and $not($forward and true in $map($list, $endsFirst)) : false
  };`;

/**
 * JSONata takes an object with one of its own fields for a function: its fields can't be read, and calling a function with it throws.
 * Operators don't: such an object's text is empty, but it is not the empty text.
 */
const FORGERY_CHECK = `
  $forged := true in $states.input.**[$ & "" = ""].($ != "");`;

const VARIANT_CHECK = `
  $isSequence := function($v) { $given($v) ? $type($v) = "string" : true };
  $isVariant := function($v) {
    $type($v) = "object" ? $isFilled($v.variant_id) and $isFilled($v.genomic_seq_id) and $isWhole($v.genomic_start_pos)
      and $isWhole($v.genomic_end_pos) and $isSequence($v.genomic_ref_seq) and $isSequence($v.genomic_alt_seq) : false
  };
  $allAre := function($list, $check) { $not(false in $map($list, $check)) };`;

function entryText(problem: keyof typeof PROBLEM, got: string): string {
  return filled(PROBLEM[problem], { at: '$at', got: `$shown(${got})`, n: '$n' });
}

function partsProblems(field: string, right: string, check: string, wrong: 'EXON' | 'CDS', reversed: 'EXON_ORDER' | 'CDS_ORDER'): string {
  // The texts in the branches, not as a function's arguments, which would be made for every part.
  return `($not($areRight($e.${field}, ${regex(right)}, $forward)) ? $map($e.${field}, function($p, $n) { (
    $check := ${check}($p);
    $check = "wrong" ? ${entryText(wrong, '$p')} : $check = "reversed" and $forward ? ${entryText(reversed, '$p')}
  ) }))`;
}

/** The problems of entry `$e`, an object, at index `$i`, whose id's first use is in `$firstUse`. */
function fieldProblems(): string {
  const strands = [...FORWARD_STRANDS, ...REVERSE_STRANDS].map(literal).join(', ');
  return `
    $forward := $given($e.seq_strand) ? $e.seq_strand in [${FORWARD_STRANDS.map(literal).join(', ')}] : true;
    [
      $not($hasId($e)) ? ${entryText('UNIQUE_ENTRY_ID', '$e.unique_entry_id')}
        : $lookup($firstUse, "id:" & $e.unique_entry_id) < $i ? ${entryText('DUPLICATE_ID', '$e.unique_entry_id')},
      $not($isText($e.base_seq_name, ${regex(EntryRule.NO_WHITE_SPACE)})) ? ${entryText('BASE_SEQ_NAME', '$e.base_seq_name')},
      $not($isFilled($e.seq_id)) ? ${entryText('SEQ_ID', '$e.seq_id')},
      $given($e.seq_strand) and $not($e.seq_strand in [${strands}]) ? ${entryText('SEQ_STRAND', '$e.seq_strand')},
      $isList($e.exon_seq_regions) and $count($e.exon_seq_regions) > 0
        ? ${partsProblems('exon_seq_regions', RIGHT_EXON, '$checkPart', 'EXON', 'EXON_ORDER')}
        : ${entryText('EXONS', '$e.exon_seq_regions')},
      $isList($e.cds_seq_regions) ? ${partsProblems('cds_seq_regions', RIGHT_CDS_PART, '$checkCdsPart', 'CDS', 'CDS_ORDER')}
        : $given($e.cds_seq_regions) ? ${entryText('CDS_LIST', '$e.cds_seq_regions')},
      $not($isText($e.fasta_file_url, ${regex(EntryRule.GENOME_URL)})) ? ${entryText('FASTA_FILE_URL', '$e.fasta_file_url')},
      $given($e.variant_ids) and $not($isList($e.variant_ids) ? $allAre($e.variant_ids, $isFilled) : false)
        ? ${entryText('VARIANT_IDS', '$e.variant_ids')},
      $given($e.variants) and $not($isList($e.variants) ? $allAre($e.variants, $isVariant) : false)
        ? ${entryText('VARIANTS', '$e.variants')},
      $given($e.alt_seq_name_suffix) and $e.alt_seq_name_suffix != ""
        and ($isText($e.alt_seq_name_suffix, ${regex(EntryRule.NO_WHITE_SPACE)}) ? $e.alt_seq_name_suffix = ${literal(REFERENCE_SUFFIX)} : true)
        ? ${entryText('ALT_SUFFIX', '$e.alt_seq_name_suffix')}
    ]`;
}

function runText(problem: keyof typeof RUN_PROBLEM, got = '"nothing"'): string {
  return filled(RUN_PROBLEM[problem], { got });
}

/** The problems of the run's input `$in`, an object, apart from those of its entries. */
function runProblems(): string {
  return `[
    $not($given($in.seq_regions) or $given($in.seq_regions_uri)) ? ${runText('NO_ENTRIES')},
    $given($in.seq_regions) and $given($in.seq_regions_uri) ? ${runText('BOTH')},
    $given($in.seq_regions) and $not($isList($in.seq_regions) ? $count($in.seq_regions) > 0 : false)
      ? ${runText('SEQ_REGIONS', '$shown($in.seq_regions)')},
    $byUri and $not($isText($in.seq_regions_uri, ${regex(EntryRule.S3_URI)})) ? ${runText('SEQ_REGIONS_URI', '$shown($in.seq_regions_uri)')},
    $byUri and $not($isWhole($in.input_count)) ? ${runText('INPUT_COUNT', '$shown($in.input_count)')},
    $given($in.job_id) and $type($in.job_id) != "string" ? ${runText('JOB_ID', '$shown($in.job_id)')},
    $count($entries) = 1 and $type($entries[0]) = "object" and $not($mayVary($entries[0])) ? ${runText('ONE_SEQUENCE')}
  ]`;
}

/**
 * An expression over `$states.input` that gives the list of its problems, in order: first those of the run, then entry by entry
 * those of the table in the contract. The texts are those of the contract's entry rules, which the worker has too.
 */
export function inputProblems(): string {
  return `(
    ${HELPERS}
    ${PART_CHECKS}
    ${LIST_CHECKS}
    ${VARIANT_CHECK}
    $mayVary := function($e) {
      $given($e.variant_ids) and $not($isList($e.variant_ids) ? $count($e.variant_ids) = 0 : false)
      or $given($e.variants) and $not($isList($e.variants) ? $count($e.variants) = 0 : false)
    };
    ${FORGERY_CHECK}
    $in := $forged ? null : $states.input;
    $byUri := $type($in) = "object" ? $given($in.seq_regions_uri) and $not($given($in.seq_regions)) : false;
    $entries := $type($in) = "object" ? ($isList($in.seq_regions) ? $in.seq_regions : []) : [];
    $firstUse := $merge($reverse([$map($entries, function($e, $i) {
      $type($e) = "object" and $hasId($e) ? { "id:" & $e.unique_entry_id: $i }
    })]));
    $entryProblems := function($e, $i) { (
      $at := $place($e, $i);
      $type($e) = "object" ? (${fieldProblems()}) : [${entryText('ENTRY', '$e')}]
    ) };
    $forged ? [${runText('FORGED')}] : $type($in) = "object"
      ? $append(${runProblems()}, [$map($entries, function($e, $i) { { "texts": $entryProblems($e, $i) } }).texts])
      : [${runText('NOT_AN_OBJECT', '$shown($in)')}]
  )`;
}

/** An expression over `$states.input` that gives the cause of a refusal, or an empty text where nothing is wrong with the input. */
export function inputRefusal(): string {
  const leftOff = filled(PROBLEMS_LEFT_OFF, { n: `($count($problems) - ${MAX_PROBLEMS_LISTED})` });
  return `(
    $problems := ${inputProblems()};
    $text := $count($problems) = 0 ? ""
      : $count($problems) & ($count($problems) = 1 ? " problem: " : " problems: ")
        & $join($filter($problems, function($p, $i) { $i < ${MAX_PROBLEMS_LISTED} }), ${literal(PROBLEM_SEPARATOR)})
        & ($count($problems) > ${MAX_PROBLEMS_LISTED} ? ${leftOff} : "");
    $length($text) > ${MAX_REFUSAL} ? $substring($text, 0, ${MAX_REFUSAL}) & "..." : $text
  )`;
}
