import { writeFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { paviPipeline, startPaviPipeline } from './support/pavi-pipeline';
import { SAMPLE_INPUT, TestFolders } from './support/sample-run';
import { fargate, newPipeline } from '../../src/support/pipeline-stack';

const folders = new TestFolders();
afterAll(() => folders.remove());

test.each<[string, string[], string]>([
  ['no command', [], 'a command is missing'],
  ['an unknown command', ['ruN'], 'there is no command "ruN"'],
  ['no app', ['run', '--input', SAMPLE_INPUT], '--app is missing'],
  ['no input', ['run', '--app', 'cdk.out'], '--input is missing'],
  ['an unknown option', ['run', '--app', 'cdk.out', '--inputs', 'x'], '--inputs'],
  ['a name that Step Functions does not allow', ['run', '--app', 'a', '--input', 'b', '--name', '../x'], '--name must have up to 80 letters'],
])('%s is refused, and the help is shown', async (_what, args, told) => {
  const { code, stdout, stderr } = await paviPipeline(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`error: ${told.startsWith('--inputs') ? '' : told}`);
  expect(stderr).toContain(told);
  expect(stderr).toContain('pavi-pipeline run --app DIR --input FILE');
});

test('the help of asl is its own, and users do not find asl in theirs', async () => {
  const [users, asl] = await Promise.all([paviPipeline('--help'), paviPipeline('asl', '--help')]);
  expect(users.stdout).not.toContain('pavi-pipeline asl');
  expect(asl).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pavi-pipeline asl DEFINITION\.json/) });
});

test('the help is there when it is asked for', async () => {
  const { code, stdout } = await paviPipeline('run', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--allow-local-genomes');
});

test('the version is there when it is asked for', async () => {
  expect(await paviPipeline('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cdk-pavi-alignment-pipeline \d+\.\d+\.\d+\n$/) });
});

test('where nobody reads its output any more, a command ends as programs of a shell do', async () => {
  const { child, ended } = startPaviPipeline('cost');
  child.stdout!.destroy();
  expect(await ended).toEqual({ code: 141, stdout: '', stderr: '' });
});

test.each(['serve', 'run'])('a file in the way of the folder of %s is told without a stack', async (command) => {
  const inTheWay = folders.path('a-file');
  writeFileSync(inTheWay, '');
  const app = folders.synthesize();
  const { code, stdout, stderr } = command === 'serve' ? await paviPipeline('serve', '--app', app, '--state', inTheWay)
    : await paviPipeline('run', '--app', app, '--input', SAMPLE_INPUT, '--output', inTheWay, '--allow-local-genomes');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/error: (EEXIST|ENOTDIR): .*a-file.*; look whether something is in the way/);
  expect(stderr).not.toMatch(/defect|\n\s+at /);
});

test('what a state machine says cannot write to the terminal what it likes', async () => {
  const file = folders.path('definition.json');
  const cause = 'a\u001b]0;title\u0007\u001b[2Jb\nc';
  writeFileSync(file, JSON.stringify({ StartAt: 'A', QueryLanguage: 'JSONata', States: { A: { Type: 'Fail', Error: 'E\u001b[31m', Cause: cause } } }));
  const { code, stdout, stderr } = await paviPipeline('asl', file);
  expect(code).toBe(1);
  expect(stderr).toContain('FAILED: E\\u001b[31m\na\\u001b]0;title\\u0007\\u001b[2Jb\nc\n');
  expect(stdout + stderr).not.toContain('\u001b');
});

test('an app with two pipelines needs to be told which', async () => {
  const one = folders.synthesize();
  const app = folders.changed(one, ({ Resources }) => {
    const [id] = Object.keys(Resources).filter((name) => Resources[name].Type === 'AWS::StepFunctions::StateMachine');
    Resources.AnotherStateMachine = Resources[id];
  });
  const { code, stderr } = await paviPipeline('run', '--app', app, '--input', SAMPLE_INPUT);
  expect(code).toBe(1);
  expect(stderr).toMatch(/one state machine is to be run, and 2 fit; choose with --state-machine ID, STACK or STACK\/ID, of: Stack\/PaviStateMachine\w+, Stack\/AnotherStateMachine/);
});

test('of an app with a stack for each environment, the stack chooses the pipeline', async () => {
  const folder = folders.path('cdk.out');
  const app = new App({ outdir: folder });
  for (const [name, workflowType] of [['Pavi', StateMachineType.STANDARD], ['Pavi-dev', StateMachineType.EXPRESS]] as const) {
    const stack = new Stack(app, name);
    newPipeline(stack, { compute: fargate(stack), workflowType });
  }
  app.synth();
  const drawn = async (stateMachine: string) => {
    const { code, stdout, stderr } = await paviPipeline('diagram', '--app', folder, '--state-machine', stateMachine);
    return code === 0 ? stdout.includes('AlignSequencesWait') : stderr;
  };
  expect(await drawn('PaviStateMachine')).toMatch(/and 2 fit; .* of: Pavi\/PaviStateMachine\w+, Pavi-dev\/PaviStateMachine\w+/);
  expect(await drawn('Pavi')).toBe(false);
  expect(await drawn('Pavi-dev')).toBe(true);
  expect(await drawn('Pavi-dev/PaviState')).toBe(true);
});
