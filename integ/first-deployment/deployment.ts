import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './assembly';
import { STACK_NAME } from './names';
import { verdictOf } from './observation';
import type { Observation } from './observation';
import type { StepContext } from './step';

export const DEPLOYMENT = {
  name: 'deploy',
  title: `cdk deploy of ${STACK_NAME}, the least pipeline on Fargate in public subnets`,
  price: 'under 0.05 USD an hour while it is there: a dashboard, an image of some 50 MB in ECR; no NAT gateway',
  leaves: 'the stack, which is destroyed at the end unless --keep is given; the image and files in the CDK\'s own bucket and repository',
} as const;

/** On this machine the app is there already: `serve` has loaded it. */
export async function deploy({ session, assembly }: StepContext): Promise<Observation[]> {
  if (!session.isLocal) cdk('deploy', assembly, '--require-approval', 'never');
  const keys = Object.keys(await session.outputs());
  const how = session.isLocal ? 'not deployed: serve has loaded the app' : 'deployed';
  const seen = `${how}; outputs: ${keys.join(', ')}`;
  return [{ step: DEPLOYMENT.name, what: STACK_NAME, expected: 'deployed, with the pipeline\'s outputs', seen, verdict: session.isLocal ? 'open' : verdictOf(seen, /StateMachineArn/) }];
}

export function destroy(assembly: string): void {
  cdk('destroy', assembly, '--force');
}

function cdk(command: string, assembly: string, ...more: string[]): void {
  execFileSync(join(ROOT, 'node_modules/.bin/cdk'), [command, STACK_NAME, '--app', assembly, ...more], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}
