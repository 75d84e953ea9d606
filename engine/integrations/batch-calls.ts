import { StatesError } from '../asl/visit/task-integration';
import { BatchError, BatchService } from '../batch/batch-service';
import type { JobDefinition } from '../batch/definition/job-definition';
import type { SubmitJob } from '../batch/submission';
import { AccessDenied, authorize } from '../iam/evaluate';
import type { Principal } from '../iam/policy';

/** What the integrations of Batch work on. */
export interface BatchCallOptions {
  readonly batch: BatchService;
  /** Who calls: the state machine's role. */
  readonly principal: Principal;
  /** By ARN. */
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly queueArns: ReadonlySet<string>;
  /** By a queue's ARN, whether it has a fair-share scheduling policy; of an imported queue nobody knows. */
  readonly queuePolicies: ReadonlyMap<string, boolean>;
}

/** How an integration names errors: each kind has the words of another version of AWS's client. */
export interface ErrorStyle {
  /** Of an error that the client has no class for. */
  readonly base: string;
  readonly words: (message: string, status: number, code: string) => string;
}

/** `arn:aws:states:::batch:…` */
export const OPTIMIZED: ErrorStyle = {
  base: 'AWSBatchException',
  words: (message, status, code) => `${message} (Service: AWSBatch; Status Code: ${status}; Error Code: ${code}; Request ID: local; Proxy: null)`,
};

/** `arn:aws:states:::aws-sdk:batch:…` */
export const SDK: ErrorStyle = {
  base: 'BatchException',
  words: (message, status) => `${message} (Service: Batch, Status Code: ${status}, Request ID: local)`,
};

/** Errors that Batch's clients have a class for. */
const MODELLED = ['ClientException', 'ServerException'];

/** Makes a call, and gives its failure the name and words that Step Functions gives it. */
export function batchCall<T>(style: ErrorStyle, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    throw new StatesError(`Batch.${MODELLED.includes(error.code) ? error.code : style.base}`, style.words(error.message, error.status, error.code));
  }
}

/** An action, and all that it must be allowed on. */
export type Permission = readonly [action: string, ...resources: string[]];

/** @throws StatesError where the role may not */
export function checkAllowed(
  style: ErrorStyle, principal: Principal, needs: readonly Permission[], tags: Readonly<Record<string, string>> = {},
): void {
  const context = {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value])),
    ...Object.keys(tags).length === 0 ? {} : { 'aws:tagkeys': Object.keys(tags) },
  };
  try {
    for (const [action, ...resources] of needs) for (const resource of resources) authorize({ principal, action, resource, context });
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error;
    throw new StatesError(`Batch.${style.base}`, style.words(error.message, 403, 'AccessDeniedException'));
  }
}

/** The ARN of anything of Batch in the account and region of a job definition. */
export function inAccountOf(definition: { readonly arn: string }, path: string): string {
  return definition.arn.replace(/job-definition\/.*$/, path);
}

/** All that submitting takes. Batch asks for TagResource on the job and its definition where tags go with the job. */
export function submitPermissions({ definition, queueArn, tags = {}, propagateTags }: SubmitJob): Permission[] {
  const tagging = Object.keys(tags).length > 0 || propagateTags === true;
  return [
    ['batch:SubmitJob', definition.arn, queueArn],
    ...tagging ? [['batch:TagResource', inAccountOf(definition, 'job/*'), definition.arn] as const] : [],
  ];
}
