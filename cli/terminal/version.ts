import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From `lib/cli` of the package as from `cli/terminal` of a checkout. */
const PACKAGE = join(__dirname, '..', '..', 'package.json');

/** `cdk-pavi-alignment-pipeline 1.2.3` */
export function versionText(): string {
  const { name, version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { name: string; version: string };
  return `${name} ${version}`;
}
