import { BATCH_NAME, requireName } from '../checks/values';

/**
 * Physical names, for teams whose conventions ask for them. A resource with a name of its own cannot be replaced by an update, and a stack with
 * it cannot be deployed twice in a region; without one CloudFormation makes a name. Job queues are named in the compute's options, and
 * what is brought (a bucket, a log group, a table) has its name already.
 */
export interface PipelineNames {
  /**
   * The state machine's: up to 80 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly stateMachineName?: string;
  /**
   * The sequence retrieval jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly sequenceRetrievalJobDefinitionName?: string;
  /**
   * The alignment jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly alignmentJobDefinitionName?: string;
  /**
   * The seq info collection jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly seqInfoCollectionJobDefinitionName?: string;
  /**
   * The own work bucket's: 3 to 63 lower case letters, digits, `.` and `-`, unique in all of AWS. Not with `workBucket`.
   *
   * @default - made by CloudFormation
   */
  readonly workBucketName?: string;
  /**
   * The jobs' own log group's: up to 512 letters, digits and `_-/.#`; for example `pavi/pipeline-batch-jobs`. Not with `jobLogGroup`.
   *
   * @default - made by CloudFormation
   */
  readonly jobLogGroupName?: string;
  /**
   * The executions' own log group's: up to 512 letters, digits and `_-/.#`. Not with `executionLogGroup`.
   *
   * @default - made of the pipeline's path and the stack's id, under `/aws/vendedlogs/states/`
   */
  readonly executionLogGroupName?: string;
  /**
   * The own jobs table's: 3 to 255 letters, digits and `_-.`. Only with `JobsTable.create()`.
   *
   * @default - made by CloudFormation
   */
  readonly jobsTableName?: string;
  /**
   * The dashboard's: up to 255 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly dashboardName?: string;
}

/**
 * Props of the pipeline for the physical names of its resources.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface PhysicalNamesProps {
  /**
   * Physical names.
   *
   * @default - none: CloudFormation makes them
   */
  readonly names?: PipelineNames;
}

/** Props that bring a resource, which then has its name already. */
interface ProvidedResources {
  readonly workBucket?: unknown;
  readonly jobLogGroup?: unknown;
  readonly executionLogGroup?: unknown;
}

interface Rule {
  readonly pattern: RegExp;
  readonly allowed: string;
  /** The prop that brings such a resource. */
  readonly notWith?: keyof ProvidedResources;
}

const LOG_GROUP = { pattern: /^[A-Za-z0-9_/.#-]{1,512}$/, allowed: '1 to 512 letters, digits and "_-/.#"' };

/**
 * What each service allows (its API reference: CreateStateMachine, RegisterJobDefinition, CreateLogGroup, CreateTable, PutDashboard; the
 * Amazon S3 user guide, page "Bucket naming rules"); of Step Functions' characters only those that a pattern or an ARN can't take amiss.
 */
const RULES: { readonly [name in keyof PipelineNames]-?: Rule } = {
  stateMachineName: { pattern: /^[A-Za-z0-9_-]{1,80}$/, allowed: '1 to 80 letters, digits, "-" and "_"' },
  sequenceRetrievalJobDefinitionName: BATCH_NAME,
  alignmentJobDefinitionName: BATCH_NAME,
  seqInfoCollectionJobDefinitionName: BATCH_NAME,
  workBucketName: {
    pattern: /^(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    allowed: '3 to 63 lower case letters, digits, "." and "-", with a letter or digit at each end of its parts',
    notWith: 'workBucket',
  },
  jobLogGroupName: { ...LOG_GROUP, notWith: 'jobLogGroup' },
  executionLogGroupName: { ...LOG_GROUP, notWith: 'executionLogGroup' },
  jobsTableName: { pattern: /^[A-Za-z0-9_.-]{3,255}$/, allowed: '3 to 255 letters, digits and "_-."' },
  dashboardName: { pattern: /^[A-Za-z0-9_-]{1,255}$/, allowed: '1 to 255 letters, digits, "-" and "_"' },
};

/** Returns the physical names; throws for one that its service would refuse, and for one of a resource that is brought. */
export function checkedPhysicalNames(props: PhysicalNamesProps & ProvidedResources): PipelineNames {
  const names = props.names ?? {};
  for (const [key, { pattern, allowed, notWith }] of Object.entries(RULES)) {
    const name = names[key as keyof PipelineNames];
    if (name === undefined) continue;
    if (notWith !== undefined && props[notWith] !== undefined) {
      throw new Error(`names.${key} cannot be set with a ${notWith}, which has its name already, got "${name}"; leave one of them out`);
    }
    requireName(`names.${key}`, name, pattern, allowed);
  }
  return names;
}
