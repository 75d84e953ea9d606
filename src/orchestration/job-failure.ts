import { LOG_STREAM_IN_CAUSE } from '../contract/batch-jobs';
import { END } from '../contract/entry-rules';
import { ErrorName } from '../contract/error-names';
import { literal, regex } from '../states/jsonata';

/** What is said of a failed job of which Batch tells neither an exit code nor a reason. */
export const NOTHING_KNOWN = 'the job failed';
/** Leaves room for what the error file says, see failureExplanation. */
const MAX_CAUSE = 4000;

/**
 * An expression for the Catch of a job's state, over `$states.input` ({label, size, ...}) and the error, by default that of
 * `$states.errorOutput`. It gives the input with `failure: {error, cause}`, and with `again` and the next `size` where the job ran out of memory and may have more.
 *
 * A failed job's cause is its description as JSON; anything else (a timeout, an error of Batch's API) is told as it is. So is a
 * description that was cut: nothing catches what a Catch's expression throws, so it must not be parsed.
 *
 * @param step the step's name, for the message
 * @param label an expression that says which entries the job was for
 * @param lastSize the index of the largest size
 * @param error an expression for the error's name
 * @param cause an expression for its cause
 */
export function jobFailure(
  step: string, label: string, lastSize: number, error = '$states.errorOutput.Error', cause = '$states.errorOutput.Cause',
): string {
  return `(
    $error := ${error};
    $cause := ${cause};
    $structure := $replace($replace($string($cause), /\\x5c["\\x5c\\/bfnrtu]/, ""), /"[^"]*"/, "");
    $isWhole := $contains($structure, ${regex(`^[{][^"]*[}]${END}`)})
      and $length($replace($structure, "{", "")) = $length($replace($structure, "}", ""));
    $job := $error = "States.TaskFailed" and $isWhole ? $parse($cause) : {};
    $last := $exists($job.Attempts[-1].Container) ? $job.Attempts[-1].Container : $job.Container;
    $exit := $last.ExitCode;
    $log := $last.LogStreamName;
    $why := $join([$job.StatusReason, $last.Reason], ", ");
    $outOfMemory := $contains($why, "OutOfMemory") or ($exit = 137 and $not($contains($why, /timeout|terminated|Host EC2|Spot/i)));
    $told := $exists($job.JobId)
      ? ($exists($exit) or $why != "" ? $join([$exists($exit) ? "exit code " & $exit, $why != "" ? $why, $outOfMemory ? "out of memory"], ", ")
        : "${NOTHING_KNOWN}")
      : $error = "States.Timeout" ? "it did not end in time, waiting for a place to run included"
      : $error & ($cause != "" ? ": " & $substring($cause, 0, ${MAX_CAUSE}) : "");
    $merge([$states.input, {
      "again": $outOfMemory and $states.input.size < ${lastSize},
      "size": $outOfMemory and $states.input.size < ${lastSize} ? $states.input.size + 1 : $states.input.size,
      "failure": {
        "error": ${literal(ErrorName.JOB_FAILED)},
        "cause": ${literal(`${step}, `)} & ${label} & ": " & $told & ($exists($log) ? ${literal(LOG_STREAM_IN_CAUSE)} & $log : "")
      }
    }])
  )`;
}

/** An expression for any other Catch: the input of the failure's explanation. */
export function otherFailure(): string {
  return '{ "failure": { "error": $states.errorOutput.Error, "cause": $states.errorOutput.Cause } }';
}
