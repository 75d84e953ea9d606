import { randomUUID } from 'node:crypto';
import type { JobDefinition } from './definition/job-definition';
import type { RetryStrategy } from './definition/retry-rules';
import type { Job } from './job';

/** What a submission says of a container; what it leaves out is as in the definition. */
export interface ContainerOverride {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
}

/** What SubmitJob takes. */
export interface SubmitJob extends ContainerOverride {
  readonly jobName: string;
  readonly definition: JobDefinition;
  readonly queueArn: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Takes the place of the definition's, rules and all. */
  readonly retry?: RetryStrategy;
  readonly timeout?: number;
  readonly dependsOn?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly propagateTags?: boolean;
}

/** The job that a submission makes. */
export function newJob(request: SubmitJob): Job {
  const { definition, queueArn, dependsOn = [], command, environment, memoryMiB, vcpus } = request;
  const { container } = definition;
  const id = randomUUID();
  const parameters = { ...definition.parameters, ...request.parameters };
  return {
    id,
    name: request.jobName,
    arn: definition.arn.replace(/job-definition\/.*$/, `job/${id}`),
    queueArn,
    definition,
    container: {
      definition: container,
      command: withParameters(command ?? container.command, parameters),
      environment: { ...container.environment, ...environment },
      memoryMiB: memoryMiB ?? container.memoryMiB,
      vcpus: vcpus ?? container.vcpus,
    },
    parameters,
    retry: request.retry ?? definition.retry,
    timeout: request.timeout ?? definition.timeout,
    dependsOn,
    tags: request.tags ?? {},
    propagateTags: request.propagateTags ?? definition.propagateTags,
    createdAt: Date.now(),
    attempts: [],
    status: 'SUBMITTED',
    isCancelled: false,
    isTerminated: false,
  };
}

/** `Ref::NAME` words with the parameter's value in their place (user guide, page "Job definition parameters", "Parameters"). */
function withParameters(command: readonly string[], parameters: Readonly<Record<string, string>>): string[] {
  return command.map((word) => {
    const name = /^Ref::(.+)$/s.exec(word)?.[1];
    return name !== undefined && Object.hasOwn(parameters, name) ? parameters[name] : word;
  });
}
