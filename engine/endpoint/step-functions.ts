import { ApiService, jsonService } from './json-protocol';
import { describeExecution } from './step-functions/describe-execution';
import { describeStateMachine } from './step-functions/describe-state-machine';
import { getExecutionHistory } from './step-functions/get-execution-history';
import { listExecutions } from './step-functions/list-executions';
import { listStateMachines } from './step-functions/list-state-machines';
import { describeMapRun, listMapRuns } from './step-functions/map-runs';
import type { StatesAccount, StatesOperation } from './step-functions/operation';
import { redriveExecution } from './step-functions/redrive-execution';
import { startExecution } from './step-functions/start-execution';
import { startSyncExecution } from './step-functions/start-sync-execution';
import { stopExecution } from './step-functions/stop-execution';
import { testState } from './step-functions/test-state';
import { validateStateMachineDefinition } from './step-functions/validate-state-machine-definition';

/** AWS Step Functions, as far as a caller of a pipeline uses it (API version 2016-11-23). */
export function stepFunctions(account: StatesAccount): ApiService {
  const operations: Readonly<Record<string, StatesOperation>> = {
    StartExecution: startExecution,
    StartSyncExecution: startSyncExecution,
    DescribeExecution: describeExecution,
    GetExecutionHistory: getExecutionHistory,
    ListExecutions: listExecutions,
    StopExecution: stopExecution,
    RedriveExecution: redriveExecution(),
    DescribeStateMachine: describeStateMachine,
    ListStateMachines: listStateMachines,
    DescribeMapRun: describeMapRun,
    ListMapRuns: listMapRuns,
    TestState: testState,
    ValidateStateMachineDefinition: validateStateMachineDefinition,
  };
  return jsonService('1.0', 'AWSStepFunctions', Object.fromEntries(Object.entries(operations)
    .map(([name, operation]) => [name, (input, caller) => operation(account, input, caller)])));
}
