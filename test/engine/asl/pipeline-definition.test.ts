import { Template } from 'aws-cdk-lib/assertions';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { WorkflowType } from '../../../engine/asl/definition/definition';
import { loadDefinition, taskResources } from '../../../engine/asl/definition/load-definition';
import { PaviAlignmentPipelineProps } from '../../../src';
import { definitionOf } from '../../src/support/expressions';
import { fargate, newPipeline, newStack } from '../../src/support/pipeline-stack';

/** The references in it are readable text; an ARN's partition must be one. */
function definitionWith(props: (stack: ReturnType<typeof newStack>) => Partial<PaviAlignmentPipelineProps>): any {
  const stack = newStack();
  newPipeline(stack, props(stack));
  return JSON.parse(JSON.stringify(definitionOf(Template.fromStack(stack))).replaceAll('<AWS::Partition>', 'aws'));
}

test.each<[string, WorkflowType, (stack: ReturnType<typeof newStack>) => Partial<PaviAlignmentPipelineProps>]>([
  ['a queue of one\'s own', 'STANDARD', () => ({})],
  ['Fargate', 'STANDARD', (stack) => ({ compute: fargate(stack) })],
  ['more jobs at once than an inline Map has', 'STANDARD', () => ({ maxConcurrency: 200 })],
  ['an Express workflow', 'EXPRESS', () => ({ workflowType: StateMachineType.EXPRESS })],
])('the pipeline on %s is one that AWS would create', (_name, type, props) => {
  const loaded = loadDefinition(definitionWith(props), type);
  expect(taskResources(loaded).length).toBeGreaterThan(0);
});
