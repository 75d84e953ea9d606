import type { AssemblyStack, Template, TemplateResource } from './cloud-assembly';
import { evaluate, Scope } from './intrinsics';
import { Names, namesOf, PARTITION } from './resource-names';
import { NAME_PROPERTIES } from './resource-types';

/** Finds what another stack of the assembly exports; undefined where none does. */
export type FindExport = (name: string) => unknown;

/** What the functions of one stack's template refer to. */
export class TemplateScope implements Scope {
  public readonly region: string;
  private readonly known = new Map<string, Names>();
  private readonly conditions = new Map<string, boolean>();
  private readonly template: Template;

  constructor(
    private readonly stack: AssemblyStack,
    private readonly environment: { readonly account: string; readonly region: string },
    private readonly find: FindExport,
  ) {
    this.region = environment.region;
    this.template = stack.template;
  }

  public ref(logicalId: string): unknown {
    const { account, region } = this.environment;
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': PARTITION,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stack.name,
      'AWS::StackId': `arn:${PARTITION}:cloudformation:${region}:${account}:stack/${this.stack.name}/local`,
      'AWS::NotificationARNs': [],
    };
    return pseudo[logicalId] ?? this.parameter(logicalId) ?? this.names(logicalId)?.ref;
  }

  public attribute(logicalId: string, attribute: string): unknown {
    const attributes = this.names(logicalId)?.attributes ?? {};
    return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  }

  public mapping(map: string, first: string, second: string): unknown {
    return this.template.Mappings?.[map]?.[first]?.[second];
  }

  public condition(name: string): boolean {
    const condition = this.template.Conditions?.[name];
    if (condition === undefined) throw new Error(`there is no condition ${name}`);
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const holds = evaluate(condition, this) === true;
    this.conditions.set(name, holds);
    return holds;
  }

  public importValue(name: string): unknown {
    return this.find(name);
  }

  /** Whether the stack has the resource, which may stand under a condition. */
  public has(resource: TemplateResource): boolean {
    return resource.Condition === undefined || this.condition(resource.Condition);
  }

  /** undefined for what is no resource of the stack, or of which the condition does not hold. */
  public names(logicalId: string): Names | undefined {
    const resource = this.template.Resources?.[logicalId];
    if (resource === undefined || !this.has(resource)) return undefined;
    let names = this.known.get(logicalId);
    if (names === undefined) {
      const given = (property: string) => {
        const value = resource.Properties?.[property];
        return value === undefined ? undefined : String(evaluate(value, this));
      };
      const path = resource.Type.startsWith('AWS::IAM::') ? given('Path') : undefined;
      names = namesOf(resource, logicalId, { name: given(NAME_PROPERTIES[resource.Type]), path: path ?? '/' }, this.stack.name, this.environment);
      this.known.set(logicalId, names);
    }
    return names;
  }

  /** A parameter's default: nothing else is given to a stack here. One of the Systems Manager names a value that only the account has. */
  private parameter(name: string): unknown {
    const parameter = this.template.Parameters?.[name];
    if (parameter?.Default === undefined || parameter.Type.startsWith('AWS::SSM::')) return undefined;
    const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
    return isList ? String(parameter.Default).split(',').map((item) => item.trim()) : parameter.Default;
  }
}
