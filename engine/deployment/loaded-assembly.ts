import type { BucketDeployment } from './bucket-deployment';
import type { ExistingResources } from './existing-resources';
import type { StateMachineDefinition } from '../asl/definition/definition';
import type { AssemblyStack, ImageAsset } from '../assembly/cloud-assembly';
import type { StackResources } from '../assembly/stack-resources';
import type { JobDefinition } from '../batch/definition/job-definition';
import type { NotificationRule } from '../events/rules';
import type { PolicyDocument, Role } from '../iam/policy';

export interface LoadedStateMachine {
  readonly arn: string;
  readonly name: string;
  readonly role: Role;
  readonly definition: StateMachineDefinition;
  /** As the template has it. */
  readonly definitionText: string;
}

/** A table of DynamoDB, with the properties that CreateTable takes. */
export interface LoadedTable {
  readonly arn: string;
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface LoadedStack {
  readonly name: string;
  readonly id: string;
  readonly outputs: StackResources['outputs'];
}

/** What stacks of the assembly have that runs use. */
export interface LoadedAssembly {
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly LoadedStack[];
  readonly stateMachines: readonly LoadedStateMachine[];
  readonly buckets: ReadonlyMap<string, PolicyDocument | undefined>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly queueArns: ReadonlySet<string>;
  /** By a queue's ARN, whether it has a fair-share scheduling policy; without those that the app imports. */
  readonly queuePolicies: ReadonlyMap<string, boolean>;
  readonly images: readonly ImageAsset[];
  /** What is put into the buckets when they are made. */
  readonly deployments: readonly BucketDeployment[];
  readonly tables: readonly LoadedTable[];
  readonly rules: readonly NotificationRule[];
  /** Of the job definitions: what is before a log stream's first `/`, by log group. */
  readonly logGroups: ReadonlyMap<string, ReadonlySet<string>>;
  /** What AWS would do besides and nobody does here, by type of resource: logical ids. */
  readonly notSimulated: ReadonlyMap<string, readonly string[]>;
  readonly existing: ExistingResources;
  /** When the assembly was written. */
  readonly createdAt: Date;
}

/** A state machine of the assembly, with all of its stack that a run of it uses. */
export interface LoadedPipeline extends LoadedAssembly {
  readonly stateMachine: LoadedStateMachine;
  readonly outputs: StackResources['outputs'];
}

/** A stack of the assembly with what its template says. */
export interface ResolvedStack {
  readonly stack: AssemblyStack;
  readonly resolved: StackResources;
}
