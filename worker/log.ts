type Fields = Readonly<Record<string, unknown>>;

/** In every line, after the time, the level and the event. */
let context: Fields = {};

/** Sets what every later line says as well, such as the run. */
export function setLogContext(fields: Fields): void {
  context = fields;
}

/** One JSON object a line on standard output; nothing else is ever written there. */
export function log(event: string, fields: Fields = {}): void {
  line('INFO', event, fields);
}

/** Something is not as it should be, and the command goes on. */
export function warn(event: string, fields: Fields = {}): void {
  line('WARN', event, fields);
}

/** The command fails. */
export function logError(event: string, fields: Fields = {}): void {
  line('ERROR', event, fields);
}

/** The line for a record that has its own form, such as CloudWatch's embedded metrics. */
export function write(record: Fields): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

function line(level: string, event: string, fields: Fields): void {
  write({ time: new Date().toISOString(), level, event, ...context, ...fields });
}
