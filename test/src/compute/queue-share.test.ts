import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { ComputePlatform, JobsTable, PaviAlignmentPipelineProps, PipelineCompute, ShareIdentifier } from '../../../src';
import { invalidShare, isShareValid } from '../../../src/orchestration/share-of-run';
import { allStates, definitionOf, definitionWith, deployed, evaluate } from '../support/expressions';
import { importedVpc, newPipeline, newStack, resource } from '../support/pipeline-stack';
import { withoutHashes } from '../support/plain-text';

// It has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } = require('asl-validator');

const SUBMITTING = ['RunRetrievalJob', 'AlignSequences', 'CollectSeqInfo'];
const sent = (definition: any) => SUBMITTING.map((state) => {
  const { ShareIdentifier: identifier, SchedulingPriorityOverride: priority } = allStates(definition)[state].Arguments;
  return [identifier, priority];
});
const KINDS: [string, Partial<PaviAlignmentPipelineProps>][] = [
  ['inline', {}], ['distributed', { maxConcurrency: 100 }], ['EXPRESS', { workflowType: StateMachineType.EXPRESS }],
  ['with a jobs table', { jobsTable: JobsTable.create() }],
];

test.each(KINDS)('a queue that is first in, first out is sent neither share nor priority: %s', (_kind, props) => {
  expect(sent(definitionWith(props))).toEqual(SUBMITTING.map(() => [undefined, undefined]));
});

test.each(KINDS)('a fixed share goes with every job, with a priority, which Batch then demands: %s', (_kind, props) => {
  expect(sent(definitionWith({ ...props, shareIdentifier: ShareIdentifier.fixed('pavi') }))).toEqual(SUBMITTING.map(() => ['pavi', 0]));
  expect(sent(definitionWith({ ...props, shareIdentifier: ShareIdentifier.fixed('pavi'), schedulingPriority: 7 }))).toEqual(SUBMITTING.map(() => ['pavi', 7]));
});

describe.each(KINDS)('a share of the input: %s', (_kind, props) => {
  const definition = definitionWith({ ...props, shareIdentifier: ShareIdentifier.fromInput('others') });
  const states = allStates(definition);

  test('goes with every job', () => {
    expect(sent(definition)).toEqual([['{% $states.input.run.share %}', 0], ['{% $share %}', 0], ['{% $share %}', 0]]);
    expect(states.RetrieveSequences.ItemSelector).toContain('"share": $share');
  });

  test('is checked between the input and the plan', async () => {
    expect(states.IsInputValid.Default).toBe('IsShareValid');
    expect(states.ChooseShare.Next).toBe('PlanRun');
    expect(states.InvalidShare).toMatchObject({ Type: 'Fail', Error: 'Pavi.InvalidInput' });
    for (const [input, share] of [[{}, 'others'], [{ share: null }, 'others'], [{ share: 'curators' }, 'curators']]) {
      expect(await evaluate(states.ChooseShare.Assign.share, { states: { context: { Execution: { Input: input } } } })).toBe(share);
    }
  });

  test('stands in a valid definition', () => {
    const result = validate(deployed(definition));
    expect(result.isValid ? [] : result.errors).toEqual([]);
  });
});

test.each<[unknown, boolean]>([
  [undefined, true], [null, true], ['curators', true], ['A1', true], ['x'.repeat(255), true],
  ['', false], ['x'.repeat(256), false], ['my-share', false], ['a*', false], ['a\n', false], ['ä', false], [7, false], [true, false], [['a'], false], [{ a: 1 }, false],
])('whether the input may name the share %j: %s', async (share, valid) => {
  const input = share === undefined ? {} : { share };
  expect(await evaluate(isShareValid(), { states: { context: { Execution: { Input: input } } } })).toBe(valid);
  if (!valid) {
    expect(await evaluate(invalidShare(), { states: { context: { Execution: { Input: input } } } })).toMatch(/^1 problem: share must be 1 to 255 letters or digits, got [^]{0,80}$/);
  }
});

test.each(['', 'my-share', 'a*', 'x'.repeat(256)])('no share of the app is %j', (identifier) => {
  for (const make of [ShareIdentifier.fixed, ShareIdentifier.fromInput]) {
    expect(() => make(identifier)).toThrow(`takes 1 to 255 letters or digits, got "${identifier}"; AWS Batch allows no others in a share identifier`);
  }
});

describe('a queue of the app', () => {
  const policy = (stack: Stack) => new batch.FairshareSchedulingPolicy(stack, 'Policy', { shares: [{ shareIdentifier: 'pavi', weightFactor: 0.5 }] });
  const onQueue = (queue: (stack: Stack) => batch.IJobQueue, props: Partial<PaviAlignmentPipelineProps> = {}) => {
    const stack = newStack();
    newPipeline(stack, { compute: PipelineCompute.fromJobQueue(queue(stack), { platform: ComputePlatform.FARGATE }), ...props });
    return Template.fromStack(stack);
  };
  const environments = (stack: Stack) => [{ order: 1, computeEnvironment: new batch.FargateComputeEnvironment(stack, 'Environment', { vpc: importedVpc(stack) }) }];
  const fair = (stack: Stack) => new batch.JobQueue(stack, 'Queue', { computeEnvironments: environments(stack), schedulingPolicy: policy(stack) });
  const fifo = (stack: Stack) => new batch.JobQueue(stack, 'Queue', { computeEnvironments: environments(stack) });
  const shareIdentifier = ShareIdentifier.fixed('pavi');

  test('with a policy is refused without a share, since Batch would refuse every job', () => {
    expect(() => onQueue(fair)).toThrow('the job queue Stack/Queue/Resource has a scheduling policy, so every job must name a share, got no shareIdentifier; '
      + 'set shareIdentifier: ShareIdentifier.fixed(\'pavi\') on the pipeline');
    expect(sent(definitionOf(onQueue(fair, { shareIdentifier })))).toEqual(SUBMITTING.map(() => ['pavi', 0]));
  });

  test('without one is refused a share', () => {
    expect(() => onQueue(fifo, { shareIdentifier })).toThrow('has no scheduling policy, so a job must name no share, got the shareIdentifier "pavi"; leave it out, or');
  });

  test('for SageMaker, with quota shares, is refused by its name', () => {
    const training = (stack: Stack) => {
      const queue = fifo(stack);
      (queue.node.defaultChild as batch.CfnJobQueue).jobQueueType = 'SAGEMAKER_TRAINING';
      return queue;
    };
    expect(() => onQueue(training)).toThrow('must be of type ECS or ECS_FARGATE, for containers, got Stack/Queue/Resource of type SAGEMAKER_TRAINING; '
      + 'SAGEMAKER_TRAINING queues, with or without quota shares, take SubmitServiceJob alone');
  });

  test.each(['fargate', 'ec2'] as const)('is made with a policy on %s, by choice', (kind) => {
    const make = (props: Partial<PaviAlignmentPipelineProps>) => {
      const stack = newStack();
      newPipeline(stack, { compute: PipelineCompute[kind]({ vpc: importedVpc(stack), schedulingPolicy: policy(stack) }), ...props });
      return Template.fromStack(stack);
    };
    expect(withoutHashes(resource(make({ shareIdentifier }), 'AWS::Batch::JobQueue').Properties.SchedulingPolicyArn)).toBe('<Policy.Arn>');
    expect(() => make({})).toThrow('has a scheduling policy, so every job must name a share');
  });
});
