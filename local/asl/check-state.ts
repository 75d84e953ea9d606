import type { StateType, WorkflowType } from './definition';
import { expressionIn } from './expression';
import {
  anything, catchers, Check, expressionOr, fields, flag, integer, isObject, list, listOf, number, object, oneOf, retriers, text, timestamp,
} from './field-checks';
import type { Problems } from './problems';

const COMMON = { Type: text, QueryLanguage: oneOf('JSONPath', 'JSONata') };
const WRITER = { Output: anything, Assign: object };
const FLOW = { ...WRITER, Next: text, End: flag };
const TRYING = { Retry: retriers, Catch: catchers };
const seconds = expressionOr(integer(1));
const condition: Check = (value, at, problems) => {
  if (expressionIn(value) === undefined && typeof value !== 'boolean') problems.schema('Value should be a JSONata expression in {% %}', at);
};

const credentials: Check = (value, at, problems) => {
  object(value, at, problems);
  if (isObject(value) && value.RoleArn === undefined) problems.schema("The field 'RoleArn' is required but was missing", at);
};

const READER_TYPES = ['JSON', 'JSONL', 'CSV', 'MANIFEST', 'PARQUET'];
const itemReader = fields({
  Resource: text,
  Arguments: expressionOr(object),
  ReaderConfig: fields({
    InputType: oneOf(...READER_TYPES),
    MaxItems: expressionOr((value, at, problems) => number(-Infinity)(value, at, problems)),
    CSVHeaderLocation: oneOf('FIRST_ROW', 'GIVEN'),
    CSVHeaders: list,
    CSVDelimiter: text,
    ManifestType: text,
    Transformation: text,
    ItemsPointer: text,
  }),
}, ['Resource']);
const resultWriter = fields({
  Resource: text,
  Arguments: expressionOr(object),
  WriterConfig: fields({ Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'), OutputType: oneOf('JSON', 'JSONL') }),
});
const itemBatcher = fields({ MaxItemsPerBatch: seconds, MaxInputBytesPerBatch: seconds, BatchInput: anything });

/** A distributed Map's own. */
const DISTRIBUTED: Readonly<Record<string, Check>> = {
  ItemReader: itemReader,
  ItemBatcher: itemBatcher,
  ResultWriter: resultWriter,
  Label: text,
  ToleratedFailureCount: expressionOr(integer(0)),
  ToleratedFailurePercentage: expressionOr(number(0, 100)),
};

/** AWS creates an inline Map with them as well; they mean nothing there. */
const FREE = ['ToleratedFailureCount', 'ToleratedFailurePercentage'];

/** The Amazon States Language's fields for JSONata, by type of state; the types in AWS's order. */
const FIELDS: Readonly<Record<StateType, Readonly<Record<string, Check>>>> = {
  Task: {
    ...FLOW,
    ...TRYING,
    Resource: text,
    Arguments: anything,
    TimeoutSeconds: seconds,
    HeartbeatSeconds: seconds,
    Credentials: expressionOr(credentials),
  },
  Wait: { ...FLOW, Seconds: expressionOr(integer(0)), Timestamp: expressionOr(timestamp) },
  Pass: FLOW,
  Succeed: { Output: anything },
  Fail: { Error: text, Cause: text },
  Choice: {
    ...WRITER,
    Choices: listOf(fields({ Condition: condition, Next: text, ...WRITER }, ['Condition', 'Next']), 1),
    Default: text,
  },
  Parallel: { ...FLOW, ...TRYING, Branches: listOf(object, 1), Arguments: anything },
  Map: {
    ...FLOW,
    ...TRYING,
    ...DISTRIBUTED,
    Items: expressionOr((value, at, problems) => {
      if (!Array.isArray(value) && !isObject(value)) problems.schema('Expected value of type [ARRAY]', at);
    }),
    ItemSelector: anything,
    ItemProcessor: object,
    MaxConcurrency: expressionOr(integer(0)),
  },
};

const REQUIRED: Partial<Record<StateType, readonly string[]>> = { Task: ['Resource'], Choice: ['Choices'], Parallel: ['Branches'], Map: ['ItemProcessor'] };

export const STATE_TYPES: readonly string[] = Object.keys(FIELDS);

/** Says what is wrong with a state, but for what concerns other states. */
export function checkState(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const stateType = state.Type as StateType;
  fields({ ...COMMON, ...FIELDS[stateType] }, REQUIRED[stateType])(state, at, problems);
  if (Object.hasOwn(FIELDS[stateType], 'Next')) exactlyOne(state, ['End', 'Next'], at, problems);
  if (state.End === false && state.Next === undefined) problems.schema('End should be true where there is no Next', at);
  if (stateType === 'Wait') exactlyOne(state, ['Seconds', 'Timestamp'], at, problems);
  if (stateType === 'Task') checkTask(state, type, at, problems);
  if (stateType === 'Map') checkMap(state, type, at, problems);
}

function exactlyOne(state: Record<string, unknown>, names: readonly string[], at: string, problems: Problems): void {
  const given = names.filter((name) => state[name] !== undefined);
  if (given.length === 0) problems.schema(`One of these fields is required: [${names.join(', ')}]`, at);
  if (given.length > 1 && !(names.includes('End') && state.End === false)) problems.schema(`Only one of these fields is allowed: [${names.join(', ')}]`, at);
}

function checkTask(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const { Resource, TimeoutSeconds = 99_999_999, HeartbeatSeconds } = state;
  if (typeof HeartbeatSeconds === 'number' && typeof TimeoutSeconds === 'number' && HeartbeatSeconds >= TimeoutSeconds) {
    problems.schema(`HeartbeatSeconds should be smaller than TimeoutSeconds, got ${HeartbeatSeconds} and ${TimeoutSeconds}`, at);
  }
  if (typeof Resource !== 'string') return;
  if (!/^arn:[a-z-]+:[a-z0-9-]+:/.test(Resource)) {
    problems.schema(`The resource provided ${Resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this `
      + 'region.', `${at}/Resource`);
  }
  if (type !== 'EXPRESS') return;
  const refuse = (what: string) => problems.schema(`Express state machine does not support ${what}`, `${at}/Resource`);
  // AWS's own blank at the end.
  if (Resource.endsWith('.waitForTaskToken')) refuse("'.waitForTaskToken' service integration ");
  else if (/\.sync(:2)?$/.test(Resource)) refuse("'.sync' service integration");
  else if (/^arn:[a-z-]+:states:.+:activity:/.test(Resource)) refuse('Activity ARN');
}

function checkMap(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const config = isObject(state.ItemProcessor) ? state.ItemProcessor.ProcessorConfig ?? {} : {};
  const configAt = `${at}/ItemProcessor/ProcessorConfig`;
  fields({ Mode: oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: oneOf('STANDARD', 'EXPRESS') })(config, configAt, problems);
  const { Mode, ExecutionType } = isObject(config) ? config : {};
  if (Mode === 'DISTRIBUTED') {
    if (ExecutionType === undefined) problems.schema('These fields are required: [ExecutionType]', configAt);
    if (type === 'EXPRESS') problems.schema('Express state machine does not support a Map in DISTRIBUTED mode', configAt);
    checkReader(state, at, problems);
    return;
  }
  if (ExecutionType !== undefined) problems.schema("Field 'ExecutionType' is not supported", configAt);
  Object.keys(DISTRIBUTED).filter((field) => !FREE.includes(field) && state[field] !== undefined).forEach((field) => problems.schema(`Field '${field}' is not supported`, at));
}

/** What AWS has and this engine has not is refused by its name. */
function checkReader(state: Record<string, unknown>, at: string, problems: Problems): void {
  const reader = isObject(state.ItemReader) ? state.ItemReader : {};
  const config = isObject(reader.ReaderConfig) ? reader.ReaderConfig : {};
  const here = 'by the local engine';
  if (typeof reader.Resource === 'string' && !/:::s3:(getObject|listObjectsV2)$/.test(reader.Resource)) {
    problems.schema(`${reader.Resource} is not supported ${here}`, `${at}/ItemReader/Resource`);
  }
  if (config.InputType !== undefined && !['JSON', 'JSONL'].includes(String(config.InputType)) && READER_TYPES.includes(String(config.InputType))) {
    problems.schema(`InputType ${String(config.InputType)} is not supported ${here}`, `${at}/ItemReader/ReaderConfig/InputType`);
  }
  for (const field of ['Transformation', 'ItemsPointer'].filter((name) => config[name] !== undefined)) {
    problems.schema(`${field} is not supported ${here}`, `${at}/ItemReader/ReaderConfig/${field}`);
  }
}
