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
