/**
 * The name of a run that is started here or from here: an execution's name as Step Functions allows it, without what would be trouble in a
 * key or a path. It becomes a folder's, and a part of objects' keys.
 */
export const RUN_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$/;

/** Why a `--name` is refused. */
export function wrongRunName(name: string): string {
  return `--name must have up to 80 letters, digits, ".", "_" or "-", got "${name}"`;
}

/** Where a run's results go by default. */
export function outputFolder(name: string): string {
  return `pavi-runs/${name}`;
}
