import type { ApiRequest } from './api-request';
import { ApiService, jsonService, unknownOperation } from './json-protocol';
import { authorize } from '../iam/evaluate';
import type { Tables } from '../tables/tables';

const TARGET = /^DynamoDB_20120810\.(\w+)$/;

/** The operations on the items of tables (API version 2012-08-10). */
export function dynamoDb(tables: Tables, arnOf: (table: string) => string): ApiService {
  // What is not answered by the tables has the same shape as any service's error.
  const { error, denial } = jsonService('1.0', 'DynamoDB_20120810', {});
  return {
    error,
    denial,
    answer: async ({ target = '', body, principal }: ApiRequest) => {
      const operation = TARGET.exec(target)?.[1] ?? '';
      if (!tables.supports(operation)) throw unknownOperation(operation === '' ? target : `DynamoDB ${operation}`);
      const input = parsed(body);
      resourcesOf(operation, input, arnOf).forEach((resource) => authorize({ principal, action: `dynamodb:${operation}`, resource }));
      const answer = await tables.call(operation, input);
      return { status: answer.status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: answer.body };
    },
  };
}

/** What the operation is on, for the caller's policies: tables, or the index that is read. */
function resourcesOf(operation: string, input: Record<string, any>, arnOf: (table: string) => string): string[] {
  if (operation === 'ListTables') return ['*'];
  if (operation.startsWith('Batch')) return Object.keys(input.RequestItems ?? {}).map(arnOf);
  const table = arnOf(String(input.TableName));
  return [input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`];
}

/** What is no JSON is left to the tables to refuse. */
function parsed(body: string): Record<string, any> {
  try {
    return JSON.parse(body) as Record<string, any>;
  } catch {
    return {};
  }
}
