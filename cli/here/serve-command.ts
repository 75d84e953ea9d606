import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { existingText } from './existing-text';
import { JOB_HELP, JOB_OPTIONS, jobOptions } from './job-options';
import { PRODUCT, workerEnvironment } from './product';
import {
  AccessKey, FolderInUse, type JobOptions, loadAssembly, LoadedAssembly, LocalAccount, lockFolder, newAccessKey, writeWhole,
} from '../../engine';
import { LOGS_FOLDER, NOTIFICATIONS_FILE } from '../trail/run-folder';

export const SERVE_HELP = `pavi-pipeline serve --app DIR [options]

Serves what "cdk synth" wrote as an AWS account on this machine: Step Functions, S3, Batch, the DynamoDB tables, CloudFormation's
DescribeStacks and the jobs' logs, at one address of the loopback interface. AWS SDKs, boto3 and the AWS CLI use it when AWS_ENDPOINT_URL
names it. Ends with Ctrl-C; what it has stays in the state folder.

  --app DIR               the cloud assembly, usually cdk.out
  --stack NAME            only this stack, and those whose exports it imports; may be given again (default: all)
  --state DIR             objects, executions, tables, job logs, notifications and keys (default: .pavi-pipeline)
  --port N                of the address (default: the state folder's last one, or a free one)
  --allow-local-genomes   let jobs read file:// and http:// genomes of this machine
${JOB_HELP}`;

/** The command line cannot be followed. */
class ServeUsageError extends Error {}

interface ServeArguments {
  readonly app: string;
  readonly stacks?: readonly string[];
  readonly state: string;
  readonly port?: number;
  readonly allowLocalGenomes: boolean;
  readonly jobs: JobOptions;
}

/** Its lines can be read by a shell, and by `docker run --env-file`. */
const CREDENTIALS = 'credentials.env';
const LAST_PORT = 65_535;

/**
 * Serves until the signal is aborted.
 *
 * @throws LoadError where the assembly cannot be run
 */
export async function serveCommand(args: string[], stopped: AbortSignal): Promise<number> {
  let lock;
  try {
    const options = serveArguments(args);
    const assembly = loadAssembly(options.app, { stacks: options.stacks, inContainers: options.jobs.containers !== undefined });
    // Inputs, results and logs are no other user's to read.
    mkdirSync(options.state, { recursive: true, mode: 0o700 });
    lock = lockFolder(options.state);
    return await serve(options, assembly, stopped);
  } catch (error) {
    if (error instanceof ServeUsageError) process.stderr.write(`error: ${error.message}\n\n${SERVE_HELP}`);
    else if (error instanceof FolderInUse) process.stderr.write(`error: ${inUse(error)}\n`);
    else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') process.stderr.write(`error: ${(error as Error).message}; choose another port with --port N\n`);
    else throw error;
    return 1;
  } finally {
    lock?.release();
  }
}

function inUse({ message, file }: FolderInUse): string {
  return `${message}; stop that one or choose another folder with --state DIR. If it is no pavi-pipeline, delete ${file}`;
}

async function serve({ state, port, allowLocalGenomes, jobs }: ServeArguments, assembly: LoadedAssembly, stopped: AbortSignal): Promise<number> {
  const known = readCredentials(state);
  const account = await LocalAccount.start({
    assembly,
    folder: state,
    logFolder: join(state, LOGS_FOLDER),
    notificationsFile: join(state, NOTIFICATIONS_FILE),
    jobEnvironment: workerEnvironment(allowLocalGenomes),
    product: PRODUCT,
    jobs,
    port: port ?? known?.port ?? 0,
  });
  try {
    const key = known?.key ?? newAccessKey();
    account.tokens.addOwner(key);
    // Who started this with keys of an account can go on using them: nobody but this process looks at them.
    const own = environmentKey();
    if (own !== undefined) account.tokens.addOwner(own);
    writeCredentials(state, account.endpoint, assembly.region, key);
    tell(account, assembly, state);
    await new Promise<void>((done) => {
      if (stopped.aborted) done();
      stopped.addEventListener('abort', () => done(), { once: true });
    });
    process.stderr.write('stopping; executions that run are aborted, and can be redriven\n');
  } finally {
    await account.close();
  }
  return 0;
}

function tell({ endpoint }: LocalAccount, { stateMachines, notSimulated, existing }: LoadedAssembly, state: string): void {
  const left = [...notSimulated].map(([type, ids]) => `${type} (${ids.length})`).join(', ');
  process.stderr.write(`${stateMachines.map(({ arn }) => `state machine ${arn}`).join('\n')}\n`
    + `${left === '' ? '' : `not simulated: ${left}\n`}`
    + existingText(existing)
    + existing.tables.map((name) => `make table ${name} here with: aws dynamodb create-table --table-name ${name} …\n`).join('')
    + `state folder ${state}\nfor a client's environment: set -a; . '${join(state, CREDENTIALS)}'; set +a\n`);
  // The one line that a program which started this waits for.
  process.stdout.write(`serving ${endpoint}\n`);
}

function serveArguments(args: string[]): ServeArguments {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        'app': { type: 'string' },
        'stack': { type: 'string', multiple: true },
        'state': { type: 'string', default: '.pavi-pipeline' },
        'port': { type: 'string' },
        'allow-local-genomes': { type: 'boolean', default: false },
        ...JOB_OPTIONS,
      },
    }));
  } catch (error) {
    throw new ServeUsageError((error as Error).message);
  }
  if (values.app === undefined) throw new ServeUsageError('--app is missing');
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= LAST_PORT)) throw new ServeUsageError(`--port must be from 1 to ${LAST_PORT}, got "${values.port}"`);
  let jobs;
  try {
    jobs = jobOptions(values);
  } catch (error) {
    throw new ServeUsageError((error as Error).message);
  }
  return { app: values.app, stacks: values.stack, state: resolve(values.state), port, allowLocalGenomes: values['allow-local-genomes'], jobs };
}

/** The keys and the port of the process before, so that its clients need not be told of this one. */
function readCredentials(state: string): { key: AccessKey; port: number } | undefined {
  let text: string;
  try {
    text = readFileSync(join(state, CREDENTIALS), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(text)?.[1];
  const [accessKeyId, secretAccessKey, endpoint] = [value('AWS_ACCESS_KEY_ID'), value('AWS_SECRET_ACCESS_KEY'), value('AWS_ENDPOINT_URL')];
  if (accessKeyId === undefined || secretAccessKey === undefined || endpoint === undefined || !URL.canParse(endpoint)) return undefined;
  return { key: { accessKeyId, secretAccessKey }, port: Number(new URL(endpoint).port) };
}

function writeCredentials(state: string, endpoint: string, region: string, key: AccessKey): void {
  const lines = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Clients put "sync-" before the host's name for StartSyncExecution, and no name would have that address.
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
  };
  writeWhole(join(state, CREDENTIALS), Object.entries(lines).map(([name, value]) => `${name}=${value}\n`).join(''), 0o600);
}

function environmentKey(): AccessKey | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...sessionToken === undefined ? {} : { sessionToken } };
}
