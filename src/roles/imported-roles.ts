import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { requireSame } from '../checks/places';

/**
 * Warns of imported roles: what the pipeline adds to one may be dropped without a word (`mutable: false`), and then the first run would
 * find out. Throws for one of another account, which nothing can be given.
 */
export function checkImportedRoles(scope: Construct, roles: { readonly [prop: string]: iam.IRole | undefined }): void {
  for (const [prop, role] of Object.entries(roles)) {
    if (role === undefined) continue;
    requireSame(scope, prop, 'account', role.env.account);
    if (role instanceof iam.Role) continue;
    Annotations.of(scope).addWarningV2(`cdk-pavi-alignment-pipeline:imported-role-${prop}`,
      `${prop} is an imported role, to which permissions may not be added: see that it has what docs/permissions.md lists`);
  }
}
