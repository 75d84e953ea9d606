import { ApiError } from '../api-error';
import { authorize } from '../authorize';
import { childListItem, describeMapRun, mapRunListItem } from './execution-shapes';
import { following, Input, Operation } from '../json-protocol';
import { filtered, invalidArn, MAX_MAP_RUN_ARN, pageOf, required } from './states-input';
import type { MapRun } from '../../asl/record/map-run';
import type { Executions } from '../../executions/executions';
import type { Principal } from '../../iam/policy';

/** The operations for the runs of distributed Maps. */
export function mapRunOperations(
  executions: Executions, requireExecution: (input: Input, caller: Principal, action: string) => unknown,
): Readonly<Record<string, Operation>> {
  return {
    DescribeMapRun: (input, caller) => describeMapRun(mapRunOf(executions, input, caller, 'states:DescribeMapRun')),
    ListMapRuns: (input, caller) => {
      requireExecution(input, caller, 'states:ListMapRuns');
      const runs = executions.mapRuns().filter(({ executionArn }) => executionArn === input.executionArn);
      const { items, nextToken } = pageOf(runs.sort((a, b) => b.startDate.localeCompare(a.startDate)), input);
      return { mapRuns: items.map(mapRunListItem), ...following(nextToken) };
    },
  };
}

/** ListExecutions where it was asked for a Map run's: newest first. */
export function listChildren(executions: Executions, input: Input, caller: Principal): object {
  if (input.stateMachineArn !== undefined) throw new ApiError('ValidationException', 'stateMachineArn and mapRunArn cannot be given both');
  const run = mapRunOf(executions, input, caller, 'states:ListExecutions');
  const { items, nextToken } = pageOf(filtered(executions.children.of(run).reverse(), input), input);
  return { executions: items.map(childListItem), ...following(nextToken) };
}

function mapRunOf(executions: Executions, input: Input, caller: Principal, action: string): MapRun {
  const arn = required(input, 'mapRunArn', MAX_MAP_RUN_ARN);
  if (!/^arn:[^:]+:states:[^:]+:\d+:mapRun:/.test(arn)) throw invalidArn(arn);
  authorize(caller, action, arn);
  const run = executions.mapRuns().find(({ mapRunArn }) => mapRunArn === arn);
  if (run === undefined) throw new ApiError('ResourceNotFound', `Resource not found: '${arn}'`);
  return run;
}
