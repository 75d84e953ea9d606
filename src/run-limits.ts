import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { requireDuration, requireWhole } from './checks/values';
import { DEFAULT_REGIONS_PER_JOB, EXPRESS_MOST_SECONDS } from './contract/run-defaults';
import { MAX_INLINE_CONCURRENCY } from './orchestration/retrieval-map';
import { MAX_RETRIEVAL_JOBS } from './states/run-plan';

/**
 * Props of the pipeline that limit its runs.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface RunLimitsProps {
  /**
   * The kind of state machine. EXPRESS is cheaper and starts sooner, for runs of less than five minutes: it looks at its jobs every
   * five seconds, cannot be redriven, may start a run twice (which then writes the same files twice), leaves the jobs of a stopped run
   * running, and has no history but its log.
   *
   * @default sfn.StateMachineType.STANDARD
   */
  readonly workflowType?: sfn.StateMachineType;

  /**
   * How many retrieval jobs of a run there are at once, 1 to 1000 (EXPRESS: 40). Above 40 they are executions of their own
   * (a Distributed Map).
   *
   * @default 40
   */
  readonly maxConcurrency?: number;

  /**
   * How many entries a retrieval job makes, 1 to 10000. A run has at most 1,000 retrieval jobs: where that is not enough, its
   * jobs get more entries.
   *
   * @default 10
   */
  readonly regionsPerJob?: number;

  /**
   * How long a run may take, from 5 minutes to 1 year; EXPRESS: from 1 minute to 5.
   *
   * @default - 1 hour; 5 minutes for EXPRESS
   */
  readonly runTimeout?: Duration;
}

export interface RunLimits {
  readonly workflowType: sfn.StateMachineType;
  readonly runTimeout: Duration;
  readonly maxConcurrency: number;
  readonly regionsPerJob: number;
}

const DEFAULT_MAX_CONCURRENCY = 40;
const MAX_REGIONS_PER_JOB = 10_000;
const DEFAULT_RUN_TIMEOUT = Duration.hours(1);
const EXPRESS_RUN_TIMEOUT = Duration.seconds(EXPRESS_MOST_SECONDS);

/** Checks the props against what the kind of state machine can do; with the defaults. */
export function runLimits(props: RunLimitsProps): RunLimits {
  const isExpress = props.workflowType === sfn.StateMachineType.EXPRESS;
  const leaveOut = `leave it out for ${DEFAULT_MAX_CONCURRENCY}`;
  requireWhole('maxConcurrency', props.maxConcurrency, 1, isExpress ? MAX_INLINE_CONCURRENCY : MAX_RETRIEVAL_JOBS,
    isExpress ? `an EXPRESS workflow has no Distributed Map; ${leaveOut}` : leaveOut);
  requireWhole('regionsPerJob', props.regionsPerJob, 1, MAX_REGIONS_PER_JOB, `leave it out for ${DEFAULT_REGIONS_PER_JOB}`);
  if (isExpress) {
    requireDuration('runTimeout', props.runTimeout, Duration.minutes(1), EXPRESS_RUN_TIMEOUT,
      'an EXPRESS workflow ends after 5 minutes; shorten it, or take sfn.StateMachineType.STANDARD');
  } else {
    requireDuration('runTimeout', props.runTimeout, Duration.minutes(5), Duration.days(365), 'leave it out for 1 hour');
  }
  return {
    workflowType: props.workflowType ?? sfn.StateMachineType.STANDARD,
    runTimeout: props.runTimeout ?? (isExpress ? EXPRESS_RUN_TIMEOUT : DEFAULT_RUN_TIMEOUT),
    maxConcurrency: props.maxConcurrency ?? DEFAULT_MAX_CONCURRENCY,
    regionsPerJob: props.regionsPerJob ?? DEFAULT_REGIONS_PER_JOB,
  };
}
