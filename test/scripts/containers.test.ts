import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Of this machine; anything else is as if it was not there. */
const TOOLS = ['bash', 'sh', 'sed', 'grep', 'cat', 'cut', 'tr', 'tail', 'mktemp', 'mkdir', 'chmod', 'cp', 'rm', 'touch', 'ldd', 'xargs', 'timeout', 'flock', 'dirname', 'sleep', 'uname'];
const OFFICIAL = /^ARG BASE=(.*)$/m.exec(readFileSync(join(ROOT, 'worker/Dockerfile'), 'utf8'))![1];

// An engine that does well, whatever it is asked; what a test says of one command goes before.
const ENGINE = (before: string) => `#!/bin/sh
echo "$0 $*" >> "$(dirname "$0")/asked"
for word; do case "$word" in --volume) ;; *:/try:ro) folder=\${word%:/try:ro} ;; esac; done
command=$1
[ "$1" = image ] && command="image $2"
${before}
case "$*" in *' run --name '*|'run --name '*) cat "$folder/word"; echo 'limit 67108864'; exit 7 ;; esac
exit 0
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pavi-find-containers-'));
  mkdirSync(join(folder, 'bin'));
  for (const tool of TOOLS) {
    const path = spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim();
    if (path !== '') symlinkSync(path, join(folder, 'bin', tool));
  }
  program('id', '#!/bin/sh\necho 1000\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): void {
  writeFileSync(join(folder, 'bin', name), text);
  chmodSync(join(folder, 'bin', name), 0o755);
}

function find(environment: Record<string, string> = {}) {
  return run('if find_containers; then echo "found $CONTAINER_ENGINE $CONTAINER_BASE"; else say_without_containers; fi; echo went on', environment);
}

function run(script: string, environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-euo', 'pipefail', '-c', `. scripts/setup.sh; . scripts/containers.sh; ${script}`], {
    cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', env: { PATH: join(folder, 'bin'), HOME: folder, TMPDIR: folder, PAVI_TRY_SECONDS: '10', ...environment },
  });
  return { status, stdout, stderr };
}

function asked(): string[] {
  const file = join(folder, 'bin/asked');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => line.slice(join(folder, 'bin/').length)) : [];
}

/** That nothing fails, and that the reason and the cure are told. */
function expectWithout(reason: string | RegExp, cure: string | RegExp, environment: Record<string, string> = {}): void {
  const { status, stdout, stderr } = find(environment);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'went on\n' });
  expect(stderr).toMatch(/^==> NO CONTAINER TEST RUNS: .*\n {2}reason: .*\n {2}cure: .*\n$/m);
  expect(/ {2}reason: (.*)/.exec(stderr)![1]).toMatch(reason);
  expect(/ {2}cure: (.*)/.exec(stderr)![1]).toMatch(cure);
}

/** How scripts/test takes it. */
function setUp(environment: Record<string, string> = {}) {
  return run('set_up_containers || echo "failed"; echo went on', environment);
}

test('an engine that runs a container, with a base that is there', () => {
  program('podman', ENGINE(''));
  expect(find()).toEqual({ status: 0, stdout: `found podman ${OFFICIAL}\nwent on\n`, stderr: '' });
});

test('no engine', () => {
  expectWithout(/^podman is not installed; docker is not installed$/, /apt-get install podman/);
});

test('a docker without a daemon', () => {
  program('docker', '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n');
  expectWithout(/; docker does not answer: Cannot connect to the Docker daemon$/, /start docker/);
});

test('an engine that is installed, and cannot run', () => {
  program('podman', ENGINE('case "$*" in *"run --name "*) echo "Error: netns is not permitted" >&2; exit 126 ;; esac'));
  expectWithout(/^podman cannot run a container: Error: netns is not permitted; docker is not installed$/, /"podman run" of any image must work/);
  // Tried in both ways; what was made is removed, and no more than that.
  expect(asked().filter((line) => / run |^podman run /.test(line))).toHaveLength(2);
  const [, image] = /-t (localhost\/pavi-try:\S+)/.exec(asked().find((line) => line.startsWith('podman build'))!)!;
  expect(asked().filter((line) => line.startsWith('podman rmi'))).toEqual([`podman rmi -f ${image}`]);
});

test('docker is taken where podman cannot run', () => {
  program('podman', ENGINE('case "$*" in *"run --name "*) exit 126 ;; esac'));
  program('docker', ENGINE(''));
  expect(find()).toMatchObject({ status: 0, stdout: `found docker ${OFFICIAL}\nwent on\n` });
});

test('the one that is asked for is taken', () => {
  program('podman', ENGINE(''));
  program('docker', ENGINE(''));
  expect(find({ PAVI_TEST_ENGINE: 'docker' })).toMatchObject({ stdout: `found docker ${OFFICIAL}\nwent on\n` });
});

test.each<[string, string, string | RegExp]>([
  ['cannot build', 'case "$command" in build) echo "no space left on device" >&2; exit 125 ;; esac', 'podman cannot build an image: no space left on device'],
  ['loses exit codes', 'case "$*" in *"run --name "*) exit 0 ;; esac', 'podman cannot run a container: it ended with exit code 0, not 7'],
  ['does not limit memory', 'case "$*" in *"run --name "*) cat "$folder/word"; echo limit max; exit 7 ;; esac', 'podman does not limit the memory of a container here'],
  ['has another machine\'s files', 'case "$*" in *"run --name "*) echo "limit 67108864"; exit 7 ;; esac', 'podman does not see this machine\'s files'],
])('an engine that %s', (_what, before, reason) => {
  program('podman', ENGINE(before));
  expectWithout(reason, 'install podman');
});

test('an engine that hangs', () => {
  program('podman', ENGINE('[ "$command" != info ] || sleep 60'));
  expectWithout('podman does not answer: it said nothing, or had not ended in time', 'install podman', { PAVI_TRY_SECONDS: '1' });
});

test('a base that can neither be pulled, nor made by this user', () => {
  program('podman', ENGINE('case "$command" in "image inspect"|pull) exit 125 ;; esac'));
  expectWithout(
    `the image's base ${OFFICIAL} cannot be pulled, and none can be made of Debian's packages: debootstrap needs root`,
    `have it pulled (podman pull ${OFFICIAL}), or run this as root`,
  );
});

test('a base that root cannot make without the network', () => {
  program('id', '#!/bin/sh\necho 0\n');
  program('debootstrap', '#!/bin/sh\necho "E: Failed getting release file"\nexit 1\n');
  program('umount', '#!/bin/sh\nexit 1\n');
  program('podman', ENGINE('case "$command" in "image inspect"|pull) exit 125 ;; esac'));
  expectWithout('debootstrap failed: E: Failed getting release file', 'see that Debian\'s mirror can be reached');
});

test('a base that is pulled, once', () => {
  program('podman', ENGINE('case "$command" in "image inspect") [ -e "$(dirname "$0")/pulled" ]; exit ;; pull) : > "$(dirname "$0")/pulled" ;; esac'));
  expect(find()).toMatchObject({ stdout: `found podman ${OFFICIAL}\nwent on\n` });
  expect(find()).toMatchObject({ stdout: `found podman ${OFFICIAL}\nwent on\n` });
  expect(asked().filter((line) => line.startsWith('podman pull'))).toEqual([`podman pull -q ${OFFICIAL}`]);
});

test('a machine without containers fails no tests, unless containers are required', () => {
  const looking = '==> looking for containers that run (and making the base of their image, once)\n';
  const without = setUp();
  expect(without).toMatchObject({ status: 0, stdout: `${looking}went on\n` });
  expect(without.stderr).toMatch(/NO CONTAINER TEST RUNS/);
  expect(without.stderr).not.toMatch(/failure/);
  const required = setUp({ PAVI_CONTAINERS: 'required' });
  expect(required).toMatchObject({ status: 0, stdout: `${looking}failed\nwent on\n` });
  expect(required.stderr).toMatch(/NO CONTAINER TEST RUNS.*\n {2}reason: podman is not installed; .*\n {2}cure: .*\n {2}and this is a failure, since PAVI_CONTAINERS=required\n$/);
});

test('an image that cannot be built is an error of its own, unless no build can get packages', () => {
  program('podman', ENGINE('case "$*" in *assets/worker) echo "E: no" >&2; exit 100 ;; esac'));
  const own = setUp();
  expect(own.stdout).toMatch(/failed\nwent on\n$/);
  expect(own.stderr).toMatch(/the image could not be built \(see above\); fix worker\/Dockerfile/);
  // Only the first build, by which the engine is tried, needs no packages.
  program('podman', ENGINE('[ "$1" != build ] || [ ! -e "$(dirname "$0")/built" ] || { echo "E: no" >&2; exit 100; }; [ "$1" != build ] || : > "$(dirname "$0")/built"'));
  const unreachable = setUp();
  expect(unreachable.stdout).toMatch(/\nwent on\n$/);
  expect(unreachable.stdout).not.toMatch(/failed/);
  expect(unreachable.stderr).toMatch(/reason: a build in a container cannot get Debian's packages\n/);
  rmSync(join(folder, 'bin/built'));
  const required = setUp({ PAVI_CONTAINERS: 'required' });
  expect(required.stdout).toMatch(/failed\nwent on\n$/);
  expect(required.stderr).toMatch(/reason: a build in a container cannot get Debian's packages\n/);
});

test('a word for PAVI_CONTAINERS that there is not', () => {
  expect(setUp({ PAVI_CONTAINERS: 'requried' })).toEqual({
    status: 1, stdout: '', stderr: 'error: PAVI_CONTAINERS is "requried"\n  cure: set it to "required" to make a container test that does not run a failure, or leave it unset\n',
  });
});

describe('a suite of container tests', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const load = (environment: Record<string, string>) => {
    process.env = { ...before, ...environment };
    if (environment.PAVI_TEST_BASE_IMAGE === undefined) delete process.env.PAVI_TEST_BASE_IMAGE;
    let loaded: typeof import('../support/containers');
    jest.isolateModules(() => {
      loaded = jest.requireActual('../support/containers');
    });
    return loaded!;
  };

  test('leaves its tests out, with a hint', () => {
    const { testContainers, CONTAINERS_HINT } = load({ PAVI_CONTAINERS: '' });
    expect(testContainers).toBeUndefined();
    expect(CONTAINERS_HINT).toMatch(/test/);
  });

  test('fails if containers are required and nobody set any up', () => {
    expect(() => load({ PAVI_CONTAINERS: 'required' })).toThrow(/^PAVI_CONTAINERS=required, and no containers were set up/);
    expect(load({ PAVI_CONTAINERS: 'required', PAVI_TEST_BASE_IMAGE: 'base', PAVI_TEST_ENGINE: 'podman', PAVI_TEST_IMAGE: 'x' }).testContainers?.engine).toBe('podman');
  });
});
