import { createHash } from 'node:crypto';
import type { TemplateResource } from './cloud-assembly';

/** The account that the engine plays where the app leaves it open. */
export const ACCOUNT = '000000000000';
export const PARTITION = 'aws';

export interface Names {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What Ref and Fn::GetAtt give for a resource, as the CloudFormation template reference tells for its type ("Return values"). A
 * physical name is the given one, or made of stack and logical id.
 *
 * @param given the physical name, where the template has one, and the path before it, which only resources of IAM have
 */
export function namesOf(
  resource: TemplateResource, logicalId: string, { name: given, path: before }: { readonly name?: string; readonly path: string },
  stack: string, { account, region }: { account: string; region: string },
): Names {
  const name = given ?? `${stack}-${logicalId}`;
  const arn = (service: string, path: string) => `arn:${PARTITION}:${service}:${region}:${account}:${path}`;
  const byArn = (value: string, attribute: string, more: Record<string, string> = {}): Names =>
    ({ ref: value, attributes: { [attribute]: value, ...more } });
  switch (resource.Type) {
    case 'AWS::S3::Bucket': {
      const bucket = given ?? bucketName(stack, logicalId);
      return { ref: bucket, attributes: { Arn: `arn:${PARTITION}:s3:::${bucket}`, DomainName: `${bucket}.s3.amazonaws.com` } };
    }
    case 'AWS::IAM::Role':
      return { ref: name, attributes: { Arn: `arn:${PARTITION}:iam::${account}:role${before}${name}`, RoleId: `AROA${logicalId}` } };
    case 'AWS::IAM::ManagedPolicy':
      return byArn(`arn:${PARTITION}:iam::${account}:policy${before}${name}`, 'PolicyArn');
    case 'AWS::Batch::JobDefinition':
      return byArn(arn('batch', `job-definition/${name}:1`), 'JobDefinitionArn');
    case 'AWS::Batch::JobQueue':
      return byArn(arn('batch', `job-queue/${name}`), 'JobQueueArn');
    case 'AWS::Batch::ComputeEnvironment':
      return byArn(arn('batch', `compute-environment/${name}`), 'ComputeEnvironmentArn');
    case 'AWS::Batch::SchedulingPolicy':
      return byArn(arn('batch', `scheduling-policy/${name}`), 'Arn');
    case 'AWS::StepFunctions::StateMachine':
      return byArn(arn('states', `stateMachine:${name}`), 'Arn', { Name: name });
    case 'AWS::Logs::LogGroup':
      return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
    case 'AWS::KMS::Key':
      return { ref: name, attributes: { Arn: arn('kms', `key/${name}`), KeyId: name } };
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
    case 'AWS::Events::Rule':
      return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
    case 'AWS::EC2::VPC':
      // The CDK closes the default security group, by a function whose role names it.
      return { ref: name, attributes: { VpcId: name, DefaultSecurityGroup: `${name}-default-group`, DefaultNetworkAcl: `${name}-default-acl` } };
    case 'AWS::SNS::Topic':
      return byArn(arn('sns', name), 'TopicArn', { TopicName: name });
    default: {
      // It has no part in a run; its name may stand in a policy, or in a property that has none either. What else it would give
      // only AWS knows.
      const [, service, kind] = resource.Type.split('::');
      const made = arn(service.toLowerCase(), `${kind?.toLowerCase() ?? 'resource'}/${name}`);
      return { ref: name, attributes: { Arn: made, [`${kind}Arn`]: made, Name: name, [`${kind}Name`]: name, Id: name, [`${kind}Id`]: name } };
    }
  }
}

/** Lower case, at most 63 characters; what does not fit is told apart by a digest. */
function bucketName(stack: string, logicalId: string): string {
  const name = `${stack}-${logicalId}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  return name.length <= 63 ? name : `${name.slice(0, 54)}-${createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 8)}`;
}
