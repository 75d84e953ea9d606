import { Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { StepSettings } from './step-settings';
import { PipelineComputeConfig } from '../compute/compute-config';
import { ComputePlatform } from '../compute/compute-platform';
import { ExitCode } from '../contract/exit-codes';
import { PIPELINE_ENV } from '../contract/worker-metrics';
import { taskRole } from '../roles/task-role';
import { RunStorage } from '../storage/run-storage';

/** What all steps share. */
export interface StepEnvironment {
  /** The pipeline's name in the worker's metrics. */
  readonly pipelineName: string;
  readonly compute: PipelineComputeConfig;
  readonly image: ecs.ContainerImage;
  readonly executionRole: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly storage: RunStorage;
}

/** What the app brings of a step: an imported role, a physical name. */
export interface JobStepOverrides {
  readonly jobRole?: iam.IRole;
  readonly jobDefinitionName?: string;
}

export interface JobStepProps extends StepEnvironment {
  readonly settings: StepSettings;
  /** The first part of the step's log stream names. */
  readonly logStreamPrefix: string;
  /** Without them, the step has a role of its own and a name that CloudFormation makes. */
  readonly overrides: JobStepOverrides;
  /** What the step's job role may do; nothing else. */
  readonly statements: iam.PolicyStatement[];
}

/** One step: its job definition and the role of its jobs. */
export class JobStep extends Construct {
  public readonly jobDefinition: batch.EcsJobDefinition;
  public readonly jobRole: iam.IRole;
  public readonly settings: StepSettings;

  constructor(scope: Construct, id: string, props: JobStepProps) {
    super(scope, id);
    this.settings = props.settings;
    this.jobRole = props.overrides.jobRole ?? taskRole(this, 'JobRole', `What the jobs of ${this.node.path} may do`);
    props.statements.forEach((statement) => this.jobRole.addToPrincipalPolicy(statement));
    const image = new RecordedImage(props.image);
    this.jobDefinition = new batch.EcsJobDefinition(this, 'JobDefinition', {
      jobDefinitionName: props.overrides.jobDefinitionName,
      container: this.container({ ...props, image }),
      retryAttempts: props.settings.attempts,
      retryStrategies: retryStrategies(props.compute.platform),
      timeout: props.settings.timeout,
      propagateTags: true,
    });
    keepOldRevisions(this.jobDefinition);
    if (props.compute.platform === ComputePlatform.FARGATE) leaveOutVolumeHost(this.jobDefinition);
    passRegistryCredentials(this.jobDefinition, image.config?.repositoryCredentials);
  }

  private container(props: JobStepProps): batch.IEcsContainerDefinition {
    const [size] = props.settings.sizes;
    const common: batch.EcsContainerDefinitionProps = {
      image: props.image,
      cpu: size.vcpus,
      memory: Size.mebibytes(size.memoryMiB),
      jobRole: this.jobRole,
      executionRole: props.executionRole,
      // The SDK asks for a region, and only Fargate's agent tells a container its own.
      environment: { AWS_REGION: Stack.of(this).region, [PIPELINE_ENV]: props.pipelineName },
      logging: ecs.LogDriver.awsLogs({ logGroup: props.logGroup, streamPrefix: props.logStreamPrefix }),
      readonlyRootFilesystem: true,
      // The only place that a job can write to; it goes with the job. Such a volume belongs to root, with the rights 0755, unless the
      // image declares a VOLUME at the same path: then it starts with that folder's owner and rights (Amazon ECS developer guide,
      // page "Use bind mounts with Amazon ECS"). So the image of a user that is not root must have VOLUME /tmp.
      volumes: [batch.EcsVolume.host({ name: 'scratch', containerPath: '/tmp' })],
    };
    if (props.compute.platform === ComputePlatform.EC2) {
      return new batch.EcsEc2ContainerDefinition(this, 'Container', { ...common, privileged: false });
    }
    return new batch.EcsFargateContainerDefinition(this, 'Container', {
      ...common,
      assignPublicIp: props.compute.assignPublicIp ?? false,
      fargateCpuArchitecture: props.compute.cpuArchitecture,
      fargateOperatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    });
  }
}

/**
 * Tries a job again in three cases, and in no other:
 *
 * - its machine was taken away, which may leave an exit code of the signal that stopped the container;
 * - the worker found an external service unavailable;
 * - it has no exit code, so its container never started. Batch and ECS have many words for that, so no rule names them: where no rule
 *   matches, Batch tries again (AWS Batch API reference, page "EvaluateOnExit").
 *
 * Batch takes at most five rules. A `*` alone would match every exit code, but nobody documents whether it matches a missing one as well:
 * so the exit codes are named by their first digit. The worker has 64, 70, 137 and 143, Node.js and a shell 1 and 126 to 139. Another
 * code (that of an image of your own) is tried again.
 */
function retryStrategies(platform: ComputePlatform): batch.RetryStrategy[] {
  const rule = (action: batch.Action, when: batch.CustomReason) => batch.RetryStrategy.of(action, batch.Reason.custom(when));
  return [
    rule(batch.Action.RETRY, { onStatusReason: platform === ComputePlatform.EC2 ? 'Host EC2*' : 'Your Spot Task was interrupted*' }),
    rule(batch.Action.RETRY, { onExitCode: String(ExitCode.UNAVAILABLE) }),
    ...['1*', '6*', '7*'].map((onExitCode) => rule(batch.Action.EXIT, { onExitCode })),
  ];
}

/** An image that remembers what it was bound to: the CDK does not hand the credentials of its registry on to Batch. */
class RecordedImage extends ecs.ContainerImage {
  public config?: ecs.ContainerImageConfig;

  constructor(private readonly image: ecs.ContainerImage) {
    super();
  }

  public bind(scope: Construct, containerDefinition: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    this.config = this.image.bind(scope, containerDefinition);
    return this.config;
  }
}

function passRegistryCredentials(jobDefinition: batch.EcsJobDefinition, credentials?: ecs.CfnTaskDefinition.RepositoryCredentialsProperty): void {
  if (credentials === undefined) return;
  const resource = jobDefinition.node.defaultChild as batch.CfnJobDefinition;
  resource.addPropertyOverride('ContainerProperties.RepositoryCredentials.CredentialsParameter', credentials.credentialsParameter);
}

/** A deployment must not take a revision away from under running or redriven runs. */
function keepOldRevisions(jobDefinition: batch.EcsJobDefinition): void {
  const resource = jobDefinition.node.defaultChild as batch.CfnJobDefinition;
  resource.addPropertyOverride('ResourceRetentionPolicy.SkipDeregisterOnUpdate', true);
}

/** "This parameter isn't applicable to jobs that are running on Fargate resources and shouldn't be provided", AWS Batch API reference, page "Volume". */
function leaveOutVolumeHost(jobDefinition: batch.EcsJobDefinition): void {
  const resource = jobDefinition.node.defaultChild as batch.CfnJobDefinition;
  resource.addPropertyDeletionOverride('ContainerProperties.Volumes.0.Host');
}
