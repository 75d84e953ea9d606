import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { StackOutputKey } from './contract/stack-outputs';

/** Adds outputs with these keys, each behind the prefix, to the scope's stack. */
export function addStackOutputs(scope: Construct, prefix: string, values: { readonly [key in StackOutputKey]: string }): void {
  if (!/^[A-Za-z0-9]*$/.test(prefix)) {
    throw new Error(`prefix must have only letters and digits, got "${prefix}"; CloudFormation allows no others in an output's key`);
  }
  const stack = Stack.of(scope);
  for (const [key, value] of Object.entries(values)) {
    const name = `${prefix}${key}`;
    const taken = stack.node.findAll().some((construct) => construct instanceof CfnOutput
      && construct.node.id === name && Stack.of(construct) === stack);
    if (taken) throw new Error(`the stack has an output ${name} already; give exportOutputs a prefix of this pipeline's own`);
    new CfnOutput(scope, name, { value }).overrideLogicalId(name);
  }
}
