import { Stack, Tags, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Props of the pipeline for the tags of its resources.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface PipelineTagsProps {
  /**
   * Tags of everything that can carry tags, jobs included: added to the default ones, or instead of those with the same key (IAM takes
   * `product` and `Product` for the same). Before the default ones stands, too, what the app adds with `Tags.of(…)`.
   *
   * @default - AppComponent=pipeline, CreatedBy=PAVI, Product=PAVI
   */
  readonly tags?: { [key: string]: string };
}

const MAX_JOB_TAGS = 50;
/** That of the run. */
const OWN_JOB_TAGS = 1;

/** As on the rest of PAVI's resources. */
const DEFAULT_TAGS = { Product: 'PAVI', CreatedBy: 'PAVI', AppComponent: 'pipeline' };
/** Below that of `Tags.of(…).add`, 100: what the app says of all its resources stands. */
const DEFAULT_PRIORITY = 50;

/** Tags everything below the scope that can carry tags; the app's are added to the default ones, and replace those with the same key. */
export function addTags(scope: Construct, tags: { readonly [key: string]: string } = {}): void {
  const taken = Object.keys(tags).map((key) => key.toLowerCase());
  for (const [key, value] of Object.entries(DEFAULT_TAGS)) {
    if (!taken.includes(key.toLowerCase())) Tags.of(scope).add(key, value, { priority: DEFAULT_PRIORITY });
  }
  for (const [key, value] of Object.entries(tags)) {
    requireTag(key, value);
    Tags.of(scope).add(key, value);
  }
  scope.node.addValidation({ validate: () => [...sameButForCase(scope), ...tooManyForJobs(scope)] });
}

/**
 * "If the total number of combined tags from the job and job definition is over 50, the job is moved to the FAILED state" (AWS Batch API
 * reference, page "SubmitJob", propagateTags).
 */
function tooManyForJobs(scope: Construct): string[] {
  const most = MAX_JOB_TAGS - OWN_JOB_TAGS;
  return scope.node.findAll().filter((construct) => construct instanceof batch.CfnJobDefinition).flatMap((definition) => {
    const { length } = Object.keys({ ...Stack.of(definition).tags.tagValues(), ...definition.tags.tagValues() });
    return length <= most ? [] : [`a job definition must have up to ${most} tags, since Batch takes ${MAX_JOB_TAGS} of a job and the pipeline adds the run's, `
      + `got ${length} on ${definition.node.path}; remove some, for example by Tags.of(pipeline).remove(KEY)`];
  });
}

/** AWS General Reference, page "Tagging your AWS resources". */
function requireTag(key: string, value: string): void {
  if (Token.isUnresolved(key) || Token.isUnresolved(value)) return;
  if (!/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu.test(key) || !/^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u.test(value)) {
    throw new Error('tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and "_.:/=+-@", and no key that begins with "aws:", '
      + `got "${key}" with "${value}"; change it`);
  }
}

/**
 * A role with two such keys is not created: "tag keys for IAM users and roles are not case sensitive" (AWS IAM user guide, page "Tags for
 * AWS Identity and Access Management resources"). Known only once the app's own tags are: those of constructs around, and the stack's.
 */
function sameButForCase(scope: Construct): string[] {
  const roles = scope.node.findAll().filter((construct) => construct instanceof iam.CfnRole);
  const keys = new Set(roles.flatMap((role) => [...Object.keys(role.tags.tagValues()), ...Object.keys(Stack.of(role).tags.tagValues())]));
  return [...keys].flatMap((key) => {
    const other = [...keys].find((one) => one < key && one.toLowerCase() === key.toLowerCase());
    return other === undefined ? [] : [`tags must differ in more than case, since IAM refuses roles otherwise, got "${other}" and "${key}"; `
      + `change one of them, or remove it: Tags.of(pipeline).remove("${other}")`];
  });
}
