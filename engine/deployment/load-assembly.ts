import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bucketDeployment } from './bucket-deployment';
import { chooseStateMachine } from './choose-state-machine';
import { definitionText } from './definition-text';
import { existingResources } from './existing-resources';
import type { LoadedAssembly, LoadedPipeline, LoadedStateMachine, ResolvedStack } from './loaded-assembly';
import { logGroups } from './log-groups';
import { iamSizeProblems, roleOf, unknownPermissions } from './roles';
import { tableOf } from './tables';
import { taskResources, loadDefinition } from '../asl/definition/load-definition';
import { readAssembly } from '../assembly/cloud-assembly';
import { attempt, LoadError } from '../assembly/load-error';
import { PARTITION } from '../assembly/resource-names';
import { BUCKET_DEPLOYMENT } from '../assembly/resource-types';
import { Resource, resolveStacks } from '../assembly/stack-resources';
import { jobDefinition } from '../batch/definition/job-definition';
import { imageProgram } from '../batch/executor/image-program';
import { loadRules } from '../events/rules';
import { checkPolicy } from '../iam/check-policy';
import type { PolicyDocument, Role } from '../iam/policy';
import { isSupported } from '../integrations/find-integration';

/** Of stacks of which the app leaves it open. */
const DEFAULT_REGION = 'us-east-1';

export interface LoadOptions {
  /** The state machine's logical id or the beginning of it, its stack's name, or both: STACK/ID; needed where the assembly has more than one. */
  readonly stateMachine?: string;
  /** Whether jobs run as containers: then their images need not be built by the app. */
  readonly inContainers?: boolean;
  /** The names of the stacks that are loaded, with those whose exports they import; all where it is left out. */
  readonly stacks?: readonly string[];
}

/**
 * Loads what `cdk synth` wrote, for runs of one state machine; everything that cannot be run here is refused now, all of it at once.
 *
 * @throws LoadError
 */
export function loadPipeline(folder: string, { stateMachine, inContainers = false }: LoadOptions = {}): LoadedPipeline {
  const stacks = readStacks(folder);
  const machines = stacks.flatMap((stack) => stack.resolved.resources.filter(isStateMachine)
    .map((resource) => ({ stack, resource, name: `${stack.stack.name}/${resource.logicalId}` })));
  const chosen = chooseStateMachine(machines, stateMachine);
  if (chosen.length !== 1) {
    const ids = machines.map(({ name }) => name).join(', ') || 'none';
    // A state machine whose properties cannot be resolved is not among them.
    const problems = stacks.flatMap(({ resolved }) => resolved.problems);
    throw new LoadError(folder, [
      ...problems, `one state machine is to be run, and ${chosen.length} fit; choose with --state-machine ID, STACK or STACK/ID, of: ${ids}`,
    ]);
  }
  const { stack, resource } = chosen[0];
  const loaded = load(folder, withImported([stack], stacks), inContainers);
  return { ...loaded, stateMachine: loaded.stateMachines.find(({ arn }) => arn === resource.arn)!, outputs: stack.resolved.outputs };
}

/**
 * Loads stacks of what `cdk synth` wrote; everything that cannot be run here is refused now, all of it at once.
 *
 * @throws LoadError
 */
export function loadAssembly(folder: string, { inContainers = false, stacks: names }: Pick<LoadOptions, 'inContainers' | 'stacks'> = {}): LoadedAssembly {
  const stacks = readStacks(folder);
  const all = stacks.map(({ stack }) => stack.name);
  const unknown = (names ?? []).filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new LoadError(folder, [`it has no stack ${unknown.join(', ')}; it has: ${all.join(', ')}`]);
  const chosen = names === undefined ? stacks : stacks.filter(({ stack }) => names.includes(stack.name));
  const loaded = load(folder, withImported(chosen, stacks), inContainers);
  if (loaded.stateMachines.length === 0) throw new LoadError(folder, ['the cloud assembly has no state machine; add a pipeline to the app and run cdk synth']);
  return loaded;
}

function readStacks(folder: string): ResolvedStack[] {
  const stacks = readAssembly(folder);
  const resolved = resolveStacks(stacks, DEFAULT_REGION);
  return stacks.map((stack, index) => ({ stack, resolved: resolved[index] }));
}

/** Stacks, and those whose exports they import. */
function withImported(chosen: readonly ResolvedStack[], stacks: readonly ResolvedStack[]): ResolvedStack[] {
  const found = new Set(chosen);
  for (const { resolved } of found) stacks.filter((other) => resolved.imports.has(other.stack.name)).forEach((other) => found.add(other));
  return [...found];
}

function load(folder: string, stacks: readonly ResolvedStack[], inContainers: boolean): LoadedAssembly {
  const resources = stacks.flatMap(({ resolved }) => resolved.resources);
  const images = stacks.flatMap(({ stack }) => stack.images);
  const problems = stacks.flatMap(({ resolved }) => resolved.problems);
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  const existing = existingResources(resources);
  const ownRoles = ofType('AWS::IAM::Role').map((role) => roleOf(role, resources));
  const roles = new Map<string, Role>([...existing.roles, ...ownRoles].map((role) => [role.arn, role]));
  for (const { name, policies, boundary } of roles.values()) {
    policies.forEach((policy) => problems.push(...checkPolicy(policy, name)));
    if (boundary !== undefined) problems.push(...checkPolicy(boundary, `${name}, permissions boundary`));
  }
  problems.push(...unknownPermissions(resources), ...iamSizeProblems(resources));
  const jobDefinitions = ofType('AWS::Batch::JobDefinition');
  const definitions = jobDefinitions.flatMap((resource) => {
    const { definition, problems: found } = jobDefinition(resource);
    problems.push(...found);
    if (definition === undefined) return [];
    if (!inContainers) attempt(problems, resource.logicalId, () => imageProgram(definition.container.image, images));
    return definition;
  });
  const bucketPolicies = new Map(ofType('AWS::S3::BucketPolicy').map(({ properties }) => [properties.Bucket as string, properties.PolicyDocument as PolicyDocument]));
  bucketPolicies.forEach((policy, bucket) => problems.push(...checkPolicy(policy, `the policy of bucket ${bucket}`)));
  const files = stacks.flatMap(({ stack }) => stack.files);
  const deployments = ofType(BUCKET_DEPLOYMENT).flatMap((resource) => {
    const { deployment, problems: found } = bucketDeployment(resource, files);
    problems.push(...found);
    return deployment ?? [];
  });
  const rules = loadRules(ofType('AWS::Events::Rule'));
  problems.push(...rules.problems);
  const stateMachines = ofType('AWS::StepFunctions::StateMachine').map((machine) => stateMachineOf(machine, roles, problems));
  const [{ account, region }, ...others] = environmentsOf(stacks);
  if (others.length > 0) {
    problems.push(`its state machines are in several environments, of which one can be run at a time: ${
      [{ account, region }, ...others].map((environment) => `${environment.account}/${environment.region}`).join(', ')}`);
  }
  if (problems.length > 0) throw new LoadError(folder, problems);
  const notSimulated = new Map<string, string[]>();
  stacks.forEach(({ resolved }) => resolved.notSimulated.forEach((ids, type) => notSimulated.set(type, [...notSimulated.get(type) ?? [], ...ids])));
  return {
    account,
    region,
    stacks: stacks.map(({ stack: { name }, resolved: { outputs } }) =>
      ({ name, id: `arn:${PARTITION}:cloudformation:${region}:${account}:stack/${name}/local`, outputs })),
    stateMachines: stateMachines.filter((machine) => machine !== undefined),
    buckets: new Map([...existing.buckets, ...ofType('AWS::S3::Bucket').map(({ ref }) => ref)].map((name) => [name, bucketPolicies.get(name)])),
    roles,
    definitions: new Map(definitions.map((item) => [item.arn, item])),
    queueArns: new Set([...existing.queueArns, ...ofType('AWS::Batch::JobQueue').map(({ arn }) => arn)]),
    queuePolicies: new Map(ofType('AWS::Batch::JobQueue').map(({ arn, properties }) => [arn, properties.SchedulingPolicyArn !== undefined])),
    images,
    deployments,
    tables: ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(tableOf),
    rules: rules.rules,
    logGroups: logGroups(definitions),
    notSimulated,
    existing,
    createdAt: statSync(join(folder, 'manifest.json')).mtime,
  };
}

/** Where the state machines are; without any, where the first stack is. */
function environmentsOf(stacks: readonly ResolvedStack[]): { account: string; region: string }[] {
  const withMachines = stacks.filter(({ resolved }) => resolved.resources.some(isStateMachine));
  const where = (withMachines.length > 0 ? withMachines : stacks.slice(0, 1)).map(({ resolved: { account, region } }) => ({ account, region }));
  return where.filter((item, index) => where.findIndex(({ account, region }) => account === item.account && region === item.region) === index);
}

function isStateMachine({ type }: Resource): boolean {
  return type === 'AWS::StepFunctions::StateMachine';
}

/** API reference, "CreateStateMachine". */
const MAX_DEFINITION = 1024 * 1024;

function stateMachineOf(machine: Resource, roles: ReadonlyMap<string, Role>, problems: string[]): LoadedStateMachine | undefined {
  const { logicalId, arn, properties } = machine;
  const loaded = attempt(problems, logicalId, () => {
    const text = definitionText(properties);
    if (text.length > MAX_DEFINITION) problems.push(`${logicalId}: a definition has up to ${MAX_DEFINITION} characters, got ${text.length}`);
    const definition = loadDefinition(JSON.parse(text), properties.StateMachineType ?? 'STANDARD');
    for (const { state, resource } of taskResources(definition)) {
      if (!isSupported(resource)) problems.push(`${logicalId}: state ${state}: ${resource} is not supported`);
    }
    return { definition, definitionText: text };
  });
  const role = roles.get(properties.RoleArn);
  if (role === undefined) problems.push(`${logicalId}: its role ${properties.RoleArn} is not in the stack`);
  if (role === undefined || loaded === undefined) return undefined;
  return { arn, name: arn.split(':').at(-1)!, role, ...loaded };
}
