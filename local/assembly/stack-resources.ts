import type { AssemblyStack, Template, TemplateResource } from './cloud-assembly';
import { evaluate, Scope } from './intrinsics';
import { ACCOUNT, Names, namesOf, PARTITION } from './resource-names';

/** Resources that a run uses. */
const USED = ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::Batch::JobDefinition',
  'AWS::Batch::JobQueue', 'AWS::StepFunctions::StateMachine'];

/** Resources that have no part in a run here: networks, machines, watching. What would need one of them is refused where it is used. */
const WITHOUT_PART = [/^AWS::EC2::/, /^AWS::Batch::ComputeEnvironment$/, /^AWS::Logs::/, /^AWS::CloudWatch::/, /^AWS::SNS::/, /^AWS::Events::Rule$/,
  /^AWS::IAM::InstanceProfile$/, /^AWS::KMS::/, /^AWS::CDK::Metadata$/, /^AWS::ECR::/, /^AWS::SSM::Parameter$/,
  // What CDK uses at deployment, for example to empty a bucket that goes with its stack.
  /^Custom::/, /^AWS::CloudFormation::CustomResource$/, /^AWS::Lambda::/];

/** Where a physical name stands, by type. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Batch::JobDefinition': 'JobDefinitionName',
  'AWS::Batch::JobQueue': 'JobQueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

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
}

/** Resolves the template of a stack as a deployment to the given region would. */
export function resolveStack(stack: AssemblyStack, region: string): StackResources {
  const problems: string[] = [];
  const attempt = <T>(where: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      problems.push(`${where}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const scope = new TemplateScope(stack, region);
  const resources: Resource[] = [];
  for (const [logicalId, resource] of Object.entries(stack.template.Resources ?? {})) {
    if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue;
    const where = `${logicalId} (${resource.Type})`;
    if (WITHOUT_PART.some((pattern) => pattern.test(resource.Type))) continue;
    if (!USED.includes(resource.Type)) {
      problems.push(`${where}: this type of resource is not supported`);
      continue;
    }
    const properties = attempt(where, () => evaluate(resource.Properties ?? {}, scope) as Record<string, unknown>);
    const names = attempt(where, () => scope.names(logicalId)!);
    if (properties !== undefined && names !== undefined) {
      const arn = names.attributes.Arn ?? names.attributes[`${resource.Type.split('::')[2]}Arn`] ?? names.ref;
      resources.push({ logicalId, type: resource.Type, ref: names.ref, arn, properties });
    }
  }
  const outputs = Object.fromEntries(Object.entries(stack.template.Outputs ?? {})
    .map(([key, { Value }]) => [key, attempt(`output ${key}`, () => evaluate(Value, scope))]));
  return { resources, outputs, problems };
}

class TemplateScope implements Scope {
  private readonly known = new Map<string, Names>();
  private readonly template: Template;

  constructor(private readonly stack: AssemblyStack, public readonly region: string) {
    this.template = stack.template;
  }

  public ref(logicalId: string): unknown {
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': ACCOUNT,
      'AWS::Region': this.region,
      'AWS::Partition': PARTITION,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stack.name,
      'AWS::StackId': `arn:${PARTITION}:cloudformation:${this.region}:${ACCOUNT}:stack/${this.stack.name}/local`,
      'AWS::NotificationARNs': [],
    };
    return pseudo[logicalId] ?? this.template.Parameters?.[logicalId]?.Default ?? this.names(logicalId)?.ref;
  }

  public attribute(logicalId: string, attribute: string): unknown {
    return this.names(logicalId)?.attributes[attribute];
  }

  public mapping(map: string, first: string, second: string): unknown {
    return this.template.Mappings?.[map]?.[first]?.[second];
  }

  public condition(name: string): boolean {
    const condition = this.template.Conditions?.[name];
    if (condition === undefined) throw new Error(`there is no condition ${name}`);
    return evaluate(condition, this) === true;
  }

  public names(logicalId: string): Names | undefined {
    const resource: TemplateResource | undefined = this.template.Resources?.[logicalId];
    if (resource === undefined) return undefined;
    let names = this.known.get(logicalId);
    if (names === undefined) {
      const given = resource.Properties?.[NAME_PROPERTIES[resource.Type]];
      names = namesOf(resource, logicalId, given === undefined ? undefined : String(evaluate(given, this)), this.stack.name, this.region);
      this.known.set(logicalId, names);
    }
    return names;
  }
}
