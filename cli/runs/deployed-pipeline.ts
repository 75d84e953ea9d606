import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import { StackOutput, StackOutputKey } from '../../src/contract/stack-outputs';
import { plainLine } from '../terminal/plain-text';

/** A pipeline by its stack's outputs; what an older version did not export is undefined. */
export interface DeployedPipeline {
  readonly stack: string;
  readonly stateMachineArn: string;
  /** Ends with "/". */
  readonly inputsUri?: string;
  /** Ends with "/". */
  readonly resultsUri?: string;
  readonly jobQueueArn?: string;
  readonly jobLogGroup?: string;
}

/** The outputs that an older version did not export. */
const LATER_OUTPUTS = {
  inputsUri: StackOutput.INPUTS_URI,
  resultsUri: StackOutput.RESULTS_URI,
  jobQueueArn: StackOutput.JOB_QUEUE_ARN,
  jobLogGroup: StackOutput.JOB_LOG_GROUP_NAME,
} as const;

const EXPORT = 'call exportOutputs() of the pipeline in its CDK app, and deploy the stack again';

/**
 * Finds a pipeline by what its `exportOutputs()` left in its stack.
 *
 * @param stack  the stack's name or ARN
 * @param prefix the one that exportOutputs was given; needed where the stack exports several pipelines
 * @throws OperateError
 */
export async function findPipeline(connection: Connection, stack: string, prefix: string | undefined): Promise<DeployedPipeline> {
  const outputs = await stackOutputs(connection, stack);
  const prefixes = [...outputs.keys()].filter((key) => key.endsWith(StackOutput.STATE_MACHINE_ARN))
    .map((key) => key.slice(0, -StackOutput.STATE_MACHINE_ARN.length))
    .filter((found) => outputs.has(`${found}${StackOutput.WORK_BUCKET_NAME}`));
  const told = prefixes.map((found) => `"${found}"`).join(', ');
  const chosen = prefix ?? (prefixes.length === 1 ? prefixes[0] : undefined);
  if (prefixes.length === 0) {
    throw new OperateError('NotFound', `the stack ${plainLine(stack)} has no outputs ${StackOutput.STATE_MACHINE_ARN} and ${StackOutput.WORK_BUCKET_NAME}, so its pipeline cannot be found; ${EXPORT}`);
  }
  if (chosen === undefined) throw new OperateError('Usage', `the stack ${plainLine(stack)} has ${prefixes.length} pipelines; choose one with --pipeline PREFIX, of: ${told}`);
  if (!prefixes.includes(chosen)) throw new OperateError('NotFound', `the stack ${plainLine(stack)} has no pipeline with the prefix "${plainLine(chosen)}"; these are: ${told}`);
  const output = (key: StackOutputKey) => outputs.get(`${chosen}${key}`);
  return {
    stack,
    stateMachineArn: output(StackOutput.STATE_MACHINE_ARN)!,
    inputsUri: output(LATER_OUTPUTS.inputsUri),
    resultsUri: output(LATER_OUTPUTS.resultsUri),
    jobQueueArn: output(LATER_OUTPUTS.jobQueueArn),
    jobLogGroup: output(LATER_OUTPUTS.jobLogGroup),
  };
}

/** An output that only newer versions export. */
export function needed(pipeline: DeployedPipeline, field: keyof typeof LATER_OUTPUTS, what: string): string {
  const value = pipeline[field];
  if (value !== undefined) return value;
  throw new OperateError('NotFound', `the stack ${plainLine(pipeline.stack)} has no output ${LATER_OUTPUTS[field]}, which ${what} needs; deploy it with this version of the construct, which exports it`);
}

/** Whether the runs are an Express workflow's, of which Step Functions keeps no record: it refuses to list them. */
export async function isExpress(connection: Connection, { stateMachineArn }: DeployedPipeline): Promise<boolean> {
  const { stepFunctions } = connection.clients;
  try {
    await connection.ask('looking for its runs', (abortSignal) => stepFunctions.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }), { abortSignal }));
    return false;
  } catch (error) {
    if (isNamed(error, 'StateMachineTypeNotSupported')) return true;
    throw operateError(error, 'listing the runs (states:ListExecutions)');
  }
}

async function stackOutputs(connection: Connection, stack: string): Promise<ReadonlyMap<string, string>> {
  const { cloudFormation } = connection.clients;
  const what = 'reading the stack\'s outputs (cloudformation:DescribeStacks)';
  try {
    const { Stacks: [found] = [] } = await connection.ask(what, (abortSignal) =>
      cloudFormation.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal }));
    return new Map((found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (!isNamed(error, 'ValidationError')) throw operateError(error, what);
    const region = await cloudFormation.config.region();
    throw new OperateError('NotFound', `there is no stack "${plainLine(stack)}" in ${region}: ${plainLine((error as Error).message)}; look at --stack, --region and --profile`);
  }
}
