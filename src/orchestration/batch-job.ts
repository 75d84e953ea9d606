import { Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { JobSize } from '../contract/job-sizes';
import { RUN_TAG } from '../contract/job-tags';
import { jsonata } from '../states/jsonata';
import { JobStep } from '../steps/job-step';

/** A job of a run, whatever kind of state machine submits it. */
export interface JobProps {
  readonly step: JobStep;
  readonly jobQueue: batch.IJobQueue;
  /** The name of the step in messages. */
  readonly stepName: string;
  /** An expression for the run's name, of letters, digits, `-` and `_`. */
  readonly run: string;
  /** For a queue with a fair-share policy: the share, an expression where it is the run's, and the priority. */
  readonly share?: { readonly identifier: string; readonly priority: number };
  /** An expression for the job's name; a Batch job's name has only letters, digits, `-` and `_`, at most 128. */
  readonly jobName: string;
  /** An expression that says in messages what the job was for. */
  readonly label: string;
  /** The worker's command line; words may be expressions. */
  readonly command: string[];
  readonly runTimeout: Duration;
  /** What comes after a failure; its input has `failure: {error, cause}`. */
  readonly onFailure: sfn.IChainable;
  /** What goes on after the job, as an expression. */
  readonly outputs: string;
  /** What the run remembers once the job is done; an Express run, which cannot be redriven, remembers nothing. */
  readonly assign?: { readonly [variable: string]: string };
}

/** Errors of Batch's API as Step Functions names them; it has no wildcard for them. They are never a failed job. */
export const BATCH_API_RETRY: sfn.RetryProps = {
  errors: [
    'Batch.AWSBatchException', 'Batch.BatchException', 'Batch.ClientException', 'Batch.SdkClientException', 'Batch.ServerException',
    'Batch.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  maxDelay: Duration.minutes(1),
  jitterStrategy: sfn.JitterType.FULL,
};

/** What a job may wait for a place to run, beside the time of its attempts. */
const WAITING_TIME = Duration.minutes(15);

/** A state gives up before the run does, so that the failure can be told. */
export const SHARE_OF_RUN = 0.9;

/** The arguments of SubmitJob. The definition's retry strategy and time limit stand: ones given here would replace them. */
export function submitJobArguments(props: JobProps): { readonly [name: string]: unknown } {
  const { step } = props;
  return {
    JobName: jsonata(props.jobName),
    JobDefinition: step.jobDefinition.jobDefinitionArn,
    JobQueue: props.jobQueue.jobQueueArn,
    ...(props.share === undefined ? {} : { ShareIdentifier: props.share.identifier, SchedulingPriorityOverride: props.share.priority }),
    PropagateTags: true,
    Tags: { [RUN_TAG]: jsonata(props.run) },
    ContainerOverrides: { Command: props.command, ...resourceOverrides(step.settings.sizes) },
  };
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

/** How long a state waits for its job: all of its attempts and some waiting, but never so long that the run ends before. */
export function jobTimeout(step: JobStep, runTimeout: Duration): Duration {
  const { timeout, attempts } = step.settings;
  if (runTimeout.isUnresolved()) return runTimeout;
  const most = Duration.seconds(Math.floor(runTimeout.toSeconds() * SHARE_OF_RUN));
  if (timeout.isUnresolved() || Token.isUnresolved(attempts)) return most;
  return Duration.seconds(Math.min(attempts * timeout.toSeconds() + WAITING_TIME.toSeconds(), most.toSeconds()));
}

/** What submitting, watching and stopping jobs of a step takes. */
export function jobStatements(scope: Construct, step: JobStep, jobQueue: batch.IJobQueue): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  // Of arn:…:job-definition/NAME:REVISION; a redriven run may submit to an older revision.
  const definition = stack.formatArn({ service: 'batch', resource: Fn.select(5, Fn.split(':', step.jobDefinition.jobDefinitionArn)) });
  const jobs = stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' });
  return [
    // The job too is among the resources that SubmitJob requires (AWS service authorization reference, page "AWS Batch").
    new iam.PolicyStatement({ actions: ['batch:SubmitJob'], resources: [definition, `${definition}:*`, jobQueue.jobQueueArn, jobs] }),
    // Describing jobs can't be limited to some (AWS service authorization reference, page "AWS Batch").
    new iam.PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }),
    // Without it, the jobs of a stopped run would go on and be paid for.
    new iam.PolicyStatement({ actions: ['batch:TerminateJob'], resources: [jobs] }),
    // Batch asks for it for the definition as well as for the job where tags go with a job.
    new iam.PolicyStatement({ actions: ['batch:TagResource'], resources: [jobs, definition, `${definition}:*`] }),
  ];
}
