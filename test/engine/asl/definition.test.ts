import { branch, jsonata, machine, output, pass, single, task } from './support/run-definition';
import { WorkflowType } from '../../../engine/asl/definition/definition';
import { DefinitionError, loadDefinition, taskResources } from '../../../engine/asl/definition/load-definition';

function problemsOf(definition: unknown, type: WorkflowType = 'STANDARD'): readonly string[] {
  try {
    loadDefinition(definition, type);
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.problems;
  }
}

const unsupported = (field: string, at: string) => `SCHEMA_VALIDATION_FAILED: Field '${field}' is not supported at ${at}`;
const jsonPathField = (field: string, at: string) =>
  `SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage at ${at}`;
const schema = (message: string, at: string) => `SCHEMA_VALIDATION_FAILED: ${message} at ${at}`;
const unreachable = (name: string, at = `/States/${name}`) => `MISSING_TRANSITION_TARGET: State "${name}" is not reachable. at ${at}`;
const missing = (name: string, at: string) => `MISSING_TRANSITION_TARGET: Missing 'Next' target: ${name} at ${at}`;
const top = (name: string, at = '/States/S/Output') =>
  `UNSUPPORTED_JSONATA_EXPRESSION: Reference to '${name}' at the top level is not supported. at ${at}`;
const noField = (field: string, at: string) => `UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.${field}' does not exist. at ${at}`;

const invalidVariable = (name: string) =>
  `INVALID_VARIABLE_NAME: Invalid variable name '${name}': the variable name contains invalid characters. at /States/S/Assign/${name}`;

const MAP = { Type: 'Map', ItemProcessor: branch({ I: pass() }) };
const DISTRIBUTED = { Type: 'Map', ItemProcessor: { ...branch({ I: pass() }), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } } };
const READER = 'arn:aws:states:::s3:getObject';
const next = { ErrorEquals: ['X'], Next: 'S' };

/** What AWS refuses; the texts of targets, reachability, fields and expressions are those that it gives. */
const REFUSED: readonly [string, unknown, readonly string[]][] = [
  ['no object', [], [schema('Definition must be a valid JSON object', 'null')]],
  ['JSONPath', { StartAt: 'S', States: { S: { Type: 'Pass', Result: 1, End: true } } }, [
    schema('JSONPath is not supported by the local engine; set QueryLanguage to JSONata', '/QueryLanguage'),
  ]],
  ['JSONPath with fields of JSONata', { StartAt: 'S', States: { S: { Type: 'Pass', Output: '{% 1 %}', End: true } } }, [
    schema("The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage", '/States/S'),
  ]],
  ['JSONPath without any field of it', { StartAt: 'S', States: { S: { Type: 'Succeed' } } }, [
    schema('JSONPath is not supported by the local engine; set QueryLanguage to JSONata', '/QueryLanguage'),
  ]],
  ['a JSONPath state beside a JSONata one', {
    StartAt: 'A',
    States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', Next: 'B' }, B: { Type: 'Pass', Result: 1, End: true } },
  }, [schema('JSONPath is not supported by the local engine; set QueryLanguage to JSONata', '/States/B')]],
  ['a state that goes back to JSONPath', single(pass({ QueryLanguage: 'JSONPath' })), [
    schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", '/States/S'),
  ]],
  ['a language that there is not, which is JSONata all the same', single(pass({ QueryLanguage: 'jsonpath', InputPath: '$' })), [
    jsonPathField('InputPath', '/States/S'), schema('Value should be one of the following: [JSONPath, JSONata]', '/States/S/QueryLanguage'),
  ]],
  ['a language of the machine that there is not', { ...machine({ S: pass({ Output: '{% 1 %}' }) }), QueryLanguage: 'JSONATA' }, [
    schema('Value should be one of the following: [JSONPath, JSONata]', '/QueryLanguage'),
  ]],
  ['a language that is no text', { ...machine({ S: pass() }), QueryLanguage: 5 }, [schema('Expected value of type [STRING]', '/QueryLanguage')]],
  ['a version that there is not', machine({ S: pass() }, { Version: '2.0' }), [schema('Value should be one of the following: [1.0]', '/Version')]],
  ['no StartAt', { QueryLanguage: 'JSONata', States: { S: { Type: 'Succeed' } } }, [
    schema('These fields are required: [StartAt]', '/'),
  ]],
  ['a StartAt that there is not', machine({ S: pass() }, { StartAt: 'X' }), [missing('X', '/StartAt'), unreachable('S')]],
  ['no states', { QueryLanguage: 'JSONata', StartAt: 'S', States: {} }, [
    schema('Value cannot be empty', '/States'), missing('S', '/StartAt'), 'MISSING_END_STATE: Workflow has no terminal state at null',
  ]],
  ['a Next that there is not, and a state that nothing leads to', machine({ A: pass({ Next: 'C' }), B: pass() }), [
    missing('C', '/States/A/Next'), unreachable('B'),
  ]],
  ['no end', machine({ A: pass({ Next: 'B' }), B: pass({ Next: 'A' }) }), ['MISSING_END_STATE: Workflow has no terminal state at null']],
  ['no end, and a target that there is not: nothing is said of what is not reached', machine({ A: pass({ Next: 'X' }), B: pass({ Next: 'A' }) }), [
    missing('X', '/States/A/Next'), 'MISSING_END_STATE: Workflow has no terminal state at null',
  ]],
  ['a state of a branch that nothing leads to', single({ Type: 'Parallel', Branches: [branch({ A: pass({ Next: 'A' }), B: pass({ Next: 'A' }) })] }), [
    unreachable('B', '/States/S/Branches[0]/States/B'),
  ]],
  ['a target in another scope', machine({ S: { ...MAP, ItemProcessor: branch({ I: pass({ Next: 'T' }), J: pass() }), Next: 'T' }, T: pass() }), [
    missing('T', '/States/S/ItemProcessor/States/I/Next'), unreachable('J', '/States/S/ItemProcessor/States/J'),
  ]],
  ['no Type', single({ End: true }), [schema('These fields are required: [Type]', '/States/S')]],
  ['a Type that there is not', single({ Type: 'Pas', End: true }), [
    schema('The field \'Type\' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]', '/States/S/Type'),
  ]],
  ['neither Next nor End', { QueryLanguage: 'JSONata', StartAt: 'S', States: { S: pass({ Next: 'T' }), T: pass(), U: { Type: 'Succeed' } } }, [
    schema('This object should have only one of the following fields: [Next, End]', '/States/T'), unreachable('U'),
  ]],
  ['both Next and End', machine({ S: pass({ Next: 'T', End: true }), T: pass() }), [
    schema('There should only be one of the following fields: [Next, End]', '/States/S'),
  ]],
  ['a duplicate name in a branch', machine({ S: { Type: 'Parallel', Branches: [branch({ S: pass() })] } }), [
    'DUPLICATE_STATE_NAME: Duplicate State name: S at /States/S/Branches[0]/States/S',
  ]],
  ['a name of 81 characters', machine({ ['x'.repeat(81)]: pass() }), [
    `INVALID_STATE_NAME: Invalid State name: ${'x'.repeat(81)} exceeds the 80-character limit allowed by the service at /States/${'x'.repeat(81)}`,
  ]],
  ['an unknown field', single(pass({ Outputs: 1 })), [unsupported('Outputs', '/States/S')]],
  ['an unknown field of the machine', machine({ S: pass() }, { Foo: 1 }), [unsupported('Foo', '/')]],
  ...(['InputPath', 'OutputPath', 'ResultPath', 'ResultSelector', 'Parameters', 'Result'] as const).map((field): [string, unknown, string[]] =>
    [`${field} in JSONata`, single(task({ [field]: '$' })), [jsonPathField(field, '/States/S')]]),
  ['ItemsPath', single({ ...MAP, ItemsPath: '$' }), [jsonPathField('ItemsPath', '/States/S')]],
  ['SecondsPath', single({ Type: 'Wait', SecondsPath: '$.s' }), [
    jsonPathField('SecondsPath', '/States/S'),
  ]],
  ['TimeoutSecondsPath', single(task({ TimeoutSecondsPath: '$.t' })), [jsonPathField('TimeoutSecondsPath', '/States/S')]],
  ['a JSONPath rule', machine({ S: { Type: 'Choice', Choices: [{ Variable: '$.a', StringEquals: 'b', Next: 'T' }] }, T: pass() }), [
    jsonPathField('Variable', '/States/S/Choices[0]'), unsupported('StringEquals', '/States/S/Choices[0]'),
    schema('These fields are required: [Condition]', '/States/S/Choices[0]'),
  ]],
  ...(['Pass', 'Wait', 'Choice', 'Succeed', 'Fail', 'Map', 'Parallel'] as const).map((type): [string, unknown, string[]] => {
    const own = { Wait: { Seconds: 1 }, Choice: { Choices: [{ Condition: '{% true %}', Next: 'T' }] }, Map: MAP, Parallel: { Branches: [branch({ I: pass() })] } };
    const state = { Type: type, ...own[type as keyof typeof own], TimeoutSeconds: 5 };
    const ends = ['Succeed', 'Fail'].includes(type);
    return [`TimeoutSeconds on ${type}`, machine(ends ? { S: state } : { S: state, T: pass() }), [unsupported('TimeoutSeconds', '/States/S')]];
  }),
  ['Catch on Pass', single(pass({ Catch: [next] })), [unsupported('Catch', '/States/S')]],
  ['Retry on Choice', machine({ S: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'T' }], Retry: [] }, T: pass() }), [
    unsupported('Retry', '/States/S'),
  ]],
  ['Assign on Succeed', single({ Type: 'Succeed', Assign: { a: 1 } }), [unsupported('Assign', '/States/S')]],
  ['Output on Fail', single({ Type: 'Fail', Output: 1 }), [unsupported('Output', '/States/S')]],
  ['Next on Choice', machine({ S: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'T' }], Next: 'T' }, T: pass() }), [
    unsupported('Next', '/States/S'),
  ]],
  ['no Choices', machine({ S: { Type: 'Choice', Default: 'T' }, T: pass() }), [schema('These fields are required: [Choices]', '/States/S')]],
  ['empty Choices', machine({ S: { Type: 'Choice', Choices: [], Default: 'T' }, T: pass() }), [
    schema('Value cannot be empty', '/States/S/Choices'),
  ]],
  ['a condition that is plain text', machine({ S: { Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'T' }] }, T: pass() }), [
    schema('JSONata string must start with {% and end with %}', '/States/S/Choices[0]/Condition'),
  ]],
  ['Seconds and Timestamp', single({ Type: 'Wait', Seconds: 1, Timestamp: '2016-03-14T01:59:00Z' }), [
    schema('There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]', '/States/S'),
  ]],
  ['Seconds as text', single({ Type: 'Wait', Seconds: '1' }), [schema('Expected value of type Integer', '/States/S/Seconds')]],
  ['negative Seconds', single({ Type: 'Wait', Seconds: -1 }), [schema('Minimum value is 0', '/States/S/Seconds')]],
  ['a Timestamp that is none', single({ Type: 'Wait', Timestamp: '2016-03-14' }), [
    schema('String does not match RFC3339 timestamp', '/States/S/Timestamp'),
  ]],
  ['no Resource', single({ Type: 'Task' }), [schema('These fields are required: [Resource]', '/States/S')]],
  ['a Resource that is no ARN', single(task({ Resource: 'lambda:invoke' })), [
    schema('Value is not a valid resource ARN', '/States/S/Resource'),
  ]],
  ['TimeoutSeconds 0', single(task({ TimeoutSeconds: 0 })), [schema('Minimum value is 1', '/States/S/TimeoutSeconds')]],
  ['HeartbeatSeconds not below TimeoutSeconds', single(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })), [
    schema('HeartbeatSeconds should be smaller than TimeoutSeconds, got 5 and 5', '/States/S'),
  ]],
  ['States.ALL beside others', single(task({ Retry: [{ ErrorEquals: ['X', 'States.ALL'] }] })), [
    schema('States.ALL must appear alone and at end of list', '/States/S/Retry[0]/ErrorEquals[1]'),
  ]],
  ['States.ALL before others', machine({ S: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'T' }, { ErrorEquals: ['X'], Next: 'T' }] }), T: pass() }), [
    schema('States.ALL must appear alone and at end of list', '/States/S/Catch[0]/ErrorEquals[0]'),
  ]],
  ['a retrier without errors', single(task({ Retry: [{ ErrorEquals: [] }, {}] })), [
    schema('Value cannot be empty', '/States/S/Retry[0]/ErrorEquals'), schema('These fields are required: [ErrorEquals]', '/States/S/Retry[1]'),
  ]],
  ['a retrier\'s wrong values', single(task({ Retry: [{ ErrorEquals: ['X'], IntervalSeconds: 1.5, BackoffRate: 0.5, MaxAttempts: -1, JitterStrategy: 'HALF' }] })), [
    schema('Expected value of type Integer', '/States/S/Retry[0]/IntervalSeconds'),
    schema('Minimum value is 1.0', '/States/S/Retry[0]/BackoffRate'),
    schema('Minimum value is 0', '/States/S/Retry[0]/MaxAttempts'),
    schema('Value should be one of the following: [NONE, FULL]', '/States/S/Retry[0]/JitterStrategy'),
  ]],
  ['a MaxDelaySeconds of more than a year', single(task({ Retry: [{ ErrorEquals: ['X'], MaxDelaySeconds: 31622401 }] })), [
    schema('Maximum value is 31622400', '/States/S/Retry[0]/MaxDelaySeconds'),
  ]],
  ['a catcher without Next', single(task({ Catch: [{ ErrorEquals: ['X'] }] })), [schema('These fields are required: [Next]', '/States/S/Catch[0]')]],
  ['a catcher\'s target', single(task({ Catch: [{ ErrorEquals: ['X'], Next: 'T' }] })), [missing('T', '/States/S/Catch[0]/Next')]],
  ['ResultPath in a catcher', single(task({ Catch: [{ ...next, ResultPath: '$' }] })), [jsonPathField('ResultPath', '/States/S/Catch[0]')]],
  ['no ItemProcessor', single({ Type: 'Map' }), [schema('This object should have only one of the following fields: [ItemProcessor, Iterator]', '/States/S')]],
  ['QueryLanguage on an ItemProcessor', single({ ...MAP, ItemProcessor: { ...MAP.ItemProcessor, QueryLanguage: 'JSONata' } }), [
    unsupported('QueryLanguage', '/States/S/ItemProcessor'),
  ]],
  ['what a distributed Map has, on an inline one', single({ ...MAP, ItemBatcher: { MaxItemsPerBatch: 1 }, Label: 'l' }), [
    unsupported('ItemBatcher', '/States/S'), unsupported('Label', '/States/S'),
  ]],
  ['a distributed Map without ExecutionType', single({ ...MAP, ItemProcessor: { ...MAP.ItemProcessor, ProcessorConfig: { Mode: 'DISTRIBUTED' } } }), [
    schema('These fields are required: [ExecutionType]', '/States/S/ItemProcessor/ProcessorConfig'),
  ]],
  ['what the engine does not read', single({ ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'CSV' } } }), [
    schema('InputType CSV is not supported by the local engine', '/States/S/ItemReader/ReaderConfig/InputType'),
  ]],
  ['an integration without Arguments', single({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }), [
    schema('Arguments field is required for resource ARN: arn:aws:states:::lambda:invoke', '/States/S'),
  ]],
  ['Arguments without what the call needs', single(task({ Resource: 'arn:aws:states:::sqs:sendMessage', Arguments: { QueueUrl: 'q' } })), [
    schema("The field 'MessageBody' is required but was missing", '/States/S/Arguments'),
  ]],
  ...['dynamodb:query', 'lambda:invoke.sync', 'batch:submitJob.waitForTaskToken', 'aws-sdk:s3:getObject.sync', 'glue:startJobRun.sync:2', 'x'].map(
    (name): [string, unknown, string[]] => [`the resource ${name}`, single(task({ Resource: `arn:aws:states:::${name}` })), [
      schema(`The resource provided arn:aws:states:::${name} is not recognized. The value is not a valid resource ARN, or the resource is not available in this `
        + 'region.', '/States/S/Resource'),
    ]],
  ),
  ['Credentials of an activity', single(task({ Resource: 'arn:aws:states:us-east-1:000000000000:activity:a', Credentials: { RoleArn: 'r' } })), [
    schema("The field 'Credentials' is not supported for activities", '/States/S/Credentials'),
  ]],
  ...['{% $states.input', '{% 1 %} ', '1 %}'].map((text): [string, unknown, string[]] => [`"${text}", an expression with one end`, output({ v: [text] }), [
    schema('JSONata string must start with {% and end with %}', '/States/S/Output/v[0]'),
  ]]),
  ['a reader that there is not', single({ ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:putObject' } }), [
    schema("The field 'Resource' does not match any of the allowed values. Examples: [arn:<partition>:states:::s3:getObject, "
      + 'arn:<partition>:states:::s3:listObjectsV2]', '/States/S/ItemReader/Resource'),
  ]],
  ['a reader\'s wrong values', single({ ...DISTRIBUTED, ItemReader: { Resource: READER, ReaderConfig: { InputType: 'XML', MaxItems: 100_000_001 } } }), [
    schema("The field 'InputType' should have one of these values: [MANIFEST, JSON, CSV, JSONL, PARQUET]", '/States/S/ItemReader/ReaderConfig/InputType'),
    schema('Maximum value is 100000000', '/States/S/ItemReader/ReaderConfig/MaxItems'),
  ]],
  ['a percentage of more than all', single({ ...DISTRIBUTED, ToleratedFailurePercentage: 100.5 }), [
    schema('Maximum value is 100.0', '/States/S/ToleratedFailurePercentage'),
  ]],
  ...[['x'.repeat(41), 'exceeds the 40-character limit allowed by the service'], ['a b', 'contains invalid characters'], ['', 'is empty']].map(
    ([label, why]): [string, unknown, string[]] => [`the label "${label}"`, single({ ...DISTRIBUTED, Label: label }), [
      `INVALID_LABEL_NAME: Invalid Label name: ${label} ${why} at /States/S/Label`,
    ]],
  ),
  ['a label for two', machine({ S: { ...DISTRIBUTED, Label: 'l' }, T: { ...DISTRIBUTED, ItemProcessor: { ...DISTRIBUTED.ItemProcessor, ...branch({ J: pass() }) }, Label: 'l' } }), [
    'DUPLICATE_LABEL_NAME: Duplicate Label name: l at /States/T/Label',
  ]],
  ['Credentials without a role', single(task({ Credentials: { Role: 'x' } })), [
    schema("The field 'RoleArn' is required but was missing", '/States/S/Credentials'),
  ]],
  ['no branches', single({ Type: 'Parallel', Branches: [] }), [schema('Value cannot be empty', '/States/S/Branches')]],
  ['MaxConcurrency below 0', single({ ...MAP, MaxConcurrency: -1 }), [schema('Minimum value is 0', '/States/S/MaxConcurrency')]],
  ['an Assign that is no object', single(pass({ Assign: '{% {} %}' })), [schema('Expected value of type [OBJECT]', '/States/S/Assign')]],
  ['the reserved variable', single(pass({ Assign: { states: 1 } })), [
    "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/S/Assign/states",
  ]],
  ['a variable\'s name with a $', single(pass({ Assign: { $a: 1 } })), [invalidVariable('$a')]],
  ['a variable\'s name with a blank', single(pass({ Assign: { 'a b': 1 } })), [invalidVariable('a b')]],
  ['a variable\'s name of 81 characters', single(pass({ Assign: { ['x'.repeat(81)]: 1 } })), [
    `INVALID_VARIABLE_NAME: Invalid variable name '${'x'.repeat(81)}': the variable name exceeds 80 characters. at /States/S/Assign/${'x'.repeat(81)}`,
  ]],
  ['a variable that an outer scope assigns as well', machine({
    A: pass({ Assign: { x: 1 } }), S: { Type: 'Parallel', Branches: [branch({ I: pass({ Assign: { x: 2 } }) })] },
  }), [schema("The variable 'x' is assigned in an outer scope too", '/States/S/Branches[0]/States/I/Assign/x')]],
  ...([['a[1,2)', 'Expected "]", got ","'], ['"unterminated', 'String literal must be terminated by a matching quote'], ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'], ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'], ['', 'Unexpected end of expression']] as const).map(([text, said]): [string, unknown, string[]] => [
    `the expression ${text}`, output(jsonata(text)), [`INVALID_JSONATA_EXPRESSION: ${said} at /States/S/Output`],
  ]),
  ['$$', output('{% $$ %}'), ["UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/S/Output"]],
  ['a name at the top level', output({ v: '{% phone %}' }), [top('phone', '/States/S/Output/v')]],
  ['a name in a function at the top level', output('{% $map($states.input.a, function($x) { b }) %}'), [top('b')]],
  ['a context item', output('{% $ %}'), [top('$')]],
  ['a wildcard at the top level', output('{% *.a %}'), [top('*')]],
  ['a name in an array', output('{% [1, x] %}'), [top('x')]],
  ['$states.result in a Pass', output('{% $states.result %}'), [noField('result', '/States/S/Output')]],
  ['$states.result in Arguments', single(task({ Arguments: { FunctionName: 'f', a: '{% $states.result.b %}' } })), [noField('result', '/States/S/Arguments/a')]],
  ['$states.errorOutput outside of Catch', single(task({ Output: '{% $states.errorOutput %}' })), [noField('errorOutput', '/States/S/Output')]],
  ['$states.result in Catch', machine({ S: task({ Catch: [{ ErrorEquals: ['X'], Next: 'T', Output: '{% $states.result %}' }] }), T: pass() }), [
    noField('result', '/States/S/Catch[0]/Output'),
  ]],
  ['several at once', machine({ S: pass({ Outputs: 1, Next: 'X' }), T: pass() }, { TimeoutSeconds: -1 }), [
    schema('Minimum value is 0', '/TimeoutSeconds'), unsupported('Outputs', '/States/S'), missing('X', '/States/S/Next'), unreachable('T'),
  ]],
];

test.each(REFUSED)('refuses %s', (_name, definition, expected) => {
  expect(problemsOf(definition)).toEqual(expected);
});

test.each([
  ['a later step, a predicate, a sort and a group read what is before them', output('{% $states.input.items[value > 3]^(rank){name: value} %}')],
  ['a variable that no state assigns is found when it runs', output('{% $nowhere %}')],
  ['a state may be JSONata in a machine that says nothing', {
    StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% 1 %}', Next: 'B' }, B: { Type: 'Succeed' } },
  }],
  ['siblings may have variables of one name', single({
    Type: 'Parallel', Branches: [branch({ A: pass({ Assign: { x: 1 } }) }), branch({ B: pass({ Assign: { x: 1 } }) })],
  })],
  ['a distributed Map does not see the outer variables', machine({
    A: pass({ Assign: { x: 1 } }),
    S: { ...DISTRIBUTED, ItemProcessor: { ...DISTRIBUTED.ItemProcessor, ...branch({ I: pass({ Assign: { x: 1 } }) }) } },
  })],
  ['variables in any script', single(pass({ Assign: { größe: 1, 名前: 2, snake_case1: 3 } }))],
  ['what begins and ends as no expression does', output({ v: [' {% 1 %} ', '{ % 1 % }'] })],
  ['a Map that calls its ItemProcessor Iterator', single({ Type: 'Map', Iterator: branch({ I: pass() }) })],
  ['a branch without an end', single({ Type: 'Parallel', Branches: [branch({ A: pass({ Next: 'A' }) })] })],
  ['no time at all', machine({ S: task({ Retry: [{ ErrorEquals: ['X'], IntervalSeconds: 0 }] }) }, { TimeoutSeconds: 0 })],
  ['comments', machine({
    S: task({ Comment: 'x', Retry: [{ Comment: 'r', ErrorEquals: ['X'] }], Catch: [{ Comment: 'c', ErrorEquals: ['States.ALL'], Next: 'T' }] }), T: pass(),
  }, { Comment: 'm', Version: '1.0', TimeoutSeconds: 5 })],
  ['a state that leads to itself', machine({
    S: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'S' }], Default: 'T' }, T: pass(),
  })],
])('takes it: %s', (_name, definition) => {
  expect(problemsOf(definition)).toEqual([]);
});

describe('an Express workflow', () => {
  test.each([
    ['batch:submitJob.sync', "'.sync' service integration"],
    ['states:startExecution.sync:2', "'.sync' service integration"],
    ['sqs:sendMessage.waitForTaskToken', "'.waitForTaskToken' service integration "],
  ])('has no %s', (name, what) => {
    const definition = single(task({ Resource: `arn:aws:states:::${name}` }));
    expect(problemsOf(definition, 'EXPRESS')).toEqual([schema(`Express state machine does not support ${what}`, '/States/S/Resource')]);
    expect(problemsOf(definition, 'STANDARD')).toEqual([]);
  });

  test('has no activity and no distributed Map', () => {
    expect(problemsOf(single(task({ Resource: 'arn:aws:states:us-east-1:000000000000:activity:a' })), 'EXPRESS')).toEqual([
      schema('Express state machine does not support Activity ARN', '/States/S/Resource'),
    ]);
    expect(problemsOf(single(DISTRIBUTED), 'EXPRESS')).toEqual([
      schema("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines", '/States/S/ItemProcessor/ProcessorConfig/Mode'),
    ]);
  });
});

test('nothing that is written in a definition makes the check itself fail', () => {
  const odd = [null, 1, 'x', [], [null], {}, true];
  for (const value of odd) {
    for (const field of ['StartAt', 'States', 'QueryLanguage', 'TimeoutSeconds', 'Comment']) {
      expect(problemsOf({ ...machine({ S: pass() }), [field]: value }).length).toBeGreaterThanOrEqual(0);
    }
    for (const type of ['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map']) {
      for (const field of ['Next', 'Choices', 'Catch', 'Retry', 'Assign', 'Output', 'Branches', 'ItemProcessor', 'ItemReader', 'Resource', 'Seconds', 'Type']) {
        expect(problemsOf(single({ Type: type, [field]: value })).length).toBeGreaterThanOrEqual(0);
      }
    }
    expect(problemsOf({ ...machine({ S: pass() }), States: { S: value } }).length).toBeGreaterThan(0);
  }
});

test('the resources of all tasks, readers and writers', () => {
  const definition = loadDefinition(machine({
    A: task(),
    B: { Type: 'Parallel', Branches: [branch({ C: task({ Resource: 'arn:aws:states:::batch:submitJob.sync' }) })] },
    D: { ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: {} } },
  }), 'STANDARD');
  expect(taskResources(definition)).toEqual([
    { state: 'A', resource: 'arn:aws:states:::lambda:invoke' },
    { state: 'C', resource: 'arn:aws:states:::batch:submitJob.sync' },
    { state: 'D', resource: 'arn:aws:states:::aws-sdk:s3:getObject' },
  ]);
});
