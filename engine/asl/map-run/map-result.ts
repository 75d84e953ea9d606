import { randomUUID } from 'node:crypto';
import { sdkCall } from '../definition/load-definition';
import { evaluate } from '../expression/expression';
import { jsonText } from '../expression/json-text';
import type { ChildResult } from '../record/children';
import { ErrorCode } from '../visit/errors';
import { serviceCall } from '../visit/service-call';
import { StatesError } from '../visit/task-integration';
import { bindings, Engine, Visit } from '../visit/visit';

export interface ChildRecord extends ChildResult {
  readonly name: string;
  readonly executionArn: string;
  readonly input: unknown;
}

/**
 * What a distributed Map gives: the outputs of the children that succeeded, or with a ResultWriter that writes to S3, the place of the
 * manifest (AWS Step Functions developer guide, page "ResultWriter (Map)").
 */
export async function mapResult(engine: Engine, visit: Visit, mapRunArn: string, records: readonly ChildRecord[]): Promise<unknown> {
  const writer = visit.state.ResultWriter;
  const { Transformation = writer?.Resource === undefined ? 'COMPACT' : 'NONE', OutputType = 'JSON' } = writer?.WriterConfig ?? {};
  const succeeded = records.filter(({ status }) => status === 'SUCCEEDED');
  if (writer?.Resource === undefined) return transform(visit, Transformation, succeeded);
  const args = await evaluate(writer.Arguments, 'ResultWriter/Arguments', bindings(engine, visit)) as { Bucket: string; Prefix?: string };
  const folder = `${args.Prefix === undefined || args.Prefix === '' ? '' : `${args.Prefix.replace(/\/$/, '')}/`}${randomUUID()}`;
  const put = serviceCall(engine, visit, sdkCall(writer.Resource)!);
  const write = async (Key: string, value: unknown) => {
    const Body = OutputType === 'JSONL' && Array.isArray(value) ? value.map((item) => `${jsonText(item)}\n`).join('') : jsonText(value);
    try {
      await put({ Bucket: args.Bucket, Key, Body });
    } catch (error) {
      if (!(error instanceof StatesError) || error.errorName === ErrorCode.RUNTIME) throw error;
      throw new StatesError(ErrorCode.RESULT_WRITER, error.errorCause ?? error.errorName);
    }
    return { Key, Size: Buffer.byteLength(Body) };
  };
  const files = async (status: string, values: unknown) =>
    (Array.isArray(values) && values.length === 0 ? [] : [await write(`${folder}/${status}_0.${OutputType.toLowerCase()}`, values)]);
  const failed = records.filter(({ status }) => status !== 'SUCCEEDED');
  const ResultFiles = {
    FAILED: await files('FAILED', transform(visit, 'NONE', failed)),
    PENDING: [],
    SUCCEEDED: succeeded.length === 0 ? [] : await files('SUCCEEDED', transform(visit, Transformation, succeeded)),
  };
  const { Key } = await write(`${folder}/manifest.json`, { DestinationBucket: args.Bucket, MapRunArn: mapRunArn, ResultFiles });
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: args.Bucket, Key } };
}

function transform(visit: Visit, transformation: string, records: readonly ChildRecord[]): unknown[] {
  if (transformation === 'NONE') return records.map((record) => description(visit, record));
  const outputs = records.map(({ output }) => output);
  return transformation === 'FLATTEN' ? outputs.flat(1) : outputs;
}

function description(visit: Visit, record: ChildRecord): Record<string, unknown> {
  const { name, executionArn, input, status, output, error, cause, startDate, stopDate, redriveCount } = record;
  const express = visit.state.ItemProcessor!.ProcessorConfig!.ExecutionType === 'EXPRESS';
  return {
    ExecutionArn: executionArn,
    Input: jsonText(input),
    InputDetails: { Included: true },
    Name: name,
    ...status === 'SUCCEEDED' ? { Output: jsonText(output), OutputDetails: { Included: true } } : { Error: error, Cause: cause },
    ...express ? {} : { RedriveCount: redriveCount, RedriveStatus: status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' },
    StartDate: startDate,
    StateMachineArn: executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
    Status: status,
    StopDate: stopDate,
  };
}
