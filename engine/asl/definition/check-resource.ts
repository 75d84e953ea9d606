import type { WorkflowType } from './definition';
import { isObject } from './field-checks';
import type { Problems } from './problems';

const INTEGRATION = /^arn:[a-z-]+:states:::((?:aws-sdk:)?[a-z0-9-]+):([A-Za-z0-9]+)(?:\.(sync:2|sync|waitForTaskToken))?$/;
const ACTIVITY = /^arn:[a-z-]+:states:[^:]*:[^:]*:activity:/;

/**
 * Of the optimized integrations, those whose calls are all known, with how these may be waited for (AWS Step Functions developer guide, page
 * "Integrating optimized services with Step Functions"). Other services are not judged.
 */
const CALLS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  apigateway: { invoke: ['waitForTaskToken'] },
  batch: { submitJob: ['sync'] },
  dynamodb: { getItem: [], putItem: [], deleteItem: [], updateItem: [] },
  events: { putEvents: ['waitForTaskToken'] },
  lambda: { invoke: ['waitForTaskToken'] },
  sns: { publish: ['waitForTaskToken'] },
  sqs: { sendMessage: ['waitForTaskToken'] },
  states: { startExecution: ['sync', 'sync:2', 'waitForTaskToken'] },
};

/** What a call cannot do without, as AWS checks it (measured, badmintoncryer/cdk-preflight). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:getItem': ['TableName', 'Key'],
  'dynamodb:putItem': ['TableName', 'Item'],
  'ecs:runTask': ['TaskDefinition'],
  'events:putEvents': ['Entries'],
  'glue:startJobRun': ['JobName'],
  'lambda:invoke': ['FunctionName'],
  'sns:publish': ['Message'],
  'sqs:sendMessage': ['QueueUrl', 'MessageBody'],
  'states:startExecution': ['StateMachineArn'],
};

/** Says what is wrong with what a Task calls, and with what it gives it. */
export function checkResource(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const { Resource, Arguments } = state;
  if (typeof Resource !== 'string') return;
  const refuse = (message: string) => problems.schema(message, `${at}/Resource`);
  if (!Resource.startsWith('arn:')) {
    refuse('Value is not a valid resource ARN');
    return;
  }
  if (!isRecognized(Resource)) {
    refuse(`The resource provided ${Resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`);
    return;
  }
  if (type === 'EXPRESS') checkExpress(Resource, refuse);
  if (ACTIVITY.test(Resource) && state.Credentials !== undefined) {
    problems.schema("The field 'Credentials' is not supported for activities", `${at}/Credentials`);
  }
  const [, service, call] = INTEGRATION.exec(Resource) ?? [];
  if (service === undefined) return;
  if (Arguments === undefined) problems.schema(`Arguments field is required for resource ARN: ${Resource}`, at);
  if (!isObject(Arguments)) return;
  for (const field of (REQUIRED[`${service}:${call}`] ?? []).filter((name) => !Object.hasOwn(Arguments, name))) {
    problems.schema(`The field '${field}' is required but was missing`, `${at}/Arguments`);
  }
}

function isRecognized(resource: string): boolean {
  if (!/^arn:[a-z-]+:[a-z0-9-]+:/.test(resource)) return false;
  if (!/^arn:[a-z-]+:states:::/.test(resource)) return true;
  const [, service, call, pattern] = INTEGRATION.exec(resource) ?? [];
  if (service === undefined) return false;
  if (service.startsWith('aws-sdk:')) return pattern === undefined || pattern === 'waitForTaskToken';
  if (pattern === 'sync:2' && service !== 'states') return false;
  const calls = Object.hasOwn(CALLS, service) ? CALLS[service] : undefined;
  if (calls === undefined) return true;
  return Object.hasOwn(calls, call) && (pattern === undefined || calls[call].includes(pattern));
}

function checkExpress(resource: string, refuse: (message: string) => void): void {
  const none = (what: string) => refuse(`Express state machine does not support ${what}`);
  // AWS's own blank at the end.
  if (resource.endsWith('.waitForTaskToken')) none("'.waitForTaskToken' service integration ");
  else if (/\.sync(:2)?$/.test(resource)) none("'.sync' service integration");
  else if (ACTIVITY.test(resource)) none('Activity ARN');
}
