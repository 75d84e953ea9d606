import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssertionFunction } from './assertion-function';
import { ACCOUNT, AssemblyStack, evaluate, PARTITION, readAssembly, resolveStacks, Scope, Template } from '../../engine';

const REGION = 'us-east-1';
const CUSTOM = 'Custom::DeployAssert@';

/** What `integ.json` says of an app with one test. */
export interface IntegCase {
  readonly stacks: readonly string[];
  readonly assertionStackName: string;
}

/** @param folder what an app of integ-tests was synthesized to */
export function integCase(folder: string): IntegCase {
  const { testCases } = JSON.parse(readFileSync(join(folder, 'integ.json'), 'utf8')) as { testCases: Record<string, IntegCase> };
  const cases = Object.values(testCases);
  if (cases.length !== 1) throw new Error(`${folder} must have one test case, got ${cases.length}`);
  return cases[0];
}

export interface AssertionOptions {
  readonly folder: string;
  readonly integCase: IntegCase;
  /** How long a call may take to give what is expected. */
  readonly waitMilliseconds: number;
  readonly onCall: (what: string) => void;
}

/**
 * Creates the resources of the assertion stack, one after the other, as CloudFormation would when the other stacks are there: the API
 * calls go where the environment's AWS_ENDPOINT_URL says.
 *
 * @returns how many there were
 * @throws Error where one fails
 */
export async function runAssertions({ folder, integCase: { assertionStackName }, waitMilliseconds, onCall }: AssertionOptions): Promise<number> {
  const stacks = readAssembly(folder);
  const stack = stacks.find(({ name }) => name === assertionStackName)!;
  const { template: { Resources = {} } } = stack;
  const exports = exportsOf(stacks);
  const created = new Map<string, Readonly<Record<string, unknown>>>();
  const pseudo: Record<string, string> = { 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT, 'AWS::Partition': PARTITION, 'AWS::URLSuffix': 'amazonaws.com' };
  const scope: Scope = {
    region: REGION,
    ref: (id) => pseudo[id] ?? id,
    // Of the functions and roles it is only a name, which nobody here looks at.
    attribute: (id, attribute) => (created.has(id) ? created.get(id)![attribute] : `${id}.${attribute}`),
    mapping: () => undefined,
    condition: () => true,
    importValue: (name) => exports.get(name),
  };
  for (const id of inOrder(Resources)) {
    const { Type: type, Properties = {} } = Resources[id];
    const properties = evaluate(Properties, scope) as Record<string, unknown>;
    const code = new AssertionFunction(codeFolder(stack, Properties.ServiceToken));
    created.set(id, await code.create({ id, type, properties }, waitMilliseconds));
    onCall(`${String(properties.service)}.${String(properties.api)}`);
  }
  return created.size;
}

/** Each after those that it names, by reference or in DependsOn. */
function inOrder(resources: NonNullable<Template['Resources']>): string[] {
  const waiting = Object.keys(resources).filter((id) => resources[id].Type.startsWith(CUSTOM));
  const ordered: string[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((id) => !waiting.some((other) => other !== id && JSON.stringify(resources[id]).includes(`"${other}"`)));
    if (next < 0) throw new Error(`the assertions ${waiting.join(', ')} wait for each other`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

function codeFolder({ template, files }: AssemblyStack, serviceToken: unknown): string {
  const [id] = (serviceToken as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  const { S3Key } = template.Resources![id].Properties!.Code as { S3Key: string };
  return files.find(({ objectKey }) => objectKey === S3Key)!.path;
}

/** As the local account has them: it resolves the stacks in the same way. */
function exportsOf(stacks: readonly AssemblyStack[]): Map<string, unknown> {
  const resolved = resolveStacks(stacks, REGION);
  return new Map(stacks.flatMap(({ template }, index) => Object.entries(template.Outputs ?? {})
    .filter(([, { Export }]) => typeof Export?.Name === 'string')
    .map(([key, { Export }]) => [Export!.Name as string, resolved[index].outputs[key]])));
}
