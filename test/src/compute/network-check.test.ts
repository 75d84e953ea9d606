import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PipelineCompute } from '../../../src';
import { newPipeline, newStack } from '../support/pipeline-stack';

const ID = 'cdk-pavi-alignment-pipeline:subnets-without-way-out';

interface Options { readonly subnets?: ec2.SubnetSelection; readonly assignPublicIp?: boolean }

/** The texts of the warnings on a stack with a pipeline in this network; `after` is what the app adds behind it. */
function warnings(kind: 'fargate' | 'ec2', network: (stack: Stack) => ec2.IVpc, options: Options = {}, after: (vpc: any, stack: Stack) => void = () => {}): string[] {
  const stack = newStack();
  const vpc = network(stack);
  newPipeline(stack, { compute: PipelineCompute[kind]({ vpc, ...options }) });
  after(vpc, stack);
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(ID)).map(({ entry }) => String(entry.data));
}

const own = (props: ec2.VpcProps) => (stack: Stack) => new ec2.Vpc(stack, 'Net', props);
const withoutNat = own({ natGateways: 0 });
const imported = (attributes: Partial<ec2.VpcAttributes>) => (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Net', {
  vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], ...attributes,
});
const PUBLIC = { subnetType: ec2.SubnetType.PUBLIC };
const addEndpoints = (...names: string[]) => (vpc: ec2.Vpc) => {
  vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  names.forEach((name) => vpc.addInterfaceEndpoint(name.replace('.', ''), { service: new ec2.InterfaceVpcEndpointAwsService(name) }));
};

describe('jobs without a way out are warned of', () => {
  test('on Fargate in a VPC without NAT gateways, with the cures', () => {
    expect(warnings('fargate', withoutNat)).toEqual([
      'the jobs\' subnets are isolated, with no way out to s3, ecr.api, ecr.dkr, logs, so no job could start: set assignPublicIp: true, which takes the public '
      + `subnets, or give the VPC a NAT gateway (natGateways: 1), or endpoints for all of them [ack: ${ID}]`,
    ]);
  });

  test('on EC2, where instances ask ECS too', () => {
    expect(warnings('ec2', withoutNat)).toEqual([expect.stringContaining('no way out to s3, ecr.api, ecr.dkr, logs, ecs, ecs-agent, ecs-telemetry, '
      + 'so no job could start: choose public subnets (subnets: { subnetType: ec2.SubnetType.PUBLIC })')]);
  });

  test('where endpoints are missing', () => {
    expect(warnings('fargate', withoutNat, {}, addEndpoints('ecr.api', 'ecr.dkr'))).toHaveLength(1);
    expect(warnings('ec2', withoutNat, {}, addEndpoints('ecr.api', 'ecr.dkr', 'logs'))).toHaveLength(1);
  });

  test('where the endpoints are another VPC\'s', () => {
    const other = (_vpc: ec2.Vpc, stack: Stack) => addEndpoints('ecr.api', 'ecr.dkr', 'logs')(new ec2.Vpc(stack, 'Other', { natGateways: 0 }));
    expect(warnings('fargate', withoutNat, {}, other)).toHaveLength(1);
  });

  test('in private subnets that nobody gave a route', () => {
    const routeless = own({ natGateways: 0, subnetConfiguration: [{ name: 'jobs', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }] });
    expect(warnings('fargate', routeless)).toHaveLength(1);
  });

  test('in an imported VPC whose subnets are all isolated', () => {
    expect(warnings('fargate', imported({ isolatedSubnetIds: ['subnet-1'] }))).toHaveLength(1);
  });
});

describe('nothing is warned of', () => {
  test.each<[string, (stack: Stack) => ec2.IVpc, Options]>([
    ['with NAT gateways', own({ natGateways: 1 }), {}],
    ['by default', own({}), {}],
    ['in public subnets with public addresses', withoutNat, { subnets: PUBLIC, assignPublicIp: true }],
    ['in an imported VPC, whose private subnets may have any route', imported({ privateSubnetIds: ['subnet-1'] }), {}],
    ['in isolated subnets of an imported VPC that the app chose', imported({ isolatedSubnetIds: ['subnet-1'] }),
      { subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }],
  ])('on Fargate: %s', (_what, network, options) => {
    expect(warnings('fargate', network, options)).toEqual([]);
  });

  test('on EC2 in public subnets', () => {
    expect(warnings('ec2', withoutNat, { subnets: PUBLIC })).toEqual([]);
  });

  test('where endpoints are there, also those that the app adds after the pipeline', () => {
    expect(warnings('fargate', withoutNat, {}, addEndpoints('ecr.api', 'ecr.dkr', 'logs'))).toEqual([]);
    expect(warnings('ec2', withoutNat, {}, addEndpoints('ecr.api', 'ecr.dkr', 'logs', 'ecs', 'ecs-agent', 'ecs-telemetry'))).toEqual([]);
  });

  test('where the app adds a default route itself', () => {
    const route = (vpc: ec2.Vpc) => vpc.isolatedSubnets.forEach((subnet) => (subnet as ec2.Subnet).addRoute('Out', {
      routerType: ec2.RouterType.TRANSIT_GATEWAY, routerId: 'tgw-1',
    }));
    expect(warnings('fargate', withoutNat, {}, route)).toEqual([]);
  });
});
