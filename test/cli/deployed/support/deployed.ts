import { mkdirSync } from 'node:fs';
import { Operator } from './operator';
import { TestFolders } from '../../here/support/sample-run';
import { ServeProcess } from '../../here/support/serve-process';

/** `pavi-pipeline serve` of an app, and an operator in front of it. */
export class Deployed {
  public static async start(folders: TestFolders, app: string): Promise<Deployed> {
    const state = folders.path('state');
    return new Deployed(folders, app, state, await ServeProcess.start(app, state));
  }

  private constructor(
    private readonly folders: TestFolders, private readonly app: string, private readonly state: string, private serve: ServeProcess,
  ) {}

  public get credentials(): Record<string, string> {
    return this.serve.credentials;
  }

  public get endpoint(): string {
    return this.serve.endpoint;
  }

  /** @param changed variables beside those that serve wrote; an empty one is as if it were not there */
  public operator(changed: Readonly<Record<string, string>> = {}): Operator {
    const variables = { ...this.serve.credentials, ...changed };
    const home = this.folders.path('home');
    mkdirSync(home);
    return new Operator(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')), home);
  }

  public async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.serve.kill(signal);
  }

  /** On the same state, and so at the same address. */
  public async startAgain(): Promise<void> {
    this.serve = await ServeProcess.start(this.app, this.state);
  }
}
