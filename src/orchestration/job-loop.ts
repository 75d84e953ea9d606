import { Duration, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BATCH_API_RETRY, JobProps, jobStatements, SHARE_OF_RUN, submitJobArguments } from './batch-job';
import { jobFailure } from './job-failure';
import { againOrFailed } from './job-task';
import { EXPRESS_POLL_SECONDS } from '../contract/run-defaults';
import { jsonata } from '../states/jsonata';
import { ServiceTask } from '../states/service-task';

const CALL_TIMEOUT = Duration.seconds(30);

/** What {@link jobFailure} reads of a job, from DescribeJobs; a job that Batch does not know (yet) has no status. */
export function describedJob(): string {
  return `$merge([$states.input, { "job": $exists($states.result.Jobs[0])
    ? $sift($states.result.Jobs[0], function($v, $k) { $k in ["JobId", "Status", "StatusReason", "Attempts", "Container"] }) : {} }])`;
}

/** Whether the run's time is nearly over, so that the job is given up while there is time to say so. */
export function isOverdue(runTimeout: Duration): string {
  const seconds = runTimeout.toSeconds();
  const known = Token.isUnresolved(seconds) ? Token.asString(seconds) : seconds;
  return `$millis() - $toMillis($states.context.Execution.StartTime) > ${known} * ${SHARE_OF_RUN * 1000}`;
}

/**
 * Runs one Batch job to its end as Express state machines can, which have no `.sync`: submit, wait, describe, choose, until it has
 * ended; where it runs out of memory, again with the step's next size. A job that does not end in time is stopped.
 */
export function jobLoop(scope: Construct, id: string, props: JobProps): sfn.Chain {
  const { step } = props;
  const lastSize = step.settings.sizes.length - 1;
  const callTimeout = sfn.Timeout.duration(CALL_TIMEOUT);
  const submit = new ServiceTask(scope, id, {
    integration: 'batch:submitJob',
    args: submitJobArguments(props),
    taskTimeout: callTimeout,
    statements: jobStatements(scope, step, props.jobQueue),
    outputs: jsonata('$merge([$states.input, { "jobId": $states.result.JobId }])'),
  });
  const wait = sfn.Wait.jsonata(scope, `${id}Wait`, { time: sfn.WaitTime.duration(Duration.seconds(EXPRESS_POLL_SECONDS)) });
  const describe = new ServiceTask(scope, `${id}Describe`, {
    integration: 'aws-sdk:batch:describeJobs',
    args: { Jobs: jsonata('[$states.input.jobId]') },
    taskTimeout: callTimeout,
    statements: [],
    outputs: jsonata(describedJob()),
  });
  const stop = new ServiceTask(scope, `${id}Stop`, {
    integration: 'aws-sdk:batch:terminateJob',
    args: { JobId: jsonata('$states.input.jobId'), Reason: 'the run that submitted it is nearly out of time' },
    taskTimeout: callTimeout,
    statements: [],
    outputs: jsonata('$states.input'),
  });
  const done = sfn.Pass.jsonata(scope, `${id}Done`, { outputs: props.outputs });
  const again = againOrFailed(scope, id, submit, props);
  const failed = (name: string, error: string, cause: string) => sfn.Pass.jsonata(scope, `${id}${name}`, {
    outputs: jsonata(jobFailure(props.stepName, props.label, lastSize, error, cause)),
  }).next(again);
  const jobFailed = failed('Failed', '"States.TaskFailed"', '$string($states.input.job)');
  const late = failed('Late', '"States.Timeout"', '""');
  const ended = sfn.Choice.jsonata(scope, `${id}Ended`)
    .when(sfn.Condition.jsonata(jsonata('$states.input.job.Status = "SUCCEEDED"')), done)
    .when(sfn.Condition.jsonata(jsonata('$states.input.job.Status = "FAILED"')), jobFailed)
    .when(sfn.Condition.jsonata(jsonata(isOverdue(props.runTimeout))), stop)
    .otherwise(wait);

  for (const call of [submit, describe, stop]) call.addRetry(BATCH_API_RETRY);
  const toldByCatch = { errors: ['States.ALL'], outputs: jsonata(jobFailure(props.stepName, props.label, lastSize)) };
  submit.addCatch(again, toldByCatch);
  describe.addCatch(again, toldByCatch);
  stop.addCatch(late, { errors: ['States.ALL'], outputs: jsonata('$states.input') });
  submit.next(wait).next(describe).next(ended);
  stop.next(late);
  return sfn.Chain.custom(submit, [done], done);
}
