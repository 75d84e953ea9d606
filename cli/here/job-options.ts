import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { FAULT_HELP, type JobOptions, parseFaults } from '../../engine';

/** Of every command that runs jobs. */
export const JOB_HELP = `  --containers ENGINE     run jobs as containers of podman or docker; without it as processes
  --build-arg NAME=VALUE  of the images that are built for them; may be given again
  --readable DIR          a folder of this machine that containers may read; may be given again
  --fast-forward          let Wait states and the pauses before retries pass at once while no job runs
${FAULT_HELP}`;

/** For parseArgs. */
export const JOB_OPTIONS = {
  'containers': { type: 'string' },
  'build-arg': { type: 'string', multiple: true },
  'readable': { type: 'string', multiple: true },
  'fast-forward': { type: 'boolean' },
  'inject': { type: 'string', multiple: true },
  'seed': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

interface JobValues {
  readonly 'containers'?: string;
  readonly 'build-arg'?: string[];
  readonly 'readable'?: string[];
  readonly 'fast-forward'?: boolean;
  readonly 'inject'?: string[];
  readonly 'seed'?: string;
}

/** @throws Error that says what is wrong with the command line */
export function jobOptions(values: JobValues): JobOptions {
  const { containers, inject, seed = '0' } = values;
  if (containers !== undefined && !/^(podman|docker)$/.test(containers.split('/').at(-1)!)) {
    throw new Error(`--containers must be podman or docker, or a path to one of them, got "${containers}"`);
  }
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed must be a whole number, got "${seed}"`);
  const buildArgs = (values['build-arg'] ?? []).map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new Error(`--build-arg must be NAME=VALUE, got "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const readable = (values.readable ?? []).map((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`--readable must be a folder, got "${path}"`);
    return resolve(path);
  });
  const faults = inject === undefined ? {} : { faults: parseFaults(inject, Number(seed)) };
  return { containers, buildArgs: Object.fromEntries(buildArgs), readable, fastForward: values['fast-forward'] ?? false, ...faults };
}
