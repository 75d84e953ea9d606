import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LoadError } from '../../../engine/assembly/load-error';
import { loadAssembly } from '../../../engine/deployment/load-assembly';
import { newPipeline } from '../../src/support/pipeline-stack';

const folder = mkdtempSync(join(tmpdir(), 'pavi-stacks-'));

beforeAll(() => {
  const app = new App({ outdir: folder });
  const shared = new s3.Bucket(new Stack(app, 'Shared'), 'Bucket');
  newPipeline(new Stack(app, 'Pipeline'), { workBucket: shared });
  new CfnResource(new Stack(app, 'Database'), 'Db', { type: 'AWS::RDS::DBInstance' });
  const several = { containers: ['in', 'main'].map((name) => ({ name, image: 'image', resourceRequirements: [] })) };
  const ecs = new Stack(app, 'Ecs');
  newPipeline(ecs);
  new batch.CfnJobDefinition(ecs, 'Several', { type: 'container', ecsProperties: { taskProperties: [several] } });
  app.synth();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('stacks that are not chosen may have what is not supported; those that the chosen import from are loaded', () => {
  expect(() => loadAssembly(folder)).toThrow('Db (AWS::RDS::DBInstance): this type of resource is not supported');
  const { stacks, buckets } = loadAssembly(folder, { stacks: ['Pipeline'] });
  expect(stacks.map(({ name }) => name).sort()).toEqual(['Pipeline', 'Shared']);
  expect(buckets.size).toBe(1);
});

test('a stack that the app does not have', () => {
  expect(() => loadAssembly(folder, { stacks: ['Pipeline', 'Pipelin'] })).toThrow('it has no stack Pipelin; it has: Shared, Pipeline, Database, Ecs');
});

test('a job definition of several containers is refused by its name', () => {
  expect(() => loadAssembly(folder, { stacks: ['Ecs'] })).toThrow(LoadError);
  expect(() => loadAssembly(folder, { stacks: ['Ecs'] })).toThrow(/Several: EcsProperties of a job definition is not supported: batch:submitJob.sync cannot start/);
});

describe('what AWS would refuse for its size', () => {
  const loaded = (build: (stack: Stack) => void) => {
    const outdir = mkdtempSync(join(folder, 'size-'));
    const app = new App({ outdir });
    build(new Stack(app, 'Sizes'));
    app.synth();
    return () => loadAssembly(outdir);
  };
  const assumedBy = new iam.ServicePrincipal('states.amazonaws.com');
  const policy = (stack: Stack, characters: number, more: object = {}) => {
    const role = new iam.CfnRole(stack, 'Role', {
      assumeRolePolicyDocument: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['sts:AssumeRole'], principals: [assumedBy] })] }),
      policies: [{ policyName: 'Inline', policyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'x'.repeat(characters) }] } }],
      ...more,
    });
    return role;
  };

  test('a role', () => {
    expect(loaded((stack) => policy(stack, 10_300))).toThrow(/Role: a role's inline policies have up to 10240 characters in all, got 10\d{3}/);
    expect(loaded((stack) => policy(stack, 1, { roleName: 'r'.repeat(65) }))).toThrow("Role: a role's name has up to 64 characters, got 65");
    expect(loaded((stack) => policy(stack, 10_100, { roleName: 'r'.repeat(64) }))).not.toThrow(/up to/);
  });

  test('a role whose name is CloudFormation\'s to cut', () => {
    expect(loaded((stack) => policy(stack, 1).overrideLogicalId('R'.repeat(80)))).not.toThrow(/a role's name/);
  });

  test('a role with two policies that are in the limit each', () => {
    expect(loaded((stack) => {
      const role = policy(stack, 6000);
      new iam.CfnPolicy(stack, 'More', { policyName: 'More', roles: [role.ref], policyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'y'.repeat(6000) }] } });
    })).toThrow(/Role: a role's inline policies have up to 10240 characters in all, got 12\d{3}/);
  });

  test('a managed policy', () => {
    const managed = (characters: number) => loaded((stack) => {
      new iam.CfnManagedPolicy(stack, 'Managed', { policyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'x'.repeat(characters) }] } });
    });
    expect(managed(6200)).toThrow(/Managed: a managed policy has up to 6144 characters, got 62\d{2}/);
    expect(managed(6000)).not.toThrow(/up to/);
  });

  test('a definition of more than 1 MiB', () => {
    const definition = (bytes: number) => loaded((stack) => {
      new sfn.CfnStateMachine(stack, 'Machine', {
        roleArn: policy(stack, 1).attrArn,
        definitionString: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', End: true, Comment: 'x'.repeat(bytes) } } }),
      });
    });
    expect(definition(1024 * 1024)).toThrow(/Machine: a definition has up to 1048576 characters, got 1048\d{3}/);
    expect(definition(1024 * 1024 - 200)).not.toThrow();
  });
});
