import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as s3 from 'aws-cdk-lib/aws-s3';
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
