import { Fn, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUNBOOK } from '../contract/runbook';

/** A rule for runs that came to one of the states. */
export function runStatusRule(
  scope: Construct, id: string, stateMachine: sfn.StateMachine, isExpress: boolean, status: string[], options: events.OnEventOptions,
): events.Rule {
  if (isExpress) {
    throw new Error(`there can be no rule "${id}" for an EXPRESS workflow, got workflowType EXPRESS: Step Functions sends no events of its runs; `
      + 'take sfn.StateMachineType.STANDARD, or read the execution log');
  }
  return ruleFor(scope, id, options, {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [stateMachine.stateMachineArn], status },
  });
}

/** A rule for the jobs of these definitions, whatever their revision, that came to one of the states; all where none is named. */
export function jobStatusRule(
  scope: Construct, id: string, jobQueue: batch.IJobQueue, jobDefinitions: batch.IJobDefinition[], options: events.OnEventOptions,
): events.Rule {
  const stack = Stack.of(scope);
  return ruleFor(scope, id, options, {
    source: ['aws.batch'],
    detailType: ['Batch Job State Change'],
    detail: {
      jobQueue: [jobQueue.jobQueueArn],
      // arn:…:job-definition/NAME: without the revision behind it.
      jobDefinition: jobDefinitions.map(({ jobDefinitionArn }) => ({
        prefix: `${stack.formatArn({ service: 'batch', resource: Fn.select(5, Fn.split(':', jobDefinitionArn)) })}:`,
      })),
    },
  });
}

/** Tells the topic of a job at the head of the queue that cannot be placed, long before it is given up. */
export function tellOfBlockedQueue(scope: Construct, id: string, jobQueue: batch.IJobQueue, topic: sns.ITopic): void {
  const rule = ruleFor(scope, id, {}, {
    source: ['aws.batch'],
    detailType: ['Batch Job Queue Blocked'],
    detail: { jobQueue: [jobQueue.jobQueueArn] },
  });
  rule.addTarget(new targets.SnsTopic(topic, {
    message: events.RuleTargetInput.fromText(`PAVI alignment pipeline: job ${events.EventField.fromPath('$.detail.jobName')} blocks its queue: `
      + `${events.EventField.fromPath('$.detail.statusReason')}. What to do: ${RUNBOOK}#jobs-stuck`),
  }));
}

function ruleFor(scope: Construct, id: string, options: events.OnEventOptions, pattern: events.EventPattern): events.Rule {
  const rule = new events.Rule(options.crossStackScope ?? scope, id, { description: options.description, ruleName: options.ruleName });
  rule.addEventPattern(pattern);
  if (options.eventPattern !== undefined) rule.addEventPattern(options.eventPattern);
  if (options.target !== undefined) rule.addTarget(options.target);
  return rule;
}
