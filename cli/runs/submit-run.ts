import { PutObjectCommand } from '@aws-sdk/client-s3';
import { RedriveExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import { DeployedPipeline, needed } from './deployed-pipeline';
import { describeRun, Run, runId, RunId } from './runs';
import { storedInput } from './stored-input';
import { ErrorName } from '../../src/contract/error-names';
import { RunInput } from '../../src/contract/run-input';
import { StackOutput } from '../../src/contract/stack-outputs';
import { plainLine } from '../terminal/plain-text';

export interface SubmittedRun extends RunId {
  /** Whether there was a run of this name and this input already. */
  readonly existed: boolean;
  /** Where its entries were uploaded to, if they were. */
  readonly entriesUri?: string;
}

/**
 * Starts a run. The same name and input again is the same run, whether it goes on or has ended.
 *
 * @param input checked before; as the state machine takes it
 * @throws OperateError where a run of this name has another input
 */
export async function submitRun(
  connection: Connection, pipeline: DeployedPipeline, input: RunInput, name: string,
): Promise<SubmittedRun> {
  const { stateMachineArn } = pipeline;
  const stored = await uploaded(connection, pipeline, input);
  const entriesUri = stored.uploaded?.uri;
  const more = entriesUri === undefined ? {} : { entriesUri };
  const text = JSON.stringify(stored.input);
  const what = 'starting the run (states:StartExecution)';
  try {
    const { executionArn } = await connection.ask(what, (abortSignal) =>
      connection.clients.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input: text }), { abortSignal }));
    return { name, arn: executionArn!, existed: false, ...more };
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw startError(error, what);
    const run = await describeRun(connection, pipeline, runId(pipeline, name));
    if (JSON.stringify(run.input) === text) return { name, arn: run.arn, existed: true, ...more };
    throw new OperateError('Conflict', `there is a run "${plainLine(name)}" already, with another input (${run.status}); choose another --name, or leave it out for a new one`);
  }
}

async function uploaded(connection: Connection, pipeline: DeployedPipeline, input: RunInput) {
  const what = 'uploading the entries (s3:PutObject)';
  try {
    return await storedInput(input, () => needed(pipeline, 'inputsUri', 'uploading more than 256 KiB of entries'), ({ bucket, key }, body) =>
      connection.ask(what, (abortSignal) => connection.clients.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }), { abortSignal })));
  } catch (error) {
    throw operateError(error, what);
  }
}

function startError(error: unknown, what: string): OperateError {
  if (isNamed(error, 'InvalidExecutionInput', 'InvalidName', 'Validation')) return new OperateError('InvalidInput', `${what}: ${plainLine((error as Error).message)}`);
  if (isNamed(error, 'StateMachineDoesNotExist', 'StateMachineDeleting')) {
    return new OperateError('NotFound', `${what}: ${plainLine((error as Error).message)}; the stack's output ${StackOutput.STATE_MACHINE_ARN} names one that is not there`);
  }
  return operateError(error, what);
}

/** @returns the run as it was; RUNNING where it was stopped by this, else how it had ended before */
export async function stopRun(connection: Connection, pipeline: DeployedPipeline, run: RunId, cause: string): Promise<Run> {
  const before = await describeRun(connection, pipeline, run);
  if (before.status !== 'RUNNING' && before.status !== 'PENDING_REDRIVE') return before;
  const what = 'stopping the run (states:StopExecution)';
  try {
    await connection.ask(what, (abortSignal) => connection.clients.stepFunctions.send(
      new StopExecutionCommand({ executionArn: run.arn, error: ErrorName.STOPPED, cause }), { abortSignal }));
  } catch (error) {
    throw operateError(error, what);
  }
  return before;
}

/**
 * Goes on with a run that has ended otherwise than well.
 *
 * @param token the same for the same wish: a request that is sent again redrives once
 * @throws OperateError where it cannot be redriven, with Step Functions' reason
 */
export async function redriveRun(connection: Connection, run: RunId, clientToken: string): Promise<void> {
  const what = 'redriving the run (states:RedriveExecution)';
  try {
    await connection.ask(what, (abortSignal) => connection.clients.stepFunctions.send(
      new RedriveExecutionCommand({ executionArn: run.arn, clientToken }), { abortSignal }));
  } catch (error) {
    if (!isNamed(error, 'ExecutionNotRedrivable', 'ExecutionLimitExceeded')) throw operateError(error, what);
    throw new OperateError('Conflict', `${plainLine(run.name)} cannot be redriven: ${plainLine((error as Error).message)}; submit the same input under another name`);
  }
}
