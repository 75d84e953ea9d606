/** One JSON object a line on standard output; nothing else is ever written there. */
export function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  write({ time: new Date().toISOString(), level: 'INFO', event, ...fields });
}

/** Something is not as it should be, and the command goes on. */
export function warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  write({ time: new Date().toISOString(), level: 'WARN', event, ...fields });
}

/** The command fails. */
export function logError(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  write({ time: new Date().toISOString(), level: 'ERROR', event, ...fields });
}

/** The line for a record that has its own form, such as CloudWatch's embedded metrics. */
export function write(record: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
