import { randomUUID } from 'node:crypto';
import https from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A custom resource of the assertion stack, with its properties evaluated. */
export interface AssertionResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a custom resource's function tells CloudFormation. */
interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

type Handler = (event: object, context: object) => Promise<void>;

const POLL_MILLISECONDS = 500;
/** Of a call, as long as its function may run in AWS. */
const CONTEXT = { logStreamName: 'local', getRemainingTimeInMillis: () => 120_000 };
/** Before what the function writes of an answer. */
const RESPONSE = 'SDK response received ';
/** In AWS, the function waits in vain for a run that has ended like this. */
const ENDED_OTHERWISE = /"status":(?:\{"S":)?"(?:FAILED|TIMED_OUT|ABORTED)"/;
/** Of a text in an answer: an execution's input is long, and known. */
const SHOWN_CHARACTERS = 1000;

/**
 * The Lambda function with which integ-tests carries out assertions, as the app's assembly has it, called in this process. In AWS it
 * finds the SDK beside itself; here in the node_modules above the assembly.
 */
export class AssertionFunction {
  private readonly code: { readonly handler: Handler; readonly isComplete: Handler };

  /** @param folder the asset with its code */
  constructor(folder: string) {
    this.code = createRequire(join(folder, 'index.js'))('./index.js');
  }

  /**
   * Creates the resource: makes its API call, and compares what is expected.
   *
   * @returns the resource's attributes
   * @throws Error with what the function says, and the last answer that it got
   */
  public async create({ id, type, properties }: AssertionResource, waitMilliseconds: number): Promise<Readonly<Record<string, unknown>>> {
    const event = {
      RequestType: 'Create',
      RequestId: randomUUID(),
      ResponseURL: 'https://localhost/',
      StackId: 'local',
      LogicalResourceId: id,
      ResourceType: type,
      ResourceProperties: properties,
    };
    const deadline = Date.now() + waitMilliseconds;
    const log: string[] = [];
    let answer: Answer | undefined;
    // With a state machine that waits, the function's other handler is called until it answers. It throws meanwhile.
    if ('stateMachineArn' in properties) {
      do {
        log.length = 0;
        answer = await answerOf(() => this.code.isComplete(event, CONTEXT), log).catch(() => undefined);
        if (answer === undefined) await sleep(POLL_MILLISECONDS);
      } while (answer === undefined && Date.now() < deadline && !log.some((line) => ENDED_OTHERWISE.test(line)));
    } else {
      answer = await answerOf(() => this.code.handler(event, CONTEXT), log);
    }
    const { Status, Reason, Data = {} } = answer ?? { Status: 'FAILED', Reason: 'it did not give what is expected' };
    const assertion = Data.assertion === undefined ? undefined : JSON.parse(String(Data.assertion)) as { status: string; message?: string };
    if (Status === 'SUCCESS' && assertion?.status !== 'fail') return Data;
    const response = log.filter((line) => line.startsWith(RESPONSE)).at(-1)?.slice(RESPONSE.length) ?? '{}';
    const told = JSON.stringify(JSON.parse(response), (_key, value) => (typeof value === 'string' && value.length > SHOWN_CHARACTERS ? '…' : value));
    throw new Error(`${String(properties.service)}.${String(properties.api)}: ${assertion?.message ?? Reason}; expected ${String(properties.expected)}, got ${told}`);
  }
}

/** Calls a handler, and takes what it sends to CloudFormation; what it writes is kept. */
async function answerOf(call: () => Promise<void>, log: string[]): Promise<Answer | undefined> {
  let sent = '';
  const original = { request: https.request, log: console.log, info: console.info };
  console.log = console.info = (...words: unknown[]) => { log.push(words.join(' ')); };
  https.request = ((_options: object, onResponse: (response: object) => void) => ({
    on: () => undefined,
    write: (text: string) => { sent += text; },
    end: () => onResponse({}),
  })) as unknown as typeof https.request;
  try {
    await call();
  } finally {
    https.request = original.request;
    Object.assign(console, { log: original.log, info: original.info });
  }
  return sent === '' ? undefined : JSON.parse(sent);
}
