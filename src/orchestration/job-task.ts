import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BATCH_API_RETRY, JobProps, jobStatements, jobTimeout, submitJobArguments } from './batch-job';
import { jobFailure } from './job-failure';
import { jsonata } from '../states/jsonata';
import { ServiceTask } from '../states/service-task';

/** Runs one Batch job to its end, as Standard state machines can; where it runs out of memory, again with the step's next size. */
export function jobTask(scope: Construct, id: string, props: JobProps): sfn.Chain {
  const { step } = props;
  // By this rule Step Functions learns of a job's end; it makes the rule itself.
  const rule = Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForBatchJobsRule' });
  const task = new ServiceTask(scope, id, {
    integration: 'batch:submitJob.sync',
    args: submitJobArguments(props),
    taskTimeout: sfn.Timeout.duration(jobTimeout(step, props.runTimeout)),
    statements: [
      ...jobStatements(scope, step, props.jobQueue),
      new iam.PolicyStatement({ actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], resources: [rule] }),
    ],
    outputs: props.outputs,
    assign: props.assign,
  });
  task.addRetry(BATCH_API_RETRY);
  task.addCatch(againOrFailed(scope, id, task, props), {
    errors: ['States.ALL'],
    outputs: jsonata(jobFailure(props.stepName, props.label, step.settings.sizes.length - 1)),
  });
  return sfn.Chain.start(task);
}

/** After a failure, told by {@link jobFailure}: the job again where it may have more memory. */
export function againOrFailed(scope: Construct, id: string, job: sfn.IChainable, props: JobProps): sfn.IChainable {
  return sfn.Choice.jsonata(scope, `${id}OutOfMemory`)
    .when(sfn.Condition.jsonata(jsonata('$states.input.again')), job)
    .otherwise(props.onFailure.startState);
}
