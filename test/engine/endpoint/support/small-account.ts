import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Boto3, installPythonClients } from './python-clients';
import { REGION, SmallMachine, STATES, writeAssembly } from './small-assembly';
import { PRODUCT } from '../../../../cli/here/product';
import { loadAssembly } from '../../../../engine/deployment/load-assembly';
import type { FaultPlan } from '../../../../engine/faults/fault-plan';
import { LocalAccount } from '../../../../engine/local-account';
import { AccessKey, newAccessKey } from '../../../../engine/signing/security-tokens';

/** An account of a small assembly, and boto3 as its owner's client. */
export class SmallAccount {
  public static async start(
    machines: Readonly<Record<string, SmallMachine>>, rules: Readonly<Record<string, object>> = {}, faults?: FaultPlan,
  ): Promise<SmallAccount> {
    await installPythonClients();
    const small = new SmallAccount(mkdtempSync(join(tmpdir(), 'pavi-account-')), faults);
    writeAssembly(small.app, machines, rules);
    await small.open();
    return small;
  }

  public account!: LocalAccount;
  public client!: Boto3;
  private readonly key = newAccessKey();

  private constructor(public readonly folder: string, private readonly faults?: FaultPlan) {}

  private get app(): string {
    return join(this.folder, 'cdk.out');
  }

  public get notifications(): string {
    return join(this.folder, 'state/notifications.jsonl');
  }

  /** The environment of a client with this key. */
  public environment(key: AccessKey): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.account.endpoint,
      AWS_DEFAULT_REGION: REGION,
      AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      ...key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken },
    };
  }

  /** A new process's account on the same state. */
  public async restart(): Promise<void> {
    await this.close();
    await this.open();
  }

  /** A new process's account on what a process leaves that is killed now. */
  public async kill(): Promise<void> {
    const [state, left] = [join(this.folder, 'state'), join(this.folder, 'left')];
    cpSync(state, left, { recursive: true });
    await this.close();
    rmSync(state, { recursive: true });
    renameSync(left, state);
    await this.open();
  }

  public async stop(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  public async start(machine: string, name: string, input: unknown = {}): Promise<string> {
    const { executionArn } = await this.client.call('stepfunctions', 'StartExecution', {
      stateMachineArn: `${STATES}:stateMachine:${machine}`, name, input: JSON.stringify(input),
    });
    return executionArn;
  }

  /** What DescribeExecution says once the execution has ended. */
  public async ended(executionArn: string): Promise<any> {
    return this.until(executionArn, ({ status }) => status !== 'RUNNING');
  }

  public async until(executionArn: string, holds: (description: any) => boolean): Promise<any> {
    for (const end = Date.now() + 120_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 30))) {
      const description = await this.client.call('stepfunctions', 'DescribeExecution', { executionArn });
      if (holds(description)) return description;
    }
    throw new Error(`${executionArn} did not come so far within two minutes`);
  }

  private async open(): Promise<void> {
    this.account = await LocalAccount.start({
      assembly: loadAssembly(this.app),
      folder: join(this.folder, 'state'),
      logFolder: join(this.folder, 'state/logs'),
      notificationsFile: this.notifications,
      jobEnvironment: {},
      product: PRODUCT,
      port: 0,
      jobs: { buildArgs: {}, faults: this.faults },
    });
    this.account.tokens.addOwner(this.key);
    this.client = new Boto3(this.environment(this.key));
  }

  private async close(): Promise<void> {
    await this.client.stop();
    await this.account.close();
  }
}
