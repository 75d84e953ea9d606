import type { Resource } from '../assembly/stack-resources';
import { jobRoleOf } from '../batch/definition/job-definition';
import type { PolicyDocument, Role } from '../iam/policy';

/** With its inline policies, the stack's policies that name it, and its permissions boundary. */
export function roleOf(role: Resource, resources: readonly Resource[]): Role {
  const inline = (role.properties.Policies ?? []).map((policy: { PolicyDocument: PolicyDocument }) => policy.PolicyDocument);
  const attached = resources.filter(({ type, ref, properties }) => (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    && ((properties.Roles ?? []).includes(role.ref) || (role.properties.ManagedPolicyArns ?? []).includes(ref)));
  const boundary = resources.find(({ type, arn }) => type === 'AWS::IAM::ManagedPolicy' && arn === role.properties.PermissionsBoundary);
  return {
    arn: role.arn,
    name: role.ref,
    policies: [...inline, ...attached.map(({ properties }) => properties.PolicyDocument)],
    boundary: boundary?.properties.PolicyDocument,
  };
}

/** IAM user guide, page "IAM and AWS STS quotas": those that nobody can have raised. White space does not count. */
const [MAX_ROLE_NAME, MAX_INLINE, MAX_MANAGED] = [64, 10_240, 6144];

/** What IAM would refuse for its size. */
export function iamSizeProblems(resources: readonly Resource[]): string[] {
  const size = (policy: unknown) => JSON.stringify(policy ?? '').replace(/\s/g, '').length;
  return resources.flatMap(({ type, logicalId, ref, properties }) => {
    if (type === 'AWS::IAM::ManagedPolicy' && size(properties.PolicyDocument) > MAX_MANAGED) {
      return [`${logicalId}: a managed policy has up to ${MAX_MANAGED} characters, got ${size(properties.PolicyDocument)}`];
    }
    if (type !== 'AWS::IAM::Role') return [];
    const attached = resources.filter((other) => other.type === 'AWS::IAM::Policy' && (other.properties.Roles ?? []).includes(ref));
    const policies: { PolicyDocument?: PolicyDocument }[] = [...properties.Policies ?? [], ...attached.map((other) => other.properties)];
    const inline = policies.reduce((sum, { PolicyDocument: document }) => sum + size(document), 0);
    return [
      // One that the template leaves to CloudFormation is cut there.
      ...(properties.RoleName?.length ?? 0) > MAX_ROLE_NAME
        ? [`${logicalId}: a role's name has up to ${MAX_ROLE_NAME} characters, got ${properties.RoleName.length}`] : [],
      ...inline > MAX_INLINE ? [`${logicalId}: a role's inline policies have up to ${MAX_INLINE} characters in all, got ${inline}`] : [],
    ];
  });
}

/** Policies whose text nobody has here, of the roles that runs use: with them the engine would guess what is allowed. */
export function unknownPermissions(resources: readonly Resource[]): string[] {
  const used = new Set(resources.flatMap(({ properties }) => [jobRoleOf(properties), properties.RoleArn]));
  const own = new Set(resources.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy').flatMap(({ ref, arn }) => [ref, arn]));
  return resources.filter(({ type, arn }) => type === 'AWS::IAM::Role' && used.has(arn)).flatMap(({ logicalId, properties }) => [
    ...[properties.PermissionsBoundary ?? []].flat().filter((boundary) => !own.has(boundary))
      .map((boundary) => `${logicalId}: the permissions boundary ${boundary} is not in the app, so what it allows is not known here`),
    ...(properties.ManagedPolicyArns ?? []).filter((policy: string) => !own.has(policy))
      .map((policy: string) => `${logicalId}: the managed policy ${policy} is not in the app, so what it allows is not known here`),
  ]);
}
