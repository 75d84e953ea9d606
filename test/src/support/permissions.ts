import { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './pipeline-stack';
import { idWithoutHash, withoutHashes } from './plain-text';

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

function lines(statement: any): string[] {
  const condition = statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
  const effect = statement.Effect === 'Allow' ? '' : `${statement.Effect} `;
  return list<string>(statement.Action).flatMap((action) => list<string>(statement.Resource).map((on) => `${effect}${action} on ${on}${condition}`));
}

/**
 * All that every role of a template may do, by the role's logical id (without its hash): a line `ACTION on RESOURCE if CONDITION`
 * for each pair, sorted; and who may take the role.
 */
export function permissions(template: Template): { [role: string]: string[] } {
  const policies = Object.values(resourcesOf(template, 'AWS::IAM::Policy'));
  return Object.fromEntries(Object.entries(resourcesOf(template, 'AWS::IAM::Role')).map(([id, role]) => {
    const own = policies.filter(({ Properties }) => Properties.Roles.some((attached: any) => attached.Ref === id));
    const statements = withoutHashes([
      ...own.flatMap(({ Properties }) => Properties.PolicyDocument.Statement),
      ...(role.Properties.Policies ?? []).flatMap(({ PolicyDocument }: any) => PolicyDocument.Statement),
    ]);
    const trust = withoutHashes(role.Properties.AssumeRolePolicyDocument.Statement)
      .map(({ Action, Principal, Condition }: any) => `taken by ${JSON.stringify(Principal)} (${Action})${Condition ? ` if ${JSON.stringify(Condition)}` : ''}`);
    const managed = list<any>(withoutHashes(role.Properties.ManagedPolicyArns ?? [])).map((arn) => `managed policy ${arn}`);
    return [idWithoutHash(id), [...trust, ...managed, ...[...new Set<string>(statements.flatMap(lines))].sort()]];
  }));
}
