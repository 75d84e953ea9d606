import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { jsonata } from '../states/jsonata';
import { RunVariable, START_SIZE } from '../states/run-plan';

/** The error with which `RunFailed` hands a redriven run back; the run's own error never has this name. */
export const REDRIVEN = 'Pavi.Redriven';

/** How often the run has been redriven. Without the guard, every failed run would lose its error where the context object has no such field. */
const REDRIVE_COUNT = '($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)';

/** The failed run's end; its input has `failure: {error, cause}`. */
function runFailed(scope: Construct, error: string): sfn.Fail {
  return sfn.Fail.jsonata(scope, 'RunFailed', {
    error: jsonata(error),
    cause: jsonata('$states.input.failure.cause != "" ? $states.input.failure.cause : "no cause is known"'),
  });
}

/** The end of a failed run that cannot be redriven. */
export function finalFailure(scope: Construct): sfn.IChainable {
  return runFailed(scope, '$states.input.failure.error');
}

/**
 * The end of a failed run from which a redrive goes on at the step that failed.
 *
 * A redrive enters the state again that did not succeed, which after an explained failure is the Fail state. It stands in a Parallel
 * state of one branch: there a Fail state's error can be caught ("stops the execution ... unless it is caught by a Catch block", AWS Step
 * Functions developer guide, page "Fail workflow state"), and it is {@link REDRIVEN} once the run was redriven.
 */
export function redrivableFailure(scope: Construct): sfn.Parallel {
  const error = `${REDRIVE_COUNT} > $states.input.redriveCount ? "${REDRIVEN}" : $states.input.failure.error`;
  return sfn.Parallel.jsonata(scope, 'EndWithFailure', {
    arguments: {
      failure: jsonata('$states.input.failure'),
      redriveCount: jsonata(REDRIVE_COUNT),
    },
  }).branch(runFailed(scope, error));
}

/** From a redriven failure to the step at which the run was: that of its name, else the first. */
export function goOn(
  scope: Construct, failure: sfn.Parallel, first: sfn.IChainable, steps: { readonly [name: string]: sfn.IChainable },
): void {
  const choice = sfn.Choice.jsonata(scope, 'GoOnWhereFailed');
  Object.entries(steps).forEach(([name, step]) => {
    choice.when(sfn.Condition.jsonata(jsonata(`$${RunVariable.STEP} = "${name}"`)), step);
  });
  choice.otherwise(first);
  failure.addCatch(choice, { errors: [REDRIVEN], outputs: START_SIZE });
}
