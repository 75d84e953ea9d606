import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { LoadedTable } from '../deployment/loaded-assembly';
import { writeWhole } from '../disk/write-whole';

export interface TablesAnswer {
  readonly status: number;
  /** JSON */
  readonly body: string;
}

interface JournalLine {
  readonly operation: string;
  readonly input: unknown;
}

const WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'CreateTable', 'DeleteTable'];
/** The operations on items, those that describe, and those that make here what another app makes in AWS. */
const OPERATIONS: readonly string[] = [...WRITES, 'GetItem', 'BatchGetItem', 'Query', 'Scan', 'DescribeTable', 'ListTables', 'DescribeTimeToLive'];
/** A journal with more lines than this is replaced by its outcome when it is read. */
const MAX_LINES = 200;
/** dynalite only looks whether there is a signature; who comes here has been checked. */
const HEADERS = { 'content-type': 'application/x-amz-json-1.0', 'authorization': 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local', 'x-amz-date': 'local' };

/**
 * The template's DynamoDB tables, played by dynalite in memory. Every write that it took is kept in a journal, and done again by the next
 * process: the outcome of a write depends on the items alone.
 */
export class Tables {
  private readonly journal: string;
  private opened?: Promise<Server>;
  private last: Promise<unknown> = Promise.resolve();

  /** Nothing is loaded before a table is used. */
  constructor(public readonly tables: readonly LoadedTable[], private readonly folder: string) {
    this.journal = join(folder, 'tables.jsonl');
  }

  public supports(operation: string): boolean {
    return OPERATIONS.includes(operation);
  }

  /**
   * One operation as DynamoDB's API has it, errors included.
   *
   * @param operation one that is supported
   */
  public async call(operation: string, input: unknown): Promise<TablesAnswer> {
    this.opened ??= this.open();
    const server = await this.opened;
    if (operation === 'DeleteTable' && this.isOfTemplate(input)) {
      return { status: 400, body: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ResourceInUseException', message: 'The table is the app\'s; take it out of the app' }) };
    }
    if (!WRITES.includes(operation)) return send(server, operation, input);
    // One after the other: the journal has them in the order in which they were done.
    const write = this.last.then(async () => {
      const answer = await send(server, operation, input);
      if (answer.status === 200) appendFileSync(this.journal, line({ operation, input }));
      return answer;
    });
    this.last = write.catch(() => undefined);
    return write;
  }

  private async open(): Promise<Server> {
    const server = newServer(this.tables[0]?.arn);
    for (const { schema } of this.tables) {
      await must(server, 'CreateTable', schema);
      await settled(server, schema.TableName);
    }
    mkdirSync(this.folder, { recursive: true });
    const writes = existsSync(this.journal) ? readJournal(this.journal) : [];
    for (const { operation, input } of writes) {
      const { status, body } = await send(server, operation, input);
      if (status !== 200) {
        throw new Error(`${this.journal} has items that do not fit the template's tables any more (${body}); if they are not needed, delete it`);
      }
      if (operation.endsWith('Table')) await settled(server, tableNameOf(input));
    }
    if (writes.length > MAX_LINES) writeWhole(this.journal, (await this.outcome(server, writes)).map(line).join(''));
    return server;
  }

  private isOfTemplate(input: unknown): boolean {
    return this.tables.some(({ name }) => name === tableNameOf(input));
  }

  /** The writes that lead to what the tables have. */
  private async outcome(server: Server, writes: readonly JournalLine[]): Promise<JournalLine[]> {
    const { TableNames } = await must(server, 'ListTables', {}) as { TableNames: string[] };
    const made = new Map(writes.filter(({ operation }) => operation === 'CreateTable').map((entry) => [tableNameOf(entry.input), entry]));
    const puts: JournalLine[] = [...made].filter(([name]) => TableNames.includes(String(name))).map(([, entry]) => entry);
    for (const TableName of TableNames) {
      for (let ExclusiveStartKey: unknown, more = true; more;) {
        const { Items, LastEvaluatedKey } = await must(server, 'Scan', { TableName, ExclusiveStartKey });
        puts.push(...(Items as unknown[]).map((Item) => ({ operation: 'PutItem', input: { TableName, Item } })));
        ExclusiveStartKey = LastEvaluatedKey;
        more = LastEvaluatedKey !== undefined;
      }
    }
    return puts;
  }
}

/** dynalite takes account and region of its ARNs from the environment alone. */
function newServer(tableArn: string | undefined): Server {
  // Most runs have no table, and need not load it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const dynalite = require('dynalite') as (options: { createTableMs: number; deleteTableMs: number }) => Server;
  const { AWS_REGION, AWS_ACCOUNT_ID } = process.env;
  const [, , , region, account] = tableArn?.split(':') ?? [];
  try {
    Object.assign(process.env, { AWS_REGION: region, AWS_ACCOUNT_ID: account });
    return dynalite({ createTableMs: 0, deleteTableMs: 0 });
  } finally {
    for (const [name, value] of Object.entries({ AWS_REGION, AWS_ACCOUNT_ID })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

function line(entry: JournalLine): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The last line may have been cut off; its write was not answered then. */
function readJournal(file: string): JournalLine[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) writeWhole(file, whole);
  return whole.split('\n').filter((entry) => entry !== '').map((entry) => JSON.parse(entry) as JournalLine);
}

function tableNameOf(input: unknown): unknown {
  return (input as { TableName?: unknown } | null)?.TableName;
}

/** A table is there, or gone, some turns after it was asked for. */
async function settled(server: Server, TableName: unknown): Promise<void> {
  for (;;) {
    const { status, body } = await send(server, 'DescribeTable', { TableName });
    if (status !== 200 || JSON.parse(body).Table.TableStatus === 'ACTIVE') return;
    await turn();
  }
}

async function must(server: Server, operation: string, input: unknown): Promise<any> {
  const { status, body } = await send(server, operation, input);
  if (status !== 200) throw new Error(`DynamoDB ${operation}: ${body}`);
  return JSON.parse(body);
}

/** Hands a request to dynalite without a connection. */
function send(server: Server, operation: string, input: unknown): Promise<TablesAnswer> {
  return new Promise((resolve) => {
    const request = Object.assign(Readable.from([Buffer.from(JSON.stringify(input))]), {
      method: 'POST', url: '/', headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
    });
    const response = { statusCode: 200, setHeader: () => undefined, end: (body = '') => resolve({ status: response.statusCode, body: String(body) }) };
    server.emit('request', request, response);
  });
}
