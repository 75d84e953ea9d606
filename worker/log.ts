import { LOG_LEVEL_OF, LogEventName, LogFields, LogHead } from '../src/contract/log-events';

type Context = Pick<LogHead, 'command' | 'run'>;

let context: Context = {};

/** Sets what every later line says as well. */
export function setLogContext(fields: Context): void {
  context = fields;
}

/** One JSON object a line on standard output; nothing else is ever written there. */
export function log<Event extends LogEventName>(event: Event, fields: LogFields[Event]): void {
  const head: LogHead = { time: new Date().toISOString(), level: LOG_LEVEL_OF[event], event, ...context };
  write({ ...head, ...fields });
}

/** The line for a record that has its own form, such as CloudWatch's embedded metrics. */
export function write(record: object): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
