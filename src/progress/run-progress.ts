import { Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EXECUTION_INPUT, jsonata } from '../states/jsonata';
import { RunVariable } from '../states/run-plan';
import { ServiceTask } from '../states/service-task';

/** How far a run is, as PAVI's API and web page read it. */
export const RunStage = {
  INITIALIZING: { status: 'PENDING', stage: 'INITIALIZING' },
  SEQUENCE_RETRIEVAL: { status: 'RUNNING', stage: 'SEQUENCE_RETRIEVAL' },
  ALIGNMENT: { status: 'RUNNING', stage: 'ALIGNMENT' },
  COLLECTING_RESULTS: { status: 'RUNNING', stage: 'COLLECTING_RESULTS' },
  DONE: { status: 'COMPLETED', stage: 'DONE' },
  ERROR: { status: 'FAILED', stage: 'ERROR' },
} as const;

/** Attributes of a run's item: expressions that give a text, or a number as a text. */
export interface ProgressAttributes {
  readonly texts?: { readonly [name: string]: string };
  readonly numbers?: { readonly [name: string]: string };
}

const TIME_TO_LIVE_SECONDS = Duration.days(30).toSeconds();
const CALL_TIMEOUT = Duration.seconds(30);
const RETRY: sfn.RetryProps = {
  errors: ['DynamoDB.AmazonDynamoDBException', 'DynamoDB.ProvisionedThroughputExceededException', 'DynamoDB.SdkClientException',
    'DynamoDB.ThrottlingException', 'DynamoDB.InternalServerErrorException'],
  interval: Duration.seconds(1),
  maxAttempts: 2,
  jitterStrategy: sfn.JitterType.FULL,
};
/** What a failure left in the item, and a redriven run takes back. */
const OF_A_FAILURE = ['completed_at', 'error_message'];
/** An item has at most 400 KB, and a page shows a line or two. */
const MAX_MESSAGE = 4000;

/** The start of an item that there was none of before, or of an application's that announced the run. */
export const BEGUN: ProgressAttributes = {
  texts: { created_at: '$states.context.Execution.StartTime', execution_arn: '$states.context.Execution.Id' },
  numbers: { ttl: `$string($floor($toMillis($states.context.Execution.StartTime) / 1000) + ${TIME_TO_LIVE_SECONDS})` },
};

/** An expression for a message that fits the item, of an expression for one. */
export function shortened(message: string): string {
  return `$substring($string(${message}), 0, ${MAX_MESSAGE})`;
}

/** An expression for the run's id, whether the input has been checked or not: by operators alone, as a function may throw (see input-form.ts). */
export function uncheckedJobId(): string {
  const id = `${EXECUTION_INPUT}.job_id`;
  return `${id} = ${id} & "" and ${id} != "" ? ${id} : $states.context.Execution.Name`;
}

/** Keeps one item a run in the jobs table, where there is one. */
export class RunProgress {
  constructor(private readonly scope: Construct, private readonly table?: dynamodb.ITable) {}

  /**
   * What stands before a state to record that the run is there; the state itself where there is no table. It passes its input on, and
   * whatever happens to it, the state follows.
   */
  public before(
    id: string, stage: (typeof RunStage)[keyof typeof RunStage], attributes: ProgressAttributes, next: sfn.IChainable,
    jobId = `$${RunVariable.JOB_ID}`,
  ): sfn.IChainable {
    if (this.table === undefined) return next;
    const texts: { [name: string]: string } = { status: stage.status, stage: stage.stage };
    Object.entries(attributes.texts ?? {}).forEach(([name, value]) => { texts[name] = jsonata(value); });
    const record = new ServiceTask(this.scope, id, {
      integration: 'dynamodb:updateItem',
      args: updateItem(this.table.tableName, jobId, texts, attributes.numbers ?? {}, stage.status === 'RUNNING' ? OF_A_FAILURE : []),
      statements: statements(this.table),
      taskTimeout: sfn.Timeout.duration(CALL_TIMEOUT),
      outputs: jsonata('$states.input'),
    });
    record.addRetry(RETRY);
    record.addCatch(next, { errors: ['States.ALL'], outputs: jsonata('$states.input') });
    record.next(next);
    return record;
  }
}

/** Every attribute is named by a placeholder: `status` and `ttl` are reserved words of DynamoDB. */
function updateItem(
  table: string, jobId: string, texts: { readonly [name: string]: string }, numbers: { readonly [name: string]: string }, removed: string[],
): { readonly [name: string]: unknown } {
  const names = [...Object.keys(texts), ...Object.keys(numbers)];
  // What the application wrote when it announced the run stays.
  const value = (name: string) => (name === 'created_at' ? `if_not_exists(#${name}, :${name})` : `:${name}`);
  return {
    TableName: table,
    Key: { job_id: { S: jsonata(jobId) } },
    UpdateExpression: [
      `SET ${names.map((name) => `#${name} = ${value(name)}`).join(', ')}`,
      ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries([...names, ...removed].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries([
      ...Object.entries(texts).map(([name, text]) => [`:${name}`, { S: text }]),
      ...Object.entries(numbers).map(([name, number]) => [`:${name}`, { N: jsonata(number) }]),
    ]),
  };
}

function statements(table: dynamodb.ITable): iam.PolicyStatement[] {
  const update = new iam.PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] });
  if (table.encryptionKey === undefined) return [update];
  // Amazon DynamoDB developer guide, page "DynamoDB encryption at rest: usage notes": what a principal needs of a customer's key.
  const actions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
  return [update, new iam.PolicyStatement({ actions, resources: [table.encryptionKey.keyArn] })];
}
