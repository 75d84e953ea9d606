import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from './asl/clock';
import type { ExpressionOptions } from './asl/expression/expression';
import { SimulatedClock } from './asl/simulated-clock';
import { PARTITION } from './assembly/resource-names';
import { Capacity } from './batch/capacity';
import { ContainerEngine } from './batch/executor/container-engine';
import { containerExecutor } from './batch/executor/container-executor';
import { imageProgram } from './batch/executor/image-program';
import type { Job } from './batch/job';
import { RecordedBatch } from './batch/recorded-batch';
import { deployFiles } from './deployment/deploy-files';
import type { LoadedAssembly } from './deployment/loaded-assembly';
import { batchApi } from './endpoint/batch';
import { cloudFormation } from './endpoint/cloudformation';
import { dynamoDb } from './endpoint/dynamodb';
import { logsApi } from './endpoint/logs';
import { AwsServer, startAwsServer } from './endpoint/server';
import { stepFunctions } from './endpoint/step-functions';
import { Notifications } from './events/rules';
import { Executions } from './executions/executions';
import { executionEvent, jobEvent } from './executions/service-events';
import type { JobOptions } from './faults/job-options';
import type { Role } from './iam/policy';
import { integrations } from './integrations/find-integration';
import type { Product } from './product';
import { S3Service, s3Service } from './s3/s3-service';
import { LocalSecurityTokens } from './signing/security-tokens';
import type { LocalCredentials } from './signing/signer';
import { Tables } from './tables/tables';

export interface LocalAccountOptions {
  readonly assembly: LoadedAssembly;
  /** Where everything lies that outlives the process: objects, executions, jobs, tables. */
  readonly folder: string;
  /** Whether nothing of that folder is wanted afterwards. @default false */
  readonly temporary?: boolean;
  readonly logFolder: string;
  /** What the template's rules send to topics. */
  readonly notificationsFile: string;
  /** Further variables for the environment of every job. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  /** 0 for a free one. */
  readonly port: number;
  readonly jobs: JobOptions;
  /** What the state machines' expressions may take, and who is told what they took. */
  readonly expressions?: ExpressionOptions;
  readonly product: Product;
}

const MEBIBYTE = 1024 * 1024;

/** An account into which an assembly was deployed, on this machine: its buckets, jobs, tables and executions, behind one endpoint. */
export class LocalAccount {
  public static async start(options: LocalAccountOptions): Promise<LocalAccount> {
    const account = new LocalAccount(options);
    account.server = await account.serve();
    try {
      await deployFiles(options.assembly.deployments, join(options.folder, 'deployments.json'), account.s3Client(account.tokens.forOwner()));
    } catch (error) {
      await account.close();
      throw error;
    }
    return account;
  }

  public readonly tokens: LocalSecurityTokens;
  public readonly executions: Executions;
  private readonly clock: Clock;
  private readonly batch: RecordedBatch;
  private readonly tables: Tables;
  private readonly s3: S3Service;
  private readonly clients = new Set<S3Client>();
  private server?: AwsServer;

  private constructor(private readonly options: LocalAccountOptions) {
    const { assembly, folder, temporary, product, jobs: { containers, buildArgs, readable, faults, fastForward } } = options;
    const clock = this.clock = fastForward ? new SimulatedClock() : systemClock;
    const notifications = new Notifications(assembly.rules, options.notificationsFile);
    this.tokens = new LocalSecurityTokens(assembly.account);
    this.s3 = s3Service({
      folder,
      temporary,
      findCredentials: this.tokens.find,
      region: assembly.region,
      bucketPolicy: (bucket) => assembly.buckets.get(bucket),
      fault: (request) => faults?.ofS3Request(request),
    });
    for (const bucket of assembly.buckets.keys()) this.s3.createBucket(bucket);
    this.tables = new Tables(assembly.tables, join(folder, 'tables'));
    this.batch = new RecordedBatch({
      capacity: new Capacity({ vcpus: availableParallelism(), memoryMiB: Math.floor(totalmem() / MEBIBYTE) }),
      logFolder: options.logFolder,
      programOf: (image) => imageProgram(image, assembly.images),
      environmentOf: (job) => this.environmentOf(job),
      executor: containers === undefined ? undefined
        : containerExecutor(new ContainerEngine({ program: containers, images: assembly.images, buildArgs, product: product.name }), readable),
      faults,
    }, join(folder, 'jobs.jsonl'), (job) => notifications.publish(jobEvent(job)), clock);
    this.executions = new Executions({
      clock,
      folder: join(folder, 'executions'),
      interruptedError: product.interruptedError,
      integrationsOf: (machine, name) => this.integrationsOf(machine.role, name),
      expressions: options.expressions,
      onStatus: (record) => {
        // Express ones tell nobody.
        if (record.arn.includes(':execution:')) notifications.publish(executionEvent(record));
      },
    });
  }

  public get endpoint(): string {
    return this.server!.endpoint;
  }

  /** For the buckets, as whom the keys stand for. */
  public s3Client(credentials: LocalCredentials): S3Client {
    const client = new S3Client({ endpoint: this.endpoint, region: this.options.assembly.region, forcePathStyle: true, credentials, maxAttempts: 3 });
    this.clients.add(client);
    return client;
  }

  /** Stops what runs: no process is left. */
  public async close(): Promise<void> {
    await this.executions.close();
    this.clients.forEach((client) => client.destroy());
    await this.server?.close();
  }

  private serve(): Promise<AwsServer> {
    const { assembly, port, logFolder, product } = this.options;
    const { region, createdAt } = assembly;
    return startAwsServer({
      port,
      region,
      findCredentials: this.tokens.find,
      s3: this.s3,
      product,
      services: {
        states: stepFunctions({
          stateMachines: assembly.stateMachines,
          executions: this.executions,
          createdAt,
          arnOf: (path) => this.arn('states', path),
          clock: this.clock,
          expressions: this.options.expressions,
          integrationsOf: (roleArn) => {
            const role = assembly.roles.get(roleArn);
            return role === undefined ? undefined : this.integrationsOf(role, 'TestState');
          },
        }),
        batch: batchApi({ batch: this.batch, queueArns: assembly.queueArns }),
        dynamodb: dynamoDb(this.tables, (table) => this.arn('dynamodb', `table/${table}`)),
        cloudformation: cloudFormation(assembly.stacks, createdAt),
        logs: logsApi({ folder: logFolder, logGroups: assembly.logGroups, arnOf: (group) => this.arn('logs', `log-group:${group}`) }),
      },
    });
  }

  /**
   * What a job finds in its environment: the endpoint, and keys of its role; a job without a role gets none, as in AWS. Only Fargate tells
   * the region: on EC2 the ECS agent does not, whatever the page "Amazon ECS environment variables" says (aws/containers-roadmap, 1611).
   */
  private environmentOf(job: Job): Record<string, string> {
    const role = this.options.assembly.roles.get(job.definition.jobRoleArn ?? '');
    const credentials = role === undefined ? undefined : this.tokens.forRole(role, job.id, job.name);
    const { region } = this.options.assembly;
    return {
      ...job.definition.platformCapabilities.includes('FARGATE') ? { AWS_REGION: region, AWS_DEFAULT_REGION: region } : {},
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...this.options.jobEnvironment,
      ...credentials === undefined ? {} : {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken!,
      },
    };
  }

  private integrationsOf(role: Role, executionName: string) {
    const { definitions, queueArns, queuePolicies } = this.options.assembly;
    const credentials = this.tokens.forRole(role, executionName.replace(/[^\w+=,.@-]/g, '_').slice(0, 64));
    const s3 = this.s3Client(credentials);
    const find = integrations({
      batch: this.batch,
      principal: credentials.principal,
      definitions,
      queueArns,
      queuePolicies,
      s3,
      tables: { call: (operation, input) => this.tables.call(operation, input), arnOf: (table) => this.arn('dynamodb', `table/${table}`) },
    });
    return {
      find,
      release: () => {
        s3.destroy();
        this.clients.delete(s3);
      },
    };
  }

  private arn(service: string, path: string): string {
    const { region, account } = this.options.assembly;
    return `arn:${PARTITION}:${service}:${region}:${account}:${path}`;
  }
}
