import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Warns of imported roles: what the pipeline adds to one may be dropped without a word (`mutable: false`, or a role of another
 * account), and then the first run would find out.
 */
export function warnOfImportedRoles(scope: Construct, roles: { readonly [prop: string]: iam.IRole | undefined }): void {
  for (const [prop, role] of Object.entries(roles)) {
    if (role === undefined || role instanceof iam.Role) continue;
    Annotations.of(scope).addWarningV2(`cdk-pavi-alignment-pipeline:imported-role-${prop}`,
      `${prop} is an imported role, to which permissions may not be added: see that it has what docs/permissions.md lists`);
  }
}
