import { DescribeExecutionCommand, DescribeExecutionCommandOutput, ExecutionListItem, ExecutionStatus, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import { DeployedPipeline, isExpress } from './deployed-pipeline';
import { EXECUTION_NAME } from '../../engine';
import { RunInput } from '../../src/contract/run-input';
import { plainLine } from '../terminal/plain-text';

/** A run of a pipeline by its name, whether there is one or not. */
export interface RunId {
  readonly name: string;
  readonly arn: string;
}

export type RunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

export const RUN_STATUSES: readonly RunStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/** A run as Step Functions tells of it, without its events. */
export interface Run extends RunId {
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
  readonly redrives: number;
  readonly input?: RunInput;
  readonly output?: Record<string, unknown>;
  readonly error?: string;
  readonly cause?: string;
}

/** Step Functions keeps no record of an Express workflow's run. */
export class ExpressRun extends Error {
  constructor(public readonly run: RunId) {
    super(`${run.name} would be a run of an Express workflow`);
  }
}

/**
 * A run of the pipeline by its name or its execution's ARN.
 *
 * @throws OperateError where it can be neither
 */
export function runId(pipeline: DeployedPipeline, text: string): RunId {
  const of = (kind: string) => `${pipeline.stateMachineArn.replace(':stateMachine:', `:${kind}:`)}:`;
  if (text.startsWith('arn:')) {
    const kind = ['execution', 'express'].find((candidate) => text.startsWith(of(candidate)));
    const name = kind === undefined ? '' : text.slice(of(kind).length).split(':')[0];
    if (!EXECUTION_NAME.test(name)) throw new OperateError('Usage', `${plainLine(text)} is no run of ${pipeline.stateMachineArn}; give the name of one, or its execution's ARN`);
    return { name, arn: text };
  }
  if (!EXECUTION_NAME.test(text)) throw new OperateError('Usage', `a run's name has 1 to 80 characters, and no white space or any of <>{}[]?*"#%\\^|~\`$&,;:/, got "${plainLine(text)}"`);
  return { name: text, arn: `${of('execution')}${text}` };
}

/**
 * @throws ExpressRun  where the pipeline's runs are Express ones
 * @throws OperateError where there is none of that name
 */
export async function describeRun(connection: Connection, pipeline: DeployedPipeline, run: RunId): Promise<Run> {
  const what = 'looking at the run (states:DescribeExecution)';
  if (run.arn.includes(':express:')) throw new ExpressRun(run);
  try {
    return runOf(await connection.ask(what, (abortSignal) =>
      connection.clients.stepFunctions.send(new DescribeExecutionCommand({ executionArn: run.arn }), { abortSignal })));
  } catch (error) {
    if (!isNamed(error, 'ExecutionDoesNotExist', 'InvalidArn', 'StateMachineTypeNotSupported')) throw operateError(error, what);
    if (await isExpress(connection, pipeline)) throw new ExpressRun(run);
    throw new OperateError('NotFound', `there is no run "${plainLine(run.name)}" of the pipeline in stack ${plainLine(pipeline.stack)}; `
      + '"pavi-pipeline status" without a name lists the latest (Step Functions forgets runs 90 days after their end)');
  }
}

/** The latest runs, newest first. */
export async function listRuns(connection: Connection, pipeline: DeployedPipeline, limit: number, status?: RunStatus): Promise<Run[]> {
  const { stateMachineArn } = pipeline;
  const runs: Run[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const statusFilter = status as ExecutionStatus | undefined;
      const request = { stateMachineArn, maxResults: Math.min(limit - runs.length, 1000), nextToken, statusFilter };
      const page = await connection.ask('listing the runs', (abortSignal) =>
        connection.clients.stepFunctions.send(new ListExecutionsCommand(request), { abortSignal }));
      runs.push(...(page.executions ?? []).map(runOf));
      ({ nextToken } = page);
    } while (nextToken !== undefined && runs.length < limit);
  } catch (error) {
    if (!isNamed(error, 'StateMachineTypeNotSupported')) throw operateError(error, 'listing the runs (states:ListExecutions)');
    throw new OperateError('Conflict', 'the pipeline is an Express workflow, of whose runs Step Functions keeps no list; give the name of one, and see its jobs, logs and results');
  }
  return runs.slice(0, limit);
}

function runOf(description: ExecutionListItem | DescribeExecutionCommandOutput): Run {
  const { name, executionArn, status, startDate, stopDate, redriveCount } = description;
  const { input, output, error, cause } = description as Partial<DescribeExecutionCommandOutput>;
  return {
    name: name ?? '',
    arn: executionArn!,
    status: status as RunStatus,
    startedAt: startDate!,
    stoppedAt: stopDate,
    redrives: redriveCount ?? 0,
    input: objectOf(input),
    output: objectOf(output),
    error,
    cause,
  };
}

function objectOf(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
