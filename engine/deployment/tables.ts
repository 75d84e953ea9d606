import type { LoadedTable } from './loaded-assembly';
import type { Resource } from '../assembly/stack-resources';

/** What of a table has an effect here: its keys and indexes. Capacity, backups, encryption and the like have none. */
export function tableOf({ arn, ref, properties }: Resource): LoadedTable {
  const { AttributeDefinitions, KeySchema, LocalSecondaryIndexes, GlobalSecondaryIndexes } = properties;
  const index = ({ IndexName, KeySchema: keys, Projection }: Record<string, unknown>) => ({ IndexName, KeySchema: keys, Projection });
  return {
    arn,
    name: ref,
    schema: {
      TableName: ref,
      AttributeDefinitions,
      KeySchema,
      BillingMode: 'PAY_PER_REQUEST',
      ...LocalSecondaryIndexes === undefined ? {} : { LocalSecondaryIndexes: LocalSecondaryIndexes.map(index) },
      ...GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(index) },
    },
  };
}
