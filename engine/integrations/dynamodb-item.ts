import { StatesError, TaskIntegration } from '../asl/visit/task-integration';
import { evaluate } from '../iam/evaluate';
import type { Principal } from '../iam/policy';

export interface ItemTables {
  readonly principal: Principal;
  /** One operation of DynamoDB's API: an answer as JSON, errors included. */
  readonly call: (operation: string, input: Record<string, unknown>) => Promise<{ readonly status: number; readonly body: string }>;
  readonly arnOf: (table: string) => string;
}

/** The operations that Step Functions' DynamoDB integration has, with the API's names. */
export const ITEM_OPERATIONS: Readonly<Record<string, string>> = { getItem: 'GetItem', putItem: 'PutItem', updateItem: 'UpdateItem', deleteItem: 'DeleteItem' };

/** `arn:aws:states:::dynamodb:updateItem` and its like: one item of a table, as the state machine's role. */
export function dynamoDbItem(operation: string, { principal, call, arnOf }: ItemTables): TaskIntegration {
  const name = ITEM_OPERATIONS[operation];
  return async (args) => {
    const decision = evaluate({ principal, action: `dynamodb:${name}`, resource: arnOf(String(args.TableName)) });
    if (!decision.allowed) throw failure('AccessDeniedException', decision.reason);
    const { status, body } = await call(name, args);
    const answer = JSON.parse(body) as Record<string, unknown>;
    if (status !== 200) throw failure(String(answer.__type).replace(/^.*#/, ''), String(answer.message ?? answer.Message));
    return { ...answer, SdkHttpMetadata: { HttpStatusCode: status } };
  };
}

/** Exceptions that DynamoDB's API models, which keep their name; any other is the service's (as Step Functions names the SDK for Java's). */
const MODELLED = ['ConditionalCheckFailedException', 'ResourceNotFoundException', 'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'TransactionConflictException'];

function failure(code: string, message: string): StatesError {
  return new StatesError(`DynamoDB.${MODELLED.includes(code) ? code : 'AmazonDynamoDBException'}`,
    `${message} (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ${code}; Request ID: local; Proxy: null)`);
}
