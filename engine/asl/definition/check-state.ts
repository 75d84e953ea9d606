import { checkResource } from './check-resource';
import type { StateType, WorkflowType } from './definition';
import {
  anything, catchers, Check, expressionOr, fields, flag, integer, isObject, list, listOf, NO_EXPRESSION, number, object, oneOf, processorOf, retriers,
  text, timestamp,
} from './field-checks';
import { MAX_PAYLOAD_BYTES } from './payload-size';
import type { Problems } from './problems';
import { expressionIn } from '../expression/expression';

const COMMON = { Type: text, QueryLanguage: oneOf('JSONPath', 'JSONata') };
const WRITER = { Output: anything, Assign: object };
const FLOW = { ...WRITER, Next: text, End: flag };
const TRYING = { Retry: retriers, Catch: catchers };
const seconds = expressionOr(integer(1));
const condition: Check = (value, at, problems) => {
  if (expressionIn(value) === undefined && typeof value !== 'boolean') problems.schema(NO_EXPRESSION, at);
};

const credentials: Check = (value, at, problems) => {
  object(value, at, problems);
  if (isObject(value) && value.RoleArn === undefined) problems.schema("The field 'RoleArn' is required but was missing", at);
};

const READER_TYPES = ['MANIFEST', 'JSON', 'CSV', 'JSONL', 'PARQUET'];
const READERS = ['getObject', 'listObjectsV2'];
const MAX_ITEMS = 100_000_000;
const itemReader = fields({
  Resource: (value, at, problems) => {
    text(value, at, problems);
    if (typeof value !== 'string' || READERS.some((call) => new RegExp(`^arn:[a-z-]+:states:::s3:${call}$`).test(value))) return;
    const examples = READERS.map((call) => `arn:<partition>:states:::s3:${call}`).join(', ');
    problems.schema(`The field 'Resource' does not match any of the allowed values. Examples: [${examples}]`, at);
  },
  Arguments: expressionOr(object),
  ReaderConfig: fields({
    InputType: (value, at, problems) => {
      if (!READER_TYPES.includes(value as string)) problems.schema(`The field 'InputType' should have one of these values: [${READER_TYPES.join(', ')}]`, at);
    },
    MaxItems: expressionOr(integer(0, MAX_ITEMS)),
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
const itemBatcher = fields({
  MaxItemsPerBatch: expressionOr(integer(0)), MaxInputBytesPerBatch: expressionOr(integer(0, MAX_PAYLOAD_BYTES)), BatchInput: anything,
});

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
    Iterator: object,
    MaxConcurrency: expressionOr(integer(0)),
  },
};

const REQUIRED: Partial<Record<StateType, readonly string[]>> = { Task: ['Resource'], Choice: ['Choices'], Parallel: ['Branches'] };

export const STATE_TYPES: readonly string[] = Object.keys(FIELDS);

/** Says what is wrong with a state, but for what concerns other states. */
export function checkState(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const stateType = state.Type as StateType;
  fields({ ...COMMON, ...FIELDS[stateType] }, REQUIRED[stateType])(state, at, problems);
  // An End that is false is none.
  if (Object.hasOwn(FIELDS[stateType], 'Next')) exactlyOne({ ...state, End: state.End === false ? undefined : state.End }, ['Next', 'End'], at, problems);
  if (stateType === 'Wait') exactlyOne(state, ['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], at, problems);
  if (stateType === 'Task') checkTask(state, type, at, problems);
  if (stateType === 'Map') checkMap(state, type, at, problems);
}

/** @param names in AWS's order; of them, some may be JSONPath's */
function exactlyOne(state: Record<string, unknown>, names: readonly string[], at: string, problems: Problems): void {
  const given = names.filter((name) => state[name] !== undefined).length;
  if (given === 0) problems.schema(`This object should have only one of the following fields: [${names.join(', ')}]`, at);
  if (given > 1) problems.schema(`There should only be one of the following fields: [${names.join(', ')}]`, at);
}

function checkTask(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  const { TimeoutSeconds = 99_999_999, HeartbeatSeconds } = state;
  if (typeof HeartbeatSeconds === 'number' && typeof TimeoutSeconds === 'number' && HeartbeatSeconds >= TimeoutSeconds) {
    problems.schema(`HeartbeatSeconds should be smaller than TimeoutSeconds, got ${HeartbeatSeconds} and ${TimeoutSeconds}`, at);
  }
  checkResource(state, type, at, problems);
}

function checkMap(state: Record<string, unknown>, type: WorkflowType, at: string, problems: Problems): void {
  exactlyOne(state, ['ItemProcessor', 'Iterator'], at, problems);
  const [name, processor] = processorOf(state);
  const config = isObject(processor) ? processor.ProcessorConfig ?? {} : {};
  const configAt = `${at}/${name}/ProcessorConfig`;
  fields({ Mode: oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: oneOf('STANDARD', 'EXPRESS') })(config, configAt, problems);
  const { Mode, ExecutionType } = isObject(config) ? config : {};
  if (Mode === 'DISTRIBUTED') {
    if (ExecutionType === undefined) problems.schema('These fields are required: [ExecutionType]', configAt);
    if (type === 'EXPRESS') {
      problems.schema("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines", `${configAt}/Mode`);
    }
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
  if (config.InputType !== undefined && !['JSON', 'JSONL'].includes(String(config.InputType)) && READER_TYPES.includes(String(config.InputType))) {
    problems.schema(`InputType ${String(config.InputType)} is not supported ${here}`, `${at}/ItemReader/ReaderConfig/InputType`);
  }
  for (const field of ['Transformation', 'ItemsPointer'].filter((name) => config[name] !== undefined)) {
    problems.schema(`${field} is not supported ${here}`, `${at}/ItemReader/ReaderConfig/${field}`);
  }
}
