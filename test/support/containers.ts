import { spawnSync } from 'node:child_process';

/** What a test needs to run containers, and how it does that. */
export interface TestContainers {
  /** `podman` or `docker`. */
  readonly engine: string;
  /** An image with Node.js and a shell, to build on. */
  readonly base: string;
  /** The worker's image, built; empty where only `scripts/image` would build it. */
  readonly workerImage: string;
}

/**
 * As scripts/containers.sh decided it, for ./scripts/test or scripts/image; undefined where containers do not run, or where these
 * scripts have not called jest.
 */
export const testContainers: TestContainers | undefined = process.env.PAVI_TEST_BASE_IMAGE === undefined ? undefined : {
  engine: process.env.PAVI_TEST_ENGINE!,
  base: process.env.PAVI_TEST_BASE_IMAGE,
  workerImage: process.env.PAVI_TEST_IMAGE!,
};

// Whoever says so, as .ci/run does, wants no green run without them.
if (process.env.PAVI_CONTAINERS === 'required' && testContainers === undefined) {
  throw new Error('PAVI_CONTAINERS=required, and no containers were set up for the tests; run them by ./scripts/test, which says why containers do not run');
}

/** For a test that is left out, after its name. */
export const CONTAINERS_HINT = testContainers === undefined ? ' (where containers run, by: ./scripts/test PATTERN)' : '';

/** What the engine wrote to its standard output, whatever its exit code. */
export function engineOutput(args: readonly string[]): string {
  return spawnSync(testContainers!.engine, args, { encoding: 'utf8', timeout: 60_000 }).stdout.trim();
}

/**
 * Whether the engine is Docker's client of podman's service, which forgets that a container's file system is to be read-only in /tmp,
 * /var/tmp and /run, loses the quotes around a path, and does not say why a program could not be started.
 */
export function isDockerOfPodman(): boolean {
  return testContainers!.engine === 'docker' && engineOutput(['version', '--format', '{{json .Server.Components}}']).includes('Podman');
}
