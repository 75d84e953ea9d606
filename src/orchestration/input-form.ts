import { EntryRule, MAX_QUOTED_CHARACTERS, MAX_WHOLE_NUMBER, RUN_PROBLEM } from '../contract/entry-rules';
import { filled, regex } from '../states/jsonata';

/**
 * The entries of a larger run are left to the worker. AWS ends an evaluation after a second, and after it has allocated about ten megabytes
 * in all; an evaluation here stays below a fifth of that (`npx tsx bench/expressions.ts`).
 */
export const MAX_CHECKED_ENTRIES = 50;
/** The same for the exons of all entries, and for their coding regions. */
export const MAX_CHECKED_PARTS = 620;
/** The same for the input's JSON, in characters. */
const MAX_CHECKED_TEXT = 70_000;
/** An input with empty texts is searched for forgeries only up to this size, in characters. */
const MAX_SEARCHED_TEXT = 20_000;

/**
 * Functions that the checks of the run and of its entries share. Operators allocate a tenth of what a built-in function does, so they take
 * its place where they can: a text equals its own text, a constructor of lists leaves a list as it is, and what is absent is neither equal nor
 * unequal to anything.
 */
export const CHECK_HELPERS = `
  $isString := function($v) { $v = $v & "" };
  $isText := function($v, $pattern) { $v = $v & "" ? $contains($v, $pattern) : false };
  $isFilled := function($v) { $v != "" and $v = $v & "" };
  $isList := function($v) { $v = [$v] };
  $isWhole := function($v) { $type($v) = "number" ? $v >= 1 and $v <= ${MAX_WHOLE_NUMBER} and $floor($v) = $v : false };
  $shown := function($v) { (
    $text := $v = $v & "" ? "\\"" & $v & "\\"" : $v != null ? $v & "" : "nothing";
    $length($text) > ${MAX_QUOTED_CHARACTERS} ? $substring($text, 0, ${MAX_QUOTED_CHARACTERS}) & "..." : $text
  ) };`;

/**
 * JSONata in JavaScript takes an object with one of its own fields for a function: its fields cannot be read, and to call a function with it
 * throws. Operators do not throw: such an object's text is empty, although it is not the empty text. To JSONata in Java it is an object like any
 * other. Both find it here, before any function meets it.
 */
const FORGERY_CHECK = `
  $hasEmpty := $text = "" or $contains($text, /[:,\\[]""/);
  $forged := $contains($text, /"_jsonata_(?:function|lambda)":true/)
    or ($hasEmpty and $length($text) <= ${MAX_SEARCHED_TEXT} ? true in $in.**[$ & "" = ""].($ != "") : false);`;

/** JSONata writes a fraction with 15 digits, so that one next to a whole number loses what is wrong with it. */
const NUMBERS = [
  'exon_seq_regions.start', 'exon_seq_regions.end', 'cds_seq_regions.start', 'cds_seq_regions.end', 'cds_seq_regions.frame',
  'variants.genomic_start_pos', 'variants.genomic_end_pos',
];

function runText(problem: keyof typeof RUN_PROBLEM, got = '"nothing"'): string {
  return filled(RUN_PROBLEM[problem], { got });
}

/** The problems of the run's input `$in`, an object, apart from those of its entries. */
function runProblems(): string {
  return `[
    $hasList or $hasUri ? [] : ${runText('NO_ENTRIES')},
    $hasList and $hasUri ? ${runText('BOTH')},
    $hasList and $n = 0 ? ${runText('SEQ_REGIONS', '$shown($list)')},
    $byUri and $isText($in.seq_regions_uri, ${regex(EntryRule.S3_URI)}) = false ? ${runText('SEQ_REGIONS_URI', '$shown($in.seq_regions_uri)')},
    $byUri and $isWhole($in.input_count) = false ? ${runText('INPUT_COUNT', '$shown($in.input_count)')},
    $in.job_id != null and $isString($in.job_id) = false ? ${runText('JOB_ID', '$shown($in.job_id)')},
    $n = 1 and $type($entries[0]) = "object" and ($mayVary($entries[0].variant_ids) or $mayVary($entries[0].variants)) = false
      ? ${runText('ONE_SEQUENCE')}
  ]`;
}

/**
 * An expression over `$states.input`, a run's input: `{problems, entries, checked, exact}`, the problems of its form, how many entries it lists, whether
 * they are few enough to be checked here, and whether their JSON has all digits of their numbers. The texts are those of the contract, which the worker has too.
 */
export function inputForm(): string {
  return `(
    ${CHECK_HELPERS}
    $mayVary := function($variants) { $variants != null and $variants != [] };
    $in := $states.input;
    $list := $in.seq_regions;
    $isLarge := [$list[${MAX_CHECKED_ENTRIES}]] != [] ? true
      : [($list.exon_seq_regions)[${MAX_CHECKED_PARTS}], ($list.cds_seq_regions)[${MAX_CHECKED_PARTS}]] != [];
    $text := $isLarge ? "too large to look for anything in it" : $in & "";
    ${FORGERY_CHECK}
    $isObject := $forged ? false : $type($in) = "object";
    $hasList := $isObject and $list != null;
    $hasUri := $isObject and $in.seq_regions_uri != null;
    $byUri := $hasUri and $hasList = false;
    $entries := $hasList and $isList($list) ? $list : [];
    $n := $count($entries);
    $isChecked := ($isLarge or $n > ${MAX_CHECKED_ENTRIES} or $length($text) > ${MAX_CHECKED_TEXT}
      or $hasEmpty and $length($text) > ${MAX_SEARCHED_TEXT}) = false;
    $numbers := $isChecked and $n > 0 ? [${NUMBERS.map((path) => `$list.${path}`).join(', ')}] : [];
    {
      "problems": $forged ? [${runText('FORGED')}] : $isObject ? ${runProblems()} : [${runText('NOT_AN_OBJECT', '$shown($in)')}],
      "entries": $n,
      "checked": $isChecked,
      "exact": $parse($numbers & "") = $numbers
    }
  )`;
}
