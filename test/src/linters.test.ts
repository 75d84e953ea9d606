import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { allStates, definitionOf, deployed } from './support/expressions';
import { cfnLintTemplate, nagFindings } from './support/linters';
import { allOptionsStack, minimalStack } from './support/whole-stacks';

// It has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } = require('asl-validator');

// The first use of cfn-lint installs it.
jest.setTimeout(600_000);

const STACKS: [string, () => Stack][] = [['the minimal stack', minimalStack], ['the stack with all options', allOptionsStack]];

describe('cdk-nag', () => {
  test.each(STACKS)('finds nothing in %s that is not accepted, with its reason', (_name, stack) => {
    expect(nagFindings(stack())).toEqual([]);
  });

  test('finds a bucket without TLS and a permission for everything', () => {
    const stack = minimalStack();
    new s3.Bucket(stack, 'Planted');
    new iam.Role(stack, 'PlantedRole', { assumedBy: new iam.AccountRootPrincipal() })
      .addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::other/*'] }));
    expect(nagFindings(stack)).toEqual(expect.arrayContaining([
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

describe('cfn-lint', () => {
  test.each(STACKS)('finds nothing in %s', async (_name, stack) => {
    expect(await cfnLintTemplate(Template.fromStack(stack()).toJSON())).toEqual({ status: 0, output: '' });
  });

  test('finds a property that is none', async () => {
    const template = Template.fromStack(minimalStack()).toJSON();
    const [bucket] = Object.values<any>(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    bucket.Properties.Planted = true;
    expect((await cfnLintTemplate(template)).output).toContain('E3002');
  });
});
