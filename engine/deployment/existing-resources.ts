import { definitionText } from './definition-text';
import { BUCKET_DEPLOYMENT } from '../assembly/resource-types';
import type { Resource } from '../assembly/stack-resources';
import { jobRoleOf } from '../batch/definition/job-definition';
import type { PolicyDocument, Role } from '../iam/policy';

/** What runs use and the app only names, because it is there already. */
export interface ExistingResources {
  readonly queueArns: readonly string[];
  readonly buckets: readonly string[];
  readonly tables: readonly string[];
  /** With the policies that the app attaches to them; what else they may do in AWS is not known here. */
  readonly roles: readonly Role[];
}

const QUEUE = /^arn:[a-z-]+:batch:[a-z0-9-]+:\d{12}:job-queue\/[A-Za-z0-9_-]+$/;
const ROLE = /^arn:[a-z-]+:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/;

/** @param resources of all stacks that take part */
export function existingResources(resources: readonly Resource[]): ExistingResources {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const definitions = ofType('AWS::StepFunctions::StateMachine').flatMap(({ properties }) => definitionOf(properties));
  const known = new Set(resources.flatMap(({ arn, ref }) => [arn, ref]));
  const unknown = (names: string[]) => [...new Set(names)].filter((name) => !known.has(name));
  const argumentsOf = (name: string) => definitions.flatMap((definition) => literalsOf(definition, name));
  const roleArns = [
    ...ofType('AWS::Batch::JobDefinition').map(({ properties }) => jobRoleOf(properties)),
    ...ofType('AWS::StepFunctions::StateMachine').map(({ properties }) => properties.RoleArn),
  ].filter((arn): arn is string => typeof arn === 'string');
  const attached = (role: string) => ofType('AWS::IAM::Policy').filter(({ properties }) => properties.Roles?.includes(role))
    .map(({ properties }) => properties.PolicyDocument as PolicyDocument);
  return {
    queueArns: unknown(argumentsOf('JobQueue').filter((arn) => QUEUE.test(arn))),
    buckets: unknown([...argumentsOf('Bucket'), ...ofType(BUCKET_DEPLOYMENT).map(({ properties }) => String(properties.DestinationBucketName))]),
    tables: unknown(argumentsOf('TableName')),
    roles: unknown(roleArns).flatMap((arn) => {
      const name = ROLE.exec(arn)?.[1];
      return name === undefined ? [] : [{ arn, name, policies: attached(name) }];
    }),
  };
}

/** For the person who starts a run: one line for each. */
export function describeExisting({ queueArns, buckets, tables, roles }: ExistingResources): string[] {
  return [
    ...queueArns.map((arn) => `job queue ${arn}: this machine stands in for it`),
    ...buckets.map((name) => `bucket ${name}: an empty one stands in for it`),
    ...tables.map((name) => `table ${name}: its keys are not known, so nothing stands in for it, and writing to it fails`),
    ...roles.map(({ arn, policies }) => `role ${arn}: it may do what the app's ${policies.length} policies for it allow, and nothing else`),
  ];
}

/** What is none is refused elsewhere. */
function definitionOf(properties: Resource['properties']): unknown[] {
  try {
    return [JSON.parse(definitionText(properties))];
  } catch {
    return [];
  }
}

/** The values of a field that are no expressions, wherever it stands. */
function literalsOf(value: unknown, field: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === field && typeof item === 'string' && !item.startsWith('{%') ? [item] : literalsOf(item, field)));
}
