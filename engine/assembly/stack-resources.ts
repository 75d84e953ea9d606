import type { AssemblyStack } from './cloud-assembly';
import { evaluate } from './intrinsics';
import { attempt } from './load-error';
import { ACCOUNT } from './resource-names';
import { partOf } from './resource-types';
import { FindExport, TemplateScope } from './template-scope';

/** A resource with its properties evaluated. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly ref: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, any>>;
}

/** A stack's resources that a run uses, its outputs, and what stands in the way of running it. */
export interface StackResources {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
  /** What AWS would do besides and nobody does here, by type: alarms, dashboards, notifications. */
  readonly notSimulated: ReadonlyMap<string, readonly string[]>;
  /** The stacks of the assembly whose exports this one imports. */
  readonly imports: ReadonlySet<string>;
  /** Of the stack's environment; where the app leaves them open, made up. */
  readonly account: string;
  readonly region: string;
}

/**
 * Resolves the templates of an assembly as a deployment would, each in its own environment.
 *
 * @param region for stacks of which the app leaves it open
 * @returns one for each stack, in the same order
 */
export function resolveStacks(stacks: readonly AssemblyStack[], region: string): StackResources[] {
  const exporters = new Map<string, { readonly scope: TemplateScope; readonly value: unknown; readonly stack: string }>();
  const resolved = stacks.map((stack) => {
    const imports = new Set<string>();
    const environment = { account: stack.account ?? ACCOUNT, region: stack.region ?? region };
    const find: FindExport = (name) => {
      const found = exporters.get(name);
      if (found === undefined) return undefined;
      if (found.stack !== stack.name) imports.add(found.stack);
      return evaluate(found.value, found.scope);
    };
    return { stack, imports, environment, scope: new TemplateScope(stack, environment, find) };
  });
  for (const { stack, scope } of resolved) {
    for (const { Value, Export, Condition } of Object.values(stack.template.Outputs ?? {})) {
      const name = Export === undefined ? undefined : exportName(Export.Name, scope);
      const isThere = Condition === undefined || scope.condition(Condition);
      if (name !== undefined && isThere) exporters.set(name, { scope, value: Value, stack: stack.name });
    }
  }
  return resolved.map(({ stack, imports, environment, scope }) => ({ ...resolve(stack, scope), imports, ...environment }));
}

/** undefined where it cannot be told: whoever imports it is refused, and nobody else needs it. */
function exportName(name: unknown, scope: TemplateScope): string | undefined {
  try {
    return String(evaluate(name, scope));
  } catch {
    return undefined;
  }
}

function resolve(stack: AssemblyStack, scope: TemplateScope): Omit<StackResources, 'imports' | 'account' | 'region'> {
  // The functions that the language extensions add are refused one by one.
  const problems = [stack.template.Transform ?? []].flat().filter((name) => name !== 'AWS::LanguageExtensions')
    .map((name) => `stack ${stack.name}: the transform ${JSON.stringify(name)} is not supported`);
  const resources: Resource[] = [];
  const notSimulated = new Map<string, string[]>();
  for (const [logicalId, resource] of Object.entries(stack.template.Resources ?? {})) {
    const where = `${logicalId} (${resource.Type})`;
    if (attempt(problems, where, () => scope.has(resource)) !== true) continue;
    const part = partOf(resource.Type);
    if (part === 'refused') problems.push(`${where}: this type of resource is not supported`);
    if (part === 'not-simulated') notSimulated.set(resource.Type, [...notSimulated.get(resource.Type) ?? [], logicalId]);
    if (part !== 'used') continue;
    const properties = attempt(problems, where, () => evaluate(resource.Properties ?? {}, scope) as Record<string, unknown>);
    const names = attempt(problems, where, () => scope.names(logicalId)!);
    if (properties !== undefined && names !== undefined) {
      const arn = names.attributes.Arn ?? names.attributes[`${resource.Type.split('::')[2]}Arn`] ?? names.ref;
      resources.push({ logicalId, type: resource.Type, ref: names.ref, arn, properties });
    }
  }
  const outputs = Object.fromEntries(Object.entries(stack.template.Outputs ?? {})
    .filter(([key, { Condition }]) => Condition === undefined || attempt(problems, `output ${key}`, () => scope.condition(Condition)) === true)
    .map(([key, { Value }]) => [key, attempt(problems, `output ${key}`, () => evaluate(Value, scope))]));
  return { resources, outputs, problems, notSimulated };
}
