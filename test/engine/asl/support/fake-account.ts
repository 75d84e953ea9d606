import { FindIntegration, StatesError, TaskContext } from '../../../../engine/asl/visit/task-integration';

/** How a job ends: by its exit code, with a reason, or not at all. */
interface JobEnd {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly hangs?: boolean;
}

/** What goes wrong in the account; a job that is not named succeeds. */
export interface Faults {
  /** By the beginning of the jobs' names: their ends, one after the other, the last one for all further. */
  readonly jobs?: Readonly<Record<string, readonly JobEnd[]>>;
  /** Errors of service calls, by the integration's action: one after the other, undefined for a call that goes well, then none. */
  readonly calls?: Readonly<Record<string, readonly (StatesError | undefined)[]>>;
  /** The content of the error file that a failed job left. */
  readonly errorFile?: unknown;
  /** How many such files there are. */
  readonly errorFiles?: number;
  /** What the alignment's first bytes are. */
  readonly alignment?: string;
  /** The environment in a job's description. */
  readonly environment?: readonly { readonly Name: string; readonly Value: string }[];
}

/** A little account in memory: the calls that the pipeline's state machines make, and a log of them. */
export class FakeAccount {
  public readonly calls: string[] = [];
  public readonly submitted: any[] = [];
  private readonly objects = new Map<string, string>();
  private readonly ends = new Map<string, JobEnd>();

  private readonly actions: Readonly<Record<string, (args: any, context: TaskContext) => unknown>> = {
    'putObject': ({ Key, Body }) => this.put(Key, Body),
    'getObject': ({ Key }) => {
      if (Key.endsWith('.aln')) return { Body: this.faults.alignment ?? 'CLUSTAL O(1.2.4)\n\n\na AA\nb AA\n  **\n' };
      const Body = this.objects.get(Key);
      if (Body === undefined) throw new StatesError('S3.NoSuchKeyException', 'The specified key does not exist.');
      return { Body };
    },
    'listObjectsV2': ({ Prefix }) => ({
      Contents: [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).map((Key) => ({ Key, LastModified: '2026-01-01T00:00:00Z' })),
    }),
    'updateItem': () => ({}),
    'submitJob': (args) => ({ JobId: this.submit(args), JobName: args.JobName }),
    'submitJob.sync': async (args, { signal }) => {
      const id = this.submit(args);
      if (this.ends.get(id)!.hangs) await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
      const description = this.describe(id);
      if (description.Status === 'FAILED') throw new StatesError('States.TaskFailed', JSON.stringify(description));
      return description;
    },
    'describeJobs': ({ Jobs }) => ({ Jobs: Jobs.map((id: string) => this.describe(id)) }),
    'terminateJob': () => ({}),
  };

  constructor(private readonly faults: Faults) {}

  public readonly find: FindIntegration = (resource) => {
    const action = resource.split(':').at(-1)!;
    const work = this.actions[action];
    return work && (async (args, context) => {
      this.calls.push(action);
      const failure = this.faults.calls?.[action]?.[this.calls.filter((call) => call === action).length - 1];
      if (failure !== undefined) throw failure;
      return work(args as any, context);
    });
  };

  private put(key: string, body: unknown): object {
    this.objects.set(key, typeof body === 'string' ? body : JSON.stringify(body));
    return {};
  }

  private submit(args: any): string {
    this.submitted.push(args);
    const prefix = Object.keys(this.faults.jobs ?? {}).find((name) => args.JobName.startsWith(name));
    const ends = this.faults.jobs?.[prefix ?? ''] ?? [{}];
    const number = this.submitted.filter(({ JobName }) => JobName.startsWith(prefix ?? args.JobName)).length;
    const id = `job-${this.submitted.length}`;
    this.ends.set(id, ends[Math.min(number, ends.length) - 1]);
    if (this.ends.get(id)!.exitCode !== undefined && this.faults.errorFile !== undefined) {
      for (let file = 0; file < (this.faults.errorFiles ?? 1); file++) this.put(`work/run-1/errors/${file}.json`, this.faults.errorFile);
    }
    return id;
  }

  private describe(id: string): any {
    const { exitCode, reason, hangs } = this.ends.get(id)!;
    const failed = exitCode !== undefined || reason !== undefined;
    const Container = { ...exitCode === undefined ? {} : { ExitCode: exitCode }, ...reason === undefined ? {} : { Reason: reason }, LogStreamName: `log/${id}`, Environment: this.faults.environment };
    return {
      JobId: id, Status: hangs ? 'RUNNING' : failed ? 'FAILED' : 'SUCCEEDED', StatusReason: failed ? 'Essential container in task exited' : undefined, Attempts: [{ Container }], Container,
    };
  }
}
