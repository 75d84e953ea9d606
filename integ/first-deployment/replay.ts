import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryEvent, TestStateCommand } from '@aws-sdk/client-sfn';
import type { Session } from './session';
import type { StateCall } from './walk';

/** Fields whose text is compared; of other texts, only that they are texts. */
const TEXTS = ['error', 'cause', 'status', 'statusReason', 'reason', 'type', 'resource', 'resourceType', 'redriveStatus', 'Error', 'Cause', 'Status', 'StatusReason', 'Reason'];

/**
 * What a run on this machine answered otherwise than a run on AWS: histories, jobs, executions and errors, by their shape and by the texts
 * that somebody may read or match.
 *
 * @param judge  the folder that a run on AWS left
 * @param judged the folder that a run with --endpoint left
 */
export function differences(judge: string, judged: string): string[] {
  const files = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('states-'));
  const [expected, found] = [files(judge), files(judged)];
  const missing = expected.filter((name) => !found.includes(name)).map((name) => `${name}: nothing of this machine to compare it with`);
  const both = expected.filter((name) => found.includes(name)).flatMap((name) => {
    const [theirs, ours] = [judge, judged].map((folder) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown);
    return unlike(linesOf(name, theirs), linesOf(name, ours)).map((line) => `${name}: ${line}`);
  });
  return [...missing, ...both];
}

/** The same of the states that a run on AWS has tested: each of its requests is sent again, whatever the state machine is now. */
export async function stateDifferences(judge: string, session: Session): Promise<string[]> {
  const all: string[] = [];
  for (const name of readdirSync(judge).filter((file) => file.startsWith('states-'))) {
    const calls = JSON.parse(readFileSync(join(judge, name), 'utf8')) as StateCall[];
    const answers: StateCall[] = [];
    for (const call of calls) answers.push({ ...call, response: await session.sfn.send(new TestStateCommand(call.request)) });
    all.push(...unlike(calls.flatMap(stateLines), answers.flatMap(stateLines)).map((line) => `${name}: ${line}`));
  }
  return all;
}

/** What can be compared of a file, a line for each thing. */
function linesOf(name: string, content: unknown): string[] {
  if (name.endsWith('-history.json')) return historyLines(content as HistoryEvent[]);
  return shapeLines(content, '');
}

function stateLines({ state, response }: StateCall, index: number): string[] {
  const { status, error, cause, nextState, output } = response;
  const at = `call ${index + 1}, ${state}`;
  return [`${at}: ${status}, then ${nextState ?? 'nothing'}`, `${at}: error ${error}, cause ${general(cause ?? '')}`, `${at}: output ${sorted(output)}`];
}

function historyLines(events: readonly HistoryEvent[]): string[] {
  const counts = new Map<string, number>();
  events.forEach(({ type }) => counts.set(type!, (counts.get(type!) ?? 0) + 1));
  return [
    ...[...counts].map(([type, count]) => `${count} times ${type}`),
    ...events.flatMap(({ type, id: _id, previousEventId: _previous, timestamp: _timestamp, ...details }) => shapeLines(details, type!)),
  ];
}

/** Each field with its kind, or with its text where that matters; JSON in texts is looked into. */
function shapeLines(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => shapeLines(item, `${at}[]`));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, item]) => shapeLines(item, `${at}.${name}`));
  const inner = typeof value === 'string' && /^[{[]/.test(value) ? parsed(value) : undefined;
  if (inner !== undefined) return shapeLines(inner, `${at}(JSON)`);
  const isText = typeof value === 'string' && TEXTS.includes(at.split('.').at(-1)!);
  return [`${at} ${isText ? `"${general(value)}"` : value === null ? 'null' : typeof value}`];
}

/** A text without what no two accounts or runs have in common. */
function general(text: string): string {
  return text
    .replace(/arn:[\w-]+:[^\s"'\],]+/g, 'ARN')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replace(/s3:\/\/[^\s"',)]+/g, 'URI')
    .replace(/log stream \S+/g, 'log stream NAME')
    .replace(/pavi-[\w.-]+/g, 'JOB');
}

/** With the fields of objects in one order. */
function sorted(json: string | undefined): string {
  const order = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(order);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, order(item)]));
  };
  return json === undefined ? 'none' : JSON.stringify(order(JSON.parse(json)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unlike(theirs: readonly string[], ours: readonly string[]): string[] {
  const [expected, found] = [new Set(theirs), new Set(ours)];
  return [
    ...[...expected].filter((line) => !found.has(line)).map((line) => `only in AWS: ${line}`),
    ...[...found].filter((line) => !expected.has(line)).map((line) => `only on this machine: ${line}`),
  ];
}
