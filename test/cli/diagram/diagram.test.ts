import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { placed } from '../../../cli/diagram/layout';
import { mermaid } from '../../../cli/diagram/mermaid';
import { stateGraph } from '../../../cli/diagram/state-graph';
import { svg } from '../../../cli/diagram/svg';
import type { StatesDefinition } from '../../../engine/asl/definition/definition';
import { paviPipeline, ROOT } from '../here/support/pavi-pipeline';
import { TestFolders } from '../here/support/sample-run';

const folders = new TestFolders();
afterAll(() => folders.remove());

const DEFINITION = {
  StartAt: 'Check',
  States: {
    'Check': { Type: 'Choice', Choices: [{ Condition: '{% $exists($states.input.file) %}', Next: 'Each' }], Default: 'No<"File">' },
    'Each': {
      Type: 'Map',
      MaxConcurrency: 7,
      Next: 'Done',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'No<"File">' }],
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Job',
        States: {
          Job: {
            Type: 'Task',
            Resource: 'arn:aws:states:::batch:submitJob.sync',
            TimeoutSeconds: 600,
            End: true,
            Retry: [{ ErrorEquals: ['A'], MaxAttempts: 0 }, { ErrorEquals: ['B'], MaxAttempts: 5 }],
            Catch: [{ ErrorEquals: ['A', 'B'], Next: 'Check' }],
          },
          Check: { Type: 'Pass', End: true },
        },
      },
    },
    'Done': { Type: 'Succeed' },
    'No<"File">': { Type: 'Fail' },
  },
} as StatesDefinition;

test('a definition becomes states and the ways between them', () => {
  const { start, nodes, edges } = stateGraph(DEFINITION);
  expect(start).toBe('Check');
  expect(nodes.map(({ name, type, details }) => [name, type, details])).toEqual([
    ['Check', 'Choice', []], ['Each', 'Map', ['distributed, 7 at once']], ['Done', 'Succeed', []], ['No<"File">', 'Fail', []],
  ]);
  expect(edges).toEqual([
    { from: 'Check', to: 'Each', kind: 'choice', label: 'file is there' }, { from: 'Check', to: 'No<"File">', kind: 'choice', label: 'otherwise' },
    { from: 'Each', to: 'Done', kind: 'next' }, { from: 'Each', to: 'No<"File">', kind: 'failure' },
  ]);
  expect(nodes[1].inner).toEqual([{
    start: 'Job',
    nodes: [
      { name: 'Job', type: 'Task', details: ['batch submitJob.sync', 'at most 10 min', 'tried again up to 5 times'], inner: [] },
      { name: 'Check', type: 'Pass', details: [], inner: [] },
    ],
    edges: [{ from: 'Job', to: 'Check', kind: 'failure', label: 'A, B' }],
  }]);
});

test('Mermaid tells an inner state from an outer one of its name, and reads no markup in a name', () => {
  const text = mermaid(stateGraph(DEFINITION));
  expect(text).toContain('  subgraph Each["<b>Each</b><br/>distributed, 7 at once"]\n');
  expect(text).toContain('  Check{{"<b>Check</b>"}}\n');
  expect(text).toContain('  Each_0_Check(["<b>Check</b>"])\n');
  expect(text).toContain('  No__File__(["<b>No#60;#34;File#34;#62;</b>"]):::failure\n');
  expect(text).toContain('  Each_0_Job -. "A, B" .-> Each_0_Check\n');
});

test('no two states of a picture lie over each other, and inner ones lie inside', () => {
  const { nodes, width, height } = placed(stateGraph(DEFINITION));
  nodes.forEach((a, index) => nodes.slice(index + 1).forEach((b) => {
    const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    expect([a.node.name, b.node.name, apart]).toEqual([a.node.name, b.node.name, true]);
  }));
  for (const { x, y, width: wide, height: high, inner } of nodes) {
    expect(x >= 0 && y >= 0 && x + wide <= width && y + high <= height).toBe(true);
    for (const picture of inner) expect(picture.x + picture.width <= wide && picture.y + picture.height <= high).toBe(true);
  }
});

test('the picture is XML, names every state once more for those who do not see it, and has colours for light and dark', () => {
  const text = svg(stateGraph(DEFINITION), 'A & B');
  expect(XMLValidator.validate(text)).toBe(true);
  const { svg: root } = new XMLParser({ ignoreAttributes: false, processEntities: true }).parse(text);
  expect(root.title['#text']).toBe('A & B');
  expect(root.desc['#text']).toMatch(/^Begins with Check\. Check, a Choice state, leads to Each or No<"File">\. Each, a Map state \(inside: Begins with Job\./);
  expect(text).toContain('@media (prefers-color-scheme: dark)');
  expect(text).not.toMatch(/href|http(?!:\/\/www\.w3\.org\/2000\/svg)/);
});

/** PAVI_UPDATE_DOCS=1 writes the pictures anew. */
test('the documents\' pictures show the state machine as it is synthesized', async () => {
  const workflows = [['state-machine.svg', {}], ['state-machine-express.svg', { workflowType: StateMachineType.EXPRESS }]] as const;
  for (const [name, props] of workflows) {
    const file = folders.path(name);
    const ended = await paviPipeline('diagram', '--app', folders.synthesize(props), '--output', file);
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    const committed = join(ROOT, 'docs/images', name);
    if (process.env.PAVI_UPDATE_DOCS === '1') {
      mkdirSync(dirname(committed), { recursive: true });
      writeFileSync(committed, readFileSync(file));
    }
    // Where this fails: PAVI_UPDATE_DOCS=1 npx jest test/cli/diagram, then look at the picture.
    expect(readFileSync(committed, 'utf8') === readFileSync(file, 'utf8') ? 'current' : `${committed} is not current`).toBe('current');
  }
});

test.each([
  [[], /--app is missing/], [['--app', 'x', '--format', 'png'], /--format must be mermaid or svg, got "png"/], [['--app', '/no/such'], /\/no\/such/], [['--what'], /Unknown option '--what'/],
])('the command refuses %j by name', async (args, problem) => {
  const { code, stdout, stderr } = await paviPipeline('diagram', ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(problem);
});
