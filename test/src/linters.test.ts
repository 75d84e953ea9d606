import { spawnSync } from 'child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Aspects, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, NagSuppressions } from 'cdk-nag';
import { allStates, definitionOf, deployed } from './support/expressions';
import { allOptionsStack, minimalStack } from './support/whole-stacks';

// It has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } = require('asl-validator');

const STACKS: [string, () => Stack][] = [['the minimal stack', minimalStack], ['the stack with all options', allOptionsStack]];

/** What AWS Solutions' rules find that is as it must be; everything else fails the test. */
const ACCEPTED = [
  { id: 'AwsSolutions-S1', reason: 'access logs need a bucket of the user\'s, who names it by serverAccessLogsBucket' },
  { id: 'AwsSolutions-SF1', reason: 'a Standard execution has its whole history in Step Functions; the log is for failures' },
  ...[
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?work\\/\\*\\/', 'a role cannot know its run, so it is the same file of every run'],
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?results\\/\\*\\/', 'a role cannot know its run, so it is the same file of every run'],
    ['<PaviWorkBucket[0-9A-F]+\\.Arn>\\/(pavi\\/test\\/)?(inputs|results)\\/\\*$', 'callers name their inputs, and read the results of all of their runs'],
    ['arn:<AWS::Partition>:s3:::my-genomes\\/\\*$', 'the user gave the whole bucket for genomes'],
    ['arn:<AWS::Partition>:batch:.*"Pavi[A-Za-z]+JobDefinition[0-9A-F]+".*:\\*$', 'all revisions of the job definition'],
    ['arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:job\\/\\*$', 'a job\'s id is not known before it is submitted'],
    ['arn:<AWS::Partition>:states:.*:execution:.*\\*$', 'executions of this state machine; their names are not known before'],
    ['\\*$', 'actions that AWS cannot limit to a resource (a test of the permissions lists them one by one)'],
  ].map(([resource, reason]) => ({ id: 'AwsSolutions-IAM5', reason, appliesTo: [{ regex: `/^Resource::${resource}/` }] })),
];

/** What the rules find beyond what is accepted. */
function findings(stack: Stack): string[] {
  NagSuppressions.addStackSuppressions(stack, ACCEPTED);
  Aspects.of(stack).add(new AwsSolutionsChecks());
  const rules = Match.stringLikeRegexp('AwsSolutions-.*');
  const annotations = Annotations.fromStack(stack);
  return [...annotations.findError('*', rules), ...annotations.findWarning('*', rules)].map(({ id, entry }) => `${id} ${String(entry.data).split(':')[0]}`);
}

describe('cdk-nag', () => {
  test.each(STACKS)('finds nothing in %s that is not accepted, with its reason', (_name, stack) => {
    expect(findings(stack())).toEqual([]);
  });

  test('finds a bucket without TLS and a permission for everything', () => {
    const stack = minimalStack();
    new s3.Bucket(stack, 'Planted');
    new iam.Role(stack, 'PlantedRole', { assumedBy: new iam.AccountRootPrincipal() })
      .addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::other/*'] }));
    expect(findings(stack)).toEqual(expect.arrayContaining([
      '/Stack/Planted/Resource AwsSolutions-S10',
      expect.stringMatching(/^\/Stack\/PlantedRole\/DefaultPolicy\/Resource AwsSolutions-IAM5/),
    ]));
  });
});

describe('asl-validator', () => {
  test.each(STACKS)('finds nothing in %s', (_name, stack) => {
    const result = validate(deployed(definitionOf(Template.fromStack(stack()))));
    expect(result.isValid ? [] : result.errors).toEqual([]);
  });

  test.each<[string, (definition: any) => void]>([
    ['a state that leads nowhere', (definition) => { definition.States.PlanRun.Next = 'Nowhere'; }],
    ['an expression that is none', (definition) => { allStates(definition).RunFailed.Cause = '{% $states.input. %}'; }],
    ['a field of the other query language', (definition) => { definition.States.StoreInput.Parameters = {}; }],
  ])('finds %s', (_what, plant) => {
    const definition = deployed(definitionOf(Template.fromStack(minimalStack())));
    plant(definition);
    expect(validate(definition).isValid).toBe(false);
  });
});

/** cfn-lint is a Python package: set up once, and used in the long form of the tests alone. */
const CFN_LINT_VERSION = '1.58.0';
const CFN_LINT_FOLDER = join(__dirname, '..', '..', '.cache', 'cfn-lint');

(process.env.PAVI_LONG_TESTS === '1' ? describe : describe.skip)('cfn-lint', () => {
  const run = (command: string, args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === null || stderr.includes('Traceback')) throw new Error(`${command} ${args.join(' ')} did not run: ${stderr}`);
    return { status, output: stdout };
  };
  const lint = (template: unknown) => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    try {
      // W3005: the CDK lets resources depend on what a reference makes them depend on already.
      return run(join(CFN_LINT_FOLDER, 'bin', 'cfn-lint'), ['--ignore-checks', 'W3005', '--format', 'parseable', '--template', file]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  beforeAll(() => {
    if (existsSync(join(CFN_LINT_FOLDER, 'bin', 'cfn-lint'))) return;
    expect(run('python3', ['-m', 'venv', CFN_LINT_FOLDER]).status).toBe(0);
    expect(run(join(CFN_LINT_FOLDER, 'bin', 'pip'), ['install', '--quiet', `cfn-lint==${CFN_LINT_VERSION}`]).status).toBe(0);
  }, 600_000);

  test.each(STACKS)('finds nothing in %s', (_name, stack) => {
    expect(lint(Template.fromStack(stack()).toJSON())).toEqual({ status: 0, output: '' });
  }, 120_000);

  test('finds a property that is none', () => {
    const template = Template.fromStack(minimalStack()).toJSON();
    const [bucket] = Object.values<any>(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    bucket.Properties.Planted = true;
    expect(lint(template).output).toContain('E3002');
  }, 120_000);
});
