import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { requireDuration, requireWhole } from './checks';
import { MAX_INLINE_CONCURRENCY } from './orchestration/retrieval-map';
import { MAX_RETRIEVAL_JOBS } from './states/run-plan';

/** What the pipeline's props say of how large a run may be; see there. */
export interface RunLimitsProps {
  readonly workflowType?: sfn.StateMachineType;
  readonly runTimeout?: Duration;
  readonly maxConcurrency?: number;
  readonly regionsPerJob?: number;
}

export interface RunLimits {
  readonly workflowType: sfn.StateMachineType;
  readonly runTimeout: Duration;
  readonly maxConcurrency: number;
  readonly regionsPerJob: number;
}

const DEFAULT_MAX_CONCURRENCY = 40;
const DEFAULT_REGIONS_PER_JOB = 10;
const MAX_REGIONS_PER_JOB = 10_000;
const DEFAULT_RUN_TIMEOUT = Duration.hours(1);
/** "Maximum execution time: 5 minutes", AWS Step Functions developer guide, page "Service quotas", of Express workflows. */
const EXPRESS_RUN_TIMEOUT = Duration.minutes(5);

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
