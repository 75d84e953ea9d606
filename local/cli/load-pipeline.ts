import { taskResources, loadDefinition } from '../asl/definition';
import { AssemblyStack, ImageAsset, readAssembly } from '../assembly/cloud-assembly';
import { LoadError } from '../assembly/load-error';
import { Resource, resolveStack, StackResources } from '../assembly/stack-resources';
import { imageProgram } from '../batch/image-program';
import { jobDefinition, JobDefinition } from '../batch/job-definition';
import { checkPolicy } from '../iam/check-policy';
import type { PolicyDocument } from '../iam/policy';
import { isSupported } from '../integrations/find-integration';

export const REGION = 'us-east-1';

export interface LoadedRole {
  readonly arn: string;
  readonly name: string;
  readonly policies: readonly PolicyDocument[];
}

/** A state machine of the assembly, with all of its stack that a run of it uses. */
export interface LoadedPipeline {
  readonly stateMachine: {
    readonly arn: string;
    readonly name: string;
    readonly role: LoadedRole;
    readonly definition: ReturnType<typeof loadDefinition>;
  };
  readonly outputs: StackResources['outputs'];
  readonly buckets: ReadonlyMap<string, PolicyDocument | undefined>;
  readonly roles: ReadonlyMap<string, LoadedRole>;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly queueArns: ReadonlySet<string>;
  readonly images: readonly ImageAsset[];
}

/**
 * Loads what `cdk synth` wrote; everything that cannot be run here is refused now, all of it at once.
 *
 * @param stateMachine its logical id or the beginning of it; needed where the assembly has more than one
 * @throws LoadError
 */
export function loadPipeline(folder: string, stateMachine?: string): LoadedPipeline {
  const stacks = readAssembly(folder).map((stack) => ({ stack, resolved: resolveStack(stack, REGION) }));
  const machines = stacks.flatMap(({ stack, resolved }) => resolved.resources
    .filter((resource) => resource.type === 'AWS::StepFunctions::StateMachine')
    .map((resource) => ({ stack, resolved, resource })));
  const chosen = machines.filter(({ resource }) => stateMachine === undefined || resource.logicalId.startsWith(stateMachine));
  if (chosen.length !== 1) {
    const ids = machines.map(({ resource }) => resource.logicalId).join(', ') || 'none';
    // A state machine whose properties cannot be resolved is not among them.
    const problems = stacks.flatMap(({ resolved }) => resolved.problems);
    throw new LoadError(folder, [
      ...problems, `one state machine is to be run, and ${chosen.length} fit; choose with --state-machine ID, of: ${ids}`,
    ]);
  }
  return load(folder, chosen[0].stack, chosen[0].resolved, chosen[0].resource);
}

function load(folder: string, stack: AssemblyStack, resolved: StackResources, machine: Resource): LoadedPipeline {
  const problems = [...resolved.problems];
  const ofType = (type: string) => resolved.resources.filter((resource) => resource.type === type);
  const roles = new Map(ofType('AWS::IAM::Role').map((role) => [role.arn, { arn: role.arn, name: role.ref, policies: rolePolicies(role, resolved.resources) }]));
  for (const role of roles.values()) role.policies.forEach((policy) => problems.push(...checkPolicy(policy, role.name)));
  const definitions = ofType('AWS::Batch::JobDefinition').map((resource) => {
    const { definition, problems: found } = jobDefinition(resource);
    problems.push(...found);
    attempt(problems, resource.logicalId, () => imageProgram(definition.image, stack.images));
    return definition;
  });
  const bucketPolicies = new Map(ofType('AWS::S3::BucketPolicy').map(({ properties }) => [properties.Bucket as string, properties.PolicyDocument as PolicyDocument]));
  bucketPolicies.forEach((policy, bucket) => problems.push(...checkPolicy(policy, `the policy of bucket ${bucket}`)));
  const type = machine.properties.StateMachineType ?? 'STANDARD';
  const definition = attempt(problems, machine.logicalId, () => {
    const loaded = loadDefinition(JSON.parse(machine.properties.DefinitionString), type);
    for (const { state, resource } of taskResources(loaded)) {
      if (!isSupported(resource)) problems.push(`${machine.logicalId}: state ${state}: ${resource} is not supported`);
    }
    return loaded;
  });
  const role = roles.get(machine.properties.RoleArn);
  if (role === undefined) problems.push(`${machine.logicalId}: its role ${machine.properties.RoleArn} is not in the stack`);
  if (problems.length > 0) throw new LoadError(folder, problems);
  return {
    stateMachine: { arn: machine.arn, name: machine.arn.split(':').at(-1)!, role: role!, definition: definition! },
    outputs: resolved.outputs,
    buckets: new Map(ofType('AWS::S3::Bucket').map(({ ref }) => [ref, bucketPolicies.get(ref)])),
    roles,
    definitions: new Map(definitions.map((item) => [item.arn, item])),
    queueArns: new Set(ofType('AWS::Batch::JobQueue').map(({ arn }) => arn)),
    images: stack.images,
  };
}

/** A role's inline policies, and the stack's policies that name it. */
function rolePolicies(role: Resource, resources: readonly Resource[]): PolicyDocument[] {
  const inline = (role.properties.Policies ?? []).map((policy: { PolicyDocument: PolicyDocument }) => policy.PolicyDocument);
  const attached = resources.filter(({ type, ref, properties }) => (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    && ((properties.Roles ?? []).includes(role.ref) || (role.properties.ManagedPolicyArns ?? []).includes(ref)));
  return [...inline, ...attached.map(({ properties }) => properties.PolicyDocument)];
}

function attempt<T>(problems: string[], where: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push(`${where}: ${(error as Error).message}`);
    return undefined;
  }
}
