import { execFile } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { basename, join } from 'path';
import { App, Aspects, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, NagPackSuppression, NagSuppressions } from 'cdk-nag';
import { pythonVenv } from '../../support/python-venv';

/** What AWS Solutions' rules find in the construct that is as it must be; everything else is a finding. */
export const ACCEPTED: NagPackSuppression[] = [
  { id: 'AwsSolutions-S1', reason: 'access logs need a bucket of the user\'s, who names it by serverAccessLogsBucket' },
  { id: 'AwsSolutions-SF1', reason: 'a Standard execution has its whole history in Step Functions; the log is for failures' },
  ...[
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?work\\/\\*\\/', 'a role cannot know its run, so it is the same file of every run'],
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?results\\/\\*\\/', 'a role cannot know its run, so it is the same file of every run'],
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?(inputs|results)\\/\\*$', 'callers name their inputs, and read the results of all of their runs'],
    ['arn:<AWS::Partition>:s3:::my-genomes\\/\\*$', 'the user gave the whole bucket for genomes'],
    ['arn:<AWS::Partition>:batch:.*"Pavi[A-Za-z]+JobDefinition[0-9A-F]+".*:\\*$', 'all revisions of the job definition'],
    ['arn:<AWS::Partition>:batch:.*:job\\/\\*$', 'a job\'s id is not known before it is submitted'],
    ['arn:<AWS::Partition>:states:.*:execution:.*\\*$', 'executions of this state machine; their names are not known before'],
    ['\\*$', 'actions that AWS cannot limit to a resource (a test of the permissions lists them one by one)'],
  ].map(([resource, reason]) => acceptedResource(resource, reason)),
];

/** A permission on more than one resource. */
export function acceptedResource(pattern: string, reason: string): NagPackSuppression {
  return { id: 'AwsSolutions-IAM5', reason, appliesTo: [{ regex: `/^Resource::${pattern}/` }] };
}

/** What AWS Solutions' rules find in a stack beyond what is accepted: `PATH RULE`. */
export function nagFindings(stack: Stack, accepted: NagPackSuppression[] = ACCEPTED): string[] {
  NagSuppressions.addStackSuppressions(stack, accepted);
  Aspects.of(stack).add(new AwsSolutionsChecks());
  const rules = Match.stringLikeRegexp('AwsSolutions-.*');
  const annotations = Annotations.fromStack(stack);
  return [...annotations.findError('*', rules), ...annotations.findWarning('*', rules)].map(({ id, entry }) => `${id} ${String(entry.data).split(':')[0]}`);
}

/** The CDK's own function that empties a bucket that goes with its stack; the app has no say in it. */
const EMPTYING = /^CustomS3AutoDeleteObjectsCustomResourceProvider/;
const EMPTYING_ACCEPTED: NagPackSuppression[] = [
  { id: 'AwsSolutions-IAM4', reason: 'the CDK gives its own function AWS\'s policy for logs' },
  { id: 'AwsSolutions-L1', reason: 'the CDK chooses the runtime of its own function' },
];

/** The same for a template that was synthesized elsewhere, for example from Python. */
export function nagFindingsOfTemplate(templateFile: string, accepted: NagPackSuppression[]): string[] {
  // Without the parameter that the synthesizer adds and the template has already.
  const stack = new Stack(new App(), basename(templateFile, '.template.json'), { synthesizer: new BootstraplessSynthesizer() });
  const included = new CfnInclude(stack, 'Template', { templateFile });
  for (const child of included.node.children) {
    if (EMPTYING.test(child.node.id)) NagSuppressions.addResourceSuppressions(child, EMPTYING_ACCEPTED);
  }
  return nagFindings(stack, [...ACCEPTED, ...accepted]);
}

// W3005: the CDK lets resources depend on what a reference makes them depend on already.
const IGNORED = ['--ignore-checks', 'W3005'];

/** A second or two for each template, once it is installed. */
export async function cfnLint(templateFiles: readonly string[]): Promise<{ status: number; output: string }> {
  const program = join(await pythonVenv(), 'cfn-lint');
  return new Promise((resolve, reject) => {
    execFile(program, [...IGNORED, '--format', 'parseable', '--template', ...templateFiles], (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status !== 'number' || stderr !== '') reject(new Error(`cfn-lint did not run: ${error?.message ?? ''}\n${stderr}`));
      else resolve({ status, output: stdout });
    });
  });
}

/** The same of a template that is in no file yet. */
export async function cfnLintTemplate(template: unknown): Promise<{ status: number; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  const file = join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  try {
    return await cfnLint([file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
