import { BATCH_NAME, requireName } from './checks';
import { PipelineNames } from './pipeline-names';

interface Rule {
  readonly pattern: RegExp;
  readonly allowed: string;
  /** The prop with which such a thing is brought, which then has its name. */
  readonly notWith?: 'workBucket' | 'jobLogGroup' | 'executionLogGroup';
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

/** What the pipeline's props bring themselves; see there. */
export interface NamedProps {
  readonly names?: PipelineNames;
  readonly workBucket?: unknown;
  readonly jobLogGroup?: unknown;
  readonly executionLogGroup?: unknown;
}

/** The names, checked. */
export function pipelineNames(props: NamedProps): PipelineNames {
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
