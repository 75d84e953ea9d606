import { Annotations, Aspects } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

const WARNING = 'cdk-pavi-alignment-pipeline:subnets-without-way-out';
const DEFAULT_DESTINATION = '0.0.0.0/0';

/**
 * What a job asks before its program runs, by the last part of the endpoints' service names (Amazon ECR user guide, page "Amazon ECR
 * interface VPC endpoints"; Amazon ECS developer guide, page "Amazon ECS interface VPC endpoints").
 */
const ENDPOINTS = ['s3', 'ecr.api', 'ecr.dkr', 'logs'];
const INSTANCE_ENDPOINTS = ['ecs', 'ecs-agent', 'ecs-telemetry'];

export interface NetworkCheckProps {
  readonly vpc: ec2.IVpc;
  readonly subnets?: ec2.SubnetSelection;
  /** Whether the jobs' subnets are those of instances, which also ask ECS. */
  readonly instances: boolean;
}

/**
 * Warns of subnets from which a job reaches neither its image nor S3, so that every job would fail, or wait for ever: those of a VPC of
 * the app without a default route and without the VPC's endpoints, and isolated ones of an imported VPC that nobody chose. How other
 * subnets of an imported VPC are routed cannot be known here. Routes and endpoints may be added after the pipeline, so this looks last.
 */
export function warnOfSubnetsWithoutWayOut(scope: Construct, props: NetworkCheckProps): void {
  Aspects.of(scope).add({
    visit: (node) => {
      if (node !== scope || !isCutOff(scope, props)) return;
      Annotations.of(scope).addWarningV2(WARNING, `the jobs' subnets are isolated, with no way out to ${needed(props).join(', ')}, so no job could start: `
        + `${props.instances ? 'choose public subnets (subnets: { subnetType: ec2.SubnetType.PUBLIC })' : 'set assignPublicIp: true, which takes the public subnets'}, `
        + 'or give the VPC a NAT gateway (natGateways: 1), or endpoints for all of them');
    },
  });
}

function needed({ instances }: NetworkCheckProps): string[] {
  return instances ? [...ENDPOINTS, ...INSTANCE_ENDPOINTS] : ENDPOINTS;
}

function isCutOff(scope: Construct, props: NetworkCheckProps): boolean {
  const { vpc } = props;
  const selected = vpc.selectSubnets(props.subnets).subnets;
  if (!(vpc instanceof ec2.Vpc)) {
    const isolated = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
    return props.subnets === undefined && selected.length > 0 && selected.every(({ subnetId }) => isolated.includes(subnetId));
  }
  const all = scope.node.root.node.findAll();
  const routes = all.filter((construct) => construct instanceof ec2.CfnRoute);
  const hasWayOut = ({ routeTable }: ec2.ISubnet) => routes.some((route) =>
    route.routeTableId === routeTable.routeTableId && route.destinationCidrBlock === DEFAULT_DESTINATION);
  if (selected.every(hasWayOut)) return false;
  // A service's name has the region in it, which may be a token, and ends with the service.
  const endpoints = all.filter((construct) => construct instanceof ec2.CfnVPCEndpoint).filter(({ vpcId }) => vpcId === vpc.vpcId)
    .map(({ stack, serviceName }) => JSON.stringify(stack.resolve(serviceName)));
  return !needed(props).every((service) => endpoints.some((name) => name.includes(`.${service}"`)));
}
