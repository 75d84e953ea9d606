import { cpSync } from 'node:fs';
import { dirname } from 'node:path';
import { paviPipeline } from './support/pavi-pipeline';
import { Entry, jobsOf, runSample, SAMPLE_GENOME, SAMPLE_INPUT, SampleRun, sampleEntries, TestFolders } from './support/sample-run';

const folders = new TestFolders();
let app: string;

beforeAll(() => { app = folders.synthesize({ regionsPerJob: 1 }); });
afterAll(() => folders.remove());

function runWith(change: (entries: Entry[]) => unknown): Promise<SampleRun> {
  return runSample(folders, app, folders.json(change(sampleEntries())));
}

function submitted({ history }: SampleRun): number {
  return history.filter(({ type }) => type === 'TaskSubmitted').length;
}

describe('a bad input ends the run before any job starts, with every problem in one error', () => {
  test.each<[string, (entries: Entry[]) => unknown, string[]]>([
    ['an empty list', () => [], ['1 problem: seq_regions must be a list of one or more region entries, got []']],
    ['one entry without variants', ([, entry]) => [entry], ['1 problem: ', 'one sequence']],
    ['two ids that are the same', ([a, b]) => [a, { ...b, unique_entry_id: a.unique_entry_id }], ['seq_regions[1] (002_apl-1_C42D8.8a.1_yn32)', 'unique']],
    ['a space in a name', ([a, b]) => [a, { ...b, base_seq_name: 'apl 1' }], ['base_seq_name', '"apl 1"']],
    ['a slash in an id', ([a, b]) => [a, { ...b, unique_entry_id: '../b' }], ['unique_entry_id', '"../b"']],
    ['a part that ends before it starts, on the forward strand', ([a, b]) => [a, { ...b, seq_strand: '+' }], ['24 problems: ', 'exon_seq_regions[11] ends before it starts', 'cds_seq_regions[11] ends before it starts',
      'got {"start":5113420,"end":5113100}']],
    ['several at once', ([a, b, c]) => [{ ...a, seq_id: '' }, { ...b, fasta_file_url: 'ftp://example.org/x' }, { ...c, base_seq_name: 'a b' }],
      ['3 problems: ', 'seq_id', 'fasta_file_url', 'base_seq_name']],
  ])('%s', async (_what, change, told) => {
    const run = await runWith(change);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Pavi.InvalidInput');
    told.forEach((text) => expect(run.stderr).toContain(text));
    expect(run.history.at(-1)).toMatchObject({ type: 'ExecutionFailed', details: { error: 'Pavi.InvalidInput' } });
    expect(submitted(run)).toBe(0);
  });

  test('in a larger run than the state machine checks, by the worker, with the same list', async () => {
    const run = await runWith(([entry]) => Array.from({ length: 51 }, (_, index) => ({ ...entry, unique_entry_id: `e${index}`, seq_id: index === 50 ? 7 : entry.seq_id })));
    expect(run.code).toBe(1);
    expect(run.history.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      details: { error: 'Pavi.InvalidInput', cause: expect.stringMatching(/^1 problem: seq_regions\[50] \(e50\): seq_id must be text, .*, got 7 \[sequence retrieval, entr(y|ies) \d+ .*exit code 64/) },
    });
    expect(submitted(run)).toBeGreaterThan(0);
  });

  test('text that is not JSON', async () => {
    const run = await runSample(folders, app, folders.json('[{"unique_entry_id": ', 'broken.json'));
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^error: Pavi\.InvalidInput: .*broken\.json is not JSON: .*; expected a list of region entries/);
    expect(run.history).toEqual([]);
  });

  test('a file that is not there', async () => {
    const run = await runSample(folders, app, '/nowhere/input.json');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^error: Pavi\.InvalidInput: \/nowhere\/input\.json cannot be read/);
  });
});

describe('what only a job can know ends the run with the worker\'s own words', () => {
  test('a genome without its index', async () => {
    const genome = folders.path('alone.fna.gz');
    cpSync(SAMPLE_GENOME, genome);
    const run = await runSample(folders, app, folders.json(sampleEntries(`file://${genome}`)));
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('FAILED: Pavi.GenomeUnavailable');
    expect(run.stderr).toMatch(/the genome's index cannot be had: .*alone\.fna\.gz\.(fai|gzi) cannot be read/);
    expect(run.stderr).toMatch(/entry 00\d_/);
    expect(run.stderr).toContain('samtools faidx');
  });

  test('a region outside of its chromosome', async () => {
    const run = await runWith(([a, b]) => [a, { ...b, exon_seq_regions: [{ start: 99_000_000, end: 99_000_300 }], cds_seq_regions: [] }]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('FAILED: Pavi.ReferenceSequenceFailed');
    expect(run.stderr).toContain('entry 003_apl-1_C42D8.8b.1');
    expect(run.stderr).toContain('expected positions 1 to 17718942');
  });

  test('a genome of this machine, where that was not allowed', async () => {
    const output = folders.path('output');
    const { code, stderr } = await paviPipeline('run', '--app', app, '--input', folders.json(sampleEntries()), '--output', output);
    expect(code).toBe(1);
    expect(stderr).toContain('FAILED: Pavi.GenomeRefused');
    expect(stderr).toContain('https://');
  });

  test('an input in S3 that is not there', async () => {
    const [command] = jobsOf((await runWith((entries) => entries)).history).map(({ Container }) => Container.Command);
    // Each run has buckets of its own, so what an earlier one stored is not there.
    const run = await runSample(folders, app, folders.json({ seq_regions_uri: command[2], input_count: 3 }));
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`${command[2]} cannot be read`);
  });
});

describe('the permissions of the synthesized roles hold here', () => {
  /** Takes an action out of all policies of the roles whose logical id matches. */
  function without(action: string, role: RegExp): string {
    return folders.changed(app, ({ Resources }) => {
      const roles = Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::IAM::Role' && role.test(id));
      let removed = 0;
      for (const { Type, Properties } of Object.values<any>(Resources)) {
        if (Type !== 'AWS::IAM::Policy' || !Properties.Roles.some(({ Ref }: { Ref: string }) => roles.includes(Ref))) continue;
        const { Statement } = Properties.PolicyDocument;
        const kept = Statement.filter(({ Action }: { Action: string | string[] }) => ![Action].flat().includes(action));
        removed += Statement.length - kept.length;
        Properties.PolicyDocument.Statement = kept;
      }
      if (removed === 0) throw new Error(`no role that matches ${role} may ${action}`);
    });
  }

  test.each([
    ['retrieval that may not write', 's3:PutObject', /SequenceRetrievalJobRole/, /:assumed-role\/.*SequenceRetrievalJobRole.* is not authorized to perform: s3:PutObject on resource: "?arn:aws:s3:::[^"]+\/work\/[^"]+\/sequences\/002_apl-1_C42D8\.8a\.1_yn32-/],
    ['retrieval that may not read', 's3:GetObject', /SequenceRetrievalJobRole/, /is not authorized to perform: s3:GetObject on resource: "?arn:aws:s3:::[^"]+\/seq_regions\.json/],
    ['an alignment that may not write', 's3:PutObject', /AlignmentJobRole/, /is not authorized to perform: s3:PutObject on resource: "?arn:aws:s3:::[^"]+\/results\/[^"]+\/alignment-output\.aln/],
    ['an alignment that may not list', 's3:ListBucket', /AlignmentJobRole/, /is not authorized to perform: s3:ListBucket on resource: "?arn:aws:s3:::/],
    ['a state machine that may not store the input', 's3:PutObject', /StateMachineRole/, /is not authorized to perform: s3:PutObject on resource: "?arn:aws:s3:::[^"]+\/seq_regions\.json/],
  ])('%s', async (_what, action, role, told) => {
    const run = await runSample(folders, without(action, role), folders.json(sampleEntries().slice(0, 1)));
    expect(run.code).toBe(1);
    expect(run.stderr.replace(/\\"/g, '"')).toMatch(told);
    // So S3 names it to a job; to a state machine Step Functions names it S3.S3Exception.
    expect(run.stderr).toMatch(/AccessDenied|S3\.S3Exception/);
  });
});

describe('a permissions boundary of the app', () => {
  const bounded = (...Statement: object[]) => folders.changed(app, ({ Resources }) => {
    Resources.Boundary = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement } } };
    for (const { Type, Properties } of Object.values<any>(Resources)) if (Type === 'AWS::IAM::Role') Properties.PermissionsBoundary = { Ref: 'Boundary' };
  });
  const all = { Effect: 'Allow', Action: '*', Resource: '*' };

  test('that allows everything changes nothing', async () => {
    const run = await runSample(folders, bounded(all), SAMPLE_INPUT);
    expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    ['does not allow what a job needs', { ...all, Action: ['s3:GetObject', 's3:PutObject', 'events:*', 'batch:*'], Resource: '*' }, 's3:ListBucket'],
    ['does not allow what the state machine needs', { ...all, Action: ['s3:*', 'events:*', 'batch:SubmitJob', 'batch:TagResource'] }, 'batch:DescribeJobs'],
  ])('that %s stops the run, in AWS\'s words', async (_name, statement, action) => {
    const run = await runSample(folders, bounded(statement), SAMPLE_INPUT);
    expect(run.code).toBe(1);
    expect(run.stderr.replace(/\\"/g, '"')).toContain(`because no permissions boundary allows the ${action} action`);
  });
});

describe('what cannot be run here is refused by name when the template is loaded', () => {
  test.each<[string, (template: any) => void, RegExp]>([
    ['a type of resource', ({ Resources }) => { Resources.Jobs = { Type: 'AWS::SQS::Queue' }; }, /Jobs \(AWS::SQS::Queue\)/],
    ['an intrinsic function', ({ Resources }) => { bucket(Resources).Properties.BucketName = { 'Fn::Cidr': ['10.0.0.0/16', 2, 5] }; }, /Fn::Cidr is not supported/],
    ['a condition of a policy', ({ Resources }) => {
      policy(Resources).Properties.PolicyDocument.Statement[0].Condition = { BinaryEquals: { key: 'QQ==' } };
    }, /BinaryEquals/],
    ['a permissions boundary of a job\'s role', ({ Resources }) => {
      jobRole(Resources).Properties.PermissionsBoundary = 'arn:aws:iam::123456789012:policy/boundary';
    }, /SequenceRetrievalJobRole\w+: the permissions boundary arn:aws:iam::123456789012:policy\/boundary is not in the app, so what it allows is not known here/],
    ['a managed policy of a job\'s role', ({ Resources }) => {
      jobRole(Resources).Properties.ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonS3FullAccess'];
    }, /the managed policy arn:aws:iam::aws:policy\/AmazonS3FullAccess is not in the app/],
    ['a definition that is not in the template', ({ Resources }) => {
      const { Properties } = ofType(Resources, 'AWS::StepFunctions::StateMachine');
      delete Properties.DefinitionString;
      Properties.DefinitionS3Location = { Bucket: 'b', Key: 'k' };
    }, /its definition is not in the template; expected DefinitionString or Definition/],
    ['a transform', (template) => { template.Transform = 'AWS::Serverless-2016-10-31'; }, /the transform "AWS::Serverless-2016-10-31" is not supported/],
    ['a privileged container', ({ Resources }) => { definition(Resources).Properties.ContainerProperties.Privileged = true; }, /privileged/],
    ['an image that the app does not build', ({ Resources }) => {
      definition(Resources).Properties.ContainerProperties.Image = 'docker.io/library/debian:12';
    }, /docker\.io\/library\/debian:12/],
  ])('%s', async (_what, change, told) => {
    const run = await runSample(folders, folders.changed(app, change), SAMPLE_INPUT);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/cannot be run on this machine:\n {2}- /);
    expect(run.stderr).toMatch(told);
    expect(run.history).toEqual([]);
  });

  test('a folder that is no cloud assembly', async () => {
    const run = await runSample(folders, dirname(app), SAMPLE_INPUT);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('give --app the folder that cdk synth wrote');
  });

  const ofType = (resources: any, type: string) => Object.values<any>(resources).find(({ Type }) => Type === type);
  const jobRole = (resources: any) => resources[Object.keys(resources).find((id) => /SequenceRetrievalJobRole/.test(id))!];
  const bucket = (resources: any) => ofType(resources, 'AWS::S3::Bucket');
  const policy = (resources: any) => ofType(resources, 'AWS::IAM::Policy');
  const definition = (resources: any) => ofType(resources, 'AWS::Batch::JobDefinition');
});
