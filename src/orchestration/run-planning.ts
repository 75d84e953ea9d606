import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { otherFailure } from './job-failure';
import { WorkKey } from '../contract/storage-keys';
import { uncheckedJobId } from '../progress/run-progress';
import { EXECUTION_INPUT, jsonata } from '../states/jsonata';
import { entriesPerJob, inputCount, jobName, retrievalJobs, RunStep, RunVariable, unnamedRetrievalJobs } from '../states/run-plan';
import { RunStorage } from '../storage/run-storage';

export interface RunPlanningProps {
  readonly storage: RunStorage;
  readonly regionsPerJob: number;
  /** What the run remembers besides. */
  readonly assign?: { readonly [variable: string]: string };
  readonly next: sfn.IChainable;
  /** What comes after a failure; its input has `failure: {error, cause}`. */
  readonly onFailure: sfn.IChainable;
}

/**
 * Assigns the variables that every later state reads. Like the checks before it, the plan stands in a Parallel state that can catch what
 * ends an evaluation; a plan that names no entries takes its place then.
 */
export function runPlanning(scope: Construct, props: RunPlanningProps): sfn.Parallel {
  const unnamed = plan(scope, 'PlanRunUnnamed', 'MakeUnnamedPlan', unnamedRetrievalJobs(props.regionsPerJob), props);
  unnamed.addCatch(props.onFailure, { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
  const named = plan(scope, RunStep.PLAN_RUN, 'MakePlan', retrievalJobs(props.regionsPerJob), props);
  named.addCatch(unnamed, { errors: ['States.ALL'], outputs: {} });
  return named;
}

function plan(scope: Construct, id: string, branchId: string, jobs: string, props: RunPlanningProps): sfn.Parallel {
  const variables = planned(props, jobs);
  const assigned = Object.keys(variables).map((name) => [name, jsonata(`$states.result[0].${name}`)]);
  const parallel = sfn.Parallel.jsonata(scope, id, { outputs: {}, assign: { ...Object.fromEntries(assigned), ...props.assign } });
  parallel.branch(sfn.Pass.jsonata(scope, branchId, { outputs: variables })).next(props.next);
  return parallel;
}

function planned({ storage, regionsPerJob }: RunPlanningProps, jobs: string): { readonly [variable: string]: string } {
  const run = (prefix: string, end = '/') => `"s3://${storage.bucket.bucketName}/${prefix}" & $states.context.Execution.Name & "${end}"`;
  const uri = `${EXECUTION_INPUT}.seq_regions_uri`;
  return {
    [RunVariable.JOB_ID]: jsonata(uncheckedJobId()),
    [RunVariable.JOB_NAME]: jsonata(jobName()),
    [RunVariable.INPUT_COUNT]: jsonata(inputCount()),
    [RunVariable.INPUT_URI]: jsonata(`${uri} != null ? ${uri} & "" : ${run(storage.work, `/${WorkKey.SEQ_REGIONS}`)}`),
    [RunVariable.WORK_URI]: jsonata(run(storage.work)),
    [RunVariable.RESULTS_URI]: jsonata(run(storage.results)),
    [RunVariable.ENTRIES_PER_JOB]: jsonata(entriesPerJob(regionsPerJob)),
    [RunVariable.RETRIEVAL_JOBS]: jsonata(jobs),
  };
}
