import { Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { jobFailure } from './job-failure';
import { jsonata } from './jsonata';
import { RunVariable } from './run-plan';
import { ServiceTask } from './service-task';
import { JobSize } from '../compute/job-size';
import { JobStep } from '../steps/job-step';

export interface JobTaskProps {
  readonly step: JobStep;
  readonly jobQueue: batch.IJobQueue;
  /** The name of the step in messages. */
  readonly stepName: string;
  /** The first part of the jobs' names. */
  readonly jobNamePrefix: string;
  /** An expression that tells a run's jobs of this step apart, where there are more than one. */
  readonly jobNameSuffix?: string;
  /** An expression that says in messages what the job was for. */
  readonly label: string;
  /** The worker's command line; words may be expressions. */
  readonly command: string[];
  readonly runTimeout: Duration;
  /** What comes after a failure; its input has `failure: {error, cause}`. */
  readonly onFailure: sfn.IChainable;
  /** The state's output. */
  readonly outputs?: string;
}

/** Errors of Batch's API as Step Functions names them; it has no wildcard for them. They are never a failed job. */
const BATCH_API_ERRORS = [
  'Batch.AWSBatchException', 'Batch.BatchException', 'Batch.ClientException', 'Batch.SdkClientException', 'Batch.ServerException',
  'Batch.TooManyRequestsException',
];

/** What a job may wait for a place to run, beside the time of its attempts. */
const WAITING_TIME = Duration.minutes(15);

/** The state gives up before the run does, so that the failure can be told. */
const SHARE_OF_RUN = 0.9;

/** Runs one Batch job to its end; where it runs out of memory, again with the step's next size. */
export function jobTask(scope: Construct, id: string, props: JobTaskProps): ServiceTask {
  const { step } = props;
  const { sizes } = step.settings;
  const task = new ServiceTask(scope, id, {
    integration: 'batch:submitJob.sync',
    args: {
      JobName: jsonata(`"${props.jobNamePrefix}-" & $${RunVariable.JOB_NAME}${props.jobNameSuffix ? ` & "-" & ${props.jobNameSuffix}` : ''}`),
      JobDefinition: step.jobDefinition.jobDefinitionArn,
      JobQueue: props.jobQueue.jobQueueArn,
      PropagateTags: true,
      ContainerOverrides: { Command: props.command, ...resourceOverrides(sizes) },
    },
    taskTimeout: sfn.Timeout.duration(stateTimeout(step, props.runTimeout)),
    statements: statements(scope, step, props.jobQueue),
    outputs: props.outputs,
  });
  task.addRetry({
    errors: BATCH_API_ERRORS,
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 6,
    maxDelay: Duration.minutes(1),
    jitterStrategy: sfn.JitterType.FULL,
  });
  const outOfMemory = sfn.Choice.jsonata(scope, `${id}OutOfMemory`)
    .when(sfn.Condition.jsonata(jsonata('$states.input.again')), task)
    .otherwise(props.onFailure.startState);
  task.addCatch(outOfMemory, {
    errors: ['States.ALL'],
    outputs: jsonata(jobFailure(props.stepName, props.label, sizes.length - 1)),
  });
  return task;
}

/** The size that the state's input names by its index; where there is only one, it is the job definition's already. */
function resourceOverrides(sizes: JobSize[]): { readonly [field: string]: unknown } {
  if (sizes.length === 1) return {};
  // Batch takes texts.
  const bySize = (values: number[]) => jsonata(`[${values.map((value) => `"${value}"`).join(', ')}][$states.input.size]`);
  return {
    ResourceRequirements: [
      { Type: 'MEMORY', Value: bySize(sizes.map((size) => size.memoryMiB)) },
      { Type: 'VCPU', Value: bySize(sizes.map((size) => size.vcpus)) },
    ],
  };
}

function stateTimeout(step: JobStep, runTimeout: Duration): Duration {
  const { timeout, attempts } = step.settings;
  if (runTimeout.isUnresolved()) return runTimeout;
  const most = Duration.seconds(Math.floor(runTimeout.toSeconds() * SHARE_OF_RUN));
  if (timeout.isUnresolved() || Token.isUnresolved(attempts)) return most;
  return Duration.seconds(Math.min(attempts * timeout.toSeconds() + WAITING_TIME.toSeconds(), most.toSeconds()));
}

function statements(scope: Construct, step: JobStep, jobQueue: batch.IJobQueue): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  // Of arn:…:job-definition/NAME:REVISION; a redriven run may submit to an older revision.
  const definition = stack.formatArn({ service: 'batch', resource: Fn.select(5, Fn.split(':', step.jobDefinition.jobDefinitionArn)) });
  const jobs = stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' });
  const rule = stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForBatchJobsRule' });
  return [
    new iam.PolicyStatement({ actions: ['batch:SubmitJob'], resources: [definition, `${definition}:*`, jobQueue.jobQueueArn] }),
    // Describing jobs can't be limited to some (AWS service authorization reference, page "AWS Batch").
    new iam.PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }),
    // Without it, the jobs of a stopped run would go on and be paid for.
    new iam.PolicyStatement({ actions: ['batch:TerminateJob'], resources: [jobs] }),
    // Batch asks for it for the definition as well as for the job where tags go with a job.
    new iam.PolicyStatement({ actions: ['batch:TagResource'], resources: [jobs, definition, `${definition}:*`] }),
    // By this rule Step Functions learns of a job's end; it makes the rule itself.
    new iam.PolicyStatement({ actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], resources: [rule] }),
  ];
}
