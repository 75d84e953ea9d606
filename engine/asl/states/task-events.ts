import { jsonText } from '../expression/json-text';
import { ErrorCode } from '../visit/errors';
import type { StatesError } from '../visit/task-integration';

type Details = Readonly<Record<string, unknown>>;

/** `arn:aws:states:::aws-sdk:s3:getObject`, `arn:aws:states:::batch:submitJob.sync`. */
const SERVICE = /^arn:[^:]+:states:::(.+?):([^:]+(?::2)?)$/;
const WAITED_FOR = /:::.+\.(sync(:2)?|waitForTaskToken)$/;
const LAMBDA = /^arn:[^:]+:lambda:/;

/** A Task's events: a service integration's, a Lambda function's or an activity's have names and details of their own. */
export class TaskEvents {
  /** The service, or the function's or activity's ARN. */
  public readonly task: string;
  private readonly family: 'Task' | 'LambdaFunction' | 'Activity';
  private readonly names: { readonly resource: string; readonly resourceType: string };

  constructor(private readonly resource: string, private readonly region: string) {
    const match = SERVICE.exec(resource);
    this.family = match !== null ? 'Task' : LAMBDA.test(resource) ? 'LambdaFunction' : 'Activity';
    this.names = { resource: match?.[2] ?? resource, resourceType: match?.[1] ?? '' };
    this.task = match?.[1] ?? resource;
  }

  public type(event: 'Scheduled' | 'Started' | 'Succeeded'): string {
    return `${this.family}${event}`;
  }

  /** @param submitted whether there was a TaskSubmitted: a call that is waited for may fail before it */
  public failure({ errorName }: StatesError, submitted: boolean): string {
    if (errorName === ErrorCode.TIMEOUT || errorName === ErrorCode.HEARTBEAT_TIMEOUT) return `${this.family}TimedOut`;
    return !submitted && WAITED_FOR.test(this.resource) ? 'TaskSubmitFailed' : `${this.family}Failed`;
  }

  /** @param credentials `{RoleArn}` of another role */
  public scheduled(args: unknown, timeoutInSeconds?: number, heartbeatInSeconds?: number, credentials?: unknown): Details {
    const roleArn = (credentials as { RoleArn?: unknown } | undefined)?.RoleArn;
    const limits = { timeoutInSeconds, heartbeatInSeconds, ...roleArn === undefined ? {} : { taskCredentials: { roleArn } } };
    if (this.family === 'Task') return { ...this.names, region: this.region, parameters: jsonText(args), ...limits };
    return { resource: this.resource, input: jsonText(args), ...limits };
  }

  public started(): Details {
    return this.family === 'Task' ? this.names : {};
  }

  public succeeded(result: unknown): Details {
    return { ...this.family === 'Task' ? this.names : {}, output: jsonText(result) };
  }

  public failed({ errorName, errorCause }: StatesError): Details {
    return { ...this.family === 'Task' ? this.names : {}, error: errorName === '' ? undefined : errorName, cause: errorCause };
  }
}
