import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BARE_MACHINE } from '../../../engine/batch/executor/container-executor';
import { imageProgram } from '../../../engine/batch/executor/image-program';
import { CONTAINERS_HINT, testContainers } from '../../support/containers';

const ROOT = join(__dirname, '../../..');
const SAMPLE = join(ROOT, 'samples/worm-apl-1');
const IMAGE = testContainers?.workerImage ?? '';
const ENGINE = testContainers?.engine ?? '';
/** What takes a quiet machine, and seconds: PAVI_LONG_TESTS=1, which scripts/image sets. */
const longTest = process.env.PAVI_LONG_TESTS === '1' ? test : test.skip;

const MAX_COMPRESSED_BYTES = 50_000_000;
/** As restricted as the job definitions run it, and more. */
const RESTRICTED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--memory=256m'];

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(join(ROOT, 'worker/Dockerfile'), 'utf8');

  test('names no architecture', () => {
    expect(dockerfile).not.toMatch(/x86|x64|amd64|aarch64|arm64/i);
  });

  test('tells a process on this machine its program, and nothing that is the image\'s alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pavi-context-'));
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    writeFileSync(join(folder, 'index.cjs'), '');
    const program = imageProgram('account/repository:tag', [{ directory: folder, dockerFile: 'Dockerfile', repositoryName: 'repository', imageTag: 'tag' } as any]);
    expect(program.entryPoint).toEqual(['node', expect.stringMatching(/^--max-old-space-size=/), join(folder, 'index.cjs')]);
    expect(program.environment).toEqual({});
    rmSync(folder, { recursive: true });
  });
});

(IMAGE === '' ? describe.skip : describe)(`the image${CONTAINERS_HINT}`, () => {
  let root: string;
  let extra: typeof BARE_MACHINE = { engine: [], run: [] };

  // Podman's monitor leaves a file in the folder that it is in when memory runs out.
  const engine = (args: readonly string[]) => spawnSync(ENGINE, [...extra.engine, ...args], { cwd: tmpdir(), encoding: 'utf8', maxBuffer: 1e8 });
  const runArguments = (options: readonly string[], args: readonly string[]) =>
    ['run', '--network=host', ...extra.run, ...RESTRICTED, `--volume=${SAMPLE}:/in:ro`, `--volume=${root}:/out`, ...options, IMAGE, ...args];
  const run = (args: readonly string[], options: readonly string[] = []) => {
    // Not --rm: the stand-in of Docker over podman's service then gives 0 as every exit code.
    const name = `pavi-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const end = engine(runArguments([`--name=${name}`, ...options], args));
    engine(['rm', '--force', '--volumes', name]);
    const lines = end.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, any>);
    return { code: end.status, stderr: end.stderr, lines, metrics: lines.find((line) => '_aws' in line) };
  };
  const retrieve = ['retrieve', '--input', '/in/seq_regions.json', '--output-dir', '/out/sequences', '--allow-local'];

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'pavi-image-'));
    chmodSync(root, 0o777);
    if (ENGINE === 'podman' && run(['--help']).code !== 0) extra = BARE_MACHINE;
  });
  afterAll(() => {
    // What the container's user wrote, it alone may remove, where the tests are another user's.
    run(['-e', 'const fs = require("fs"); for (const name of fs.readdirSync("/out")) fs.rmSync(`/out/${name}`, { recursive: true })'], ['--entrypoint=node']);
    rmSync(root, { recursive: true, force: true });
  });

  longTest(`has less than ${MAX_COMPRESSED_BYTES / 1e6} MB, compressed`, async () => {
    const saving = spawn(ENGINE, [...extra.engine, 'save', IMAGE], { stdio: ['ignore', 'pipe', 'ignore'] });
    let bytes = 0;
    await pipeline(saving.stdout, createGzip({ level: 6 }), new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    }));
    console.log(`${IMAGE}: ${(bytes / 1e6).toFixed(1)} MB compressed`);
    expect(bytes).toBeLessThan(MAX_COMPRESSED_BYTES);
    expect(bytes).toBeGreaterThan(10_000_000);
  });

  test('runs the three steps as a user without rights on a read-only root, and gives what the sample should', () => {
    const steps = [
      retrieve,
      ['align', '--input-dir', '/out/sequences', '--output', '/out/results/alignment-output.aln'],
      ['collect', '--input-dir', '/out/sequences', '--alignment', '/out/results/alignment-output.aln', '--output', '/out/results/aligned_seq_info.json'],
    ];
    for (const args of steps) {
      const end = run(args);
      expect(end).toMatchObject({ code: 0, stderr: '' });
      expect(end.metrics!.PeakMemory).toBeLessThan(200);
    }
    for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
      expect(readFileSync(join(root, 'results', file)).equals(readFileSync(join(SAMPLE, 'expected', file)))).toBe(true);
    }
  });

  test('has no root user and no shell, and a scratch folder that its user may write to', () => {
    const [{ Config: config }] = JSON.parse(engine(['image', 'inspect', IMAGE]).stdout);
    expect(config).toMatchObject({ User: '1000:1000', Entrypoint: ['node', '--max-old-space-size=131072', '/opt/pavi/index.cjs'], Volumes: { '/tmp': {} } });
    expect(run([], ['--entrypoint=/bin/sh']).code).not.toBe(0);
    expect(run(['-e', 'require("fs").writeFileSync("/tmp/x", "")'], ['--entrypoint=node']).code).toBe(0);
    const denied = run(['-e', 'require("fs").writeFileSync("/opt/pavi/x", "")'], ['--entrypoint=node']);
    expect(denied.code).toBe(1);
    expect(denied.stderr).toMatch(/EROFS/);
  });

  test('holds the licences of the worker\'s packages, of Node.js, of Clustal Omega and of each library, with the texts that these name', () => {
    const script = `
      const fs = require('fs');
      const files = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.parentPath + '/' + entry.name);
      const read = (file) => fs.readFileSync(file, 'utf8');
      const copyrights = Object.fromEntries(files('/usr/share/doc').map((file) => [file, read(file)]));
      console.log(JSON.stringify({
        worker: read('/opt/pavi/THIRD_PARTY_LICENSES'), copyrights, texts: files('/usr/share/common-licenses'), gpl: read('/usr/share/common-licenses/GPL-2'),
        libraries: ['/lib', '/lib64', '/usr/lib'].filter(fs.existsSync).flatMap(files).filter((file) => file.includes('.so')).map((file) => file.split('/').at(-1)),
      }));`;
    const [{ worker, copyrights, texts, gpl, libraries }] = run(['-e', script], ['--entrypoint=node']).lines;
    expect(worker).toBe(readFileSync(join(ROOT, 'assets/worker/THIRD_PARTY_LICENSES'), 'utf8'));
    expect(gpl).toMatch(/GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991/);
    expect(copyrights['/usr/share/doc/clustalo/copyright']).toContain('clustalo');
    const ofNode = copyrights['/usr/share/doc/nodejs/LICENSE'] ?? copyrights['/usr/share/doc/nodejs/copyright'];
    for (const part of ['Node.js', 'V8', 'OpenSSL', 'libuv']) expect(ofNode).toContain(part);
    // Debian names a library's package after the library.
    const packages = Object.keys(copyrights).map((file) => file.split('/').at(-2)!);
    const ofLibC = /^(ld-linux|lib(c|m|dl|rt|pthread|resolv)\.)/;
    const owner = (library: string) => (ofLibC.test(library) ? 'libc' : library.split('.so')[0].replace('_', '-'));
    expect(libraries.length).toBeGreaterThan(5);
    expect(libraries.filter((library: string) => !packages.some((name) => name.startsWith(owner(library))))).toEqual([]);
    const named = Object.values<string>(copyrights).flatMap((text) => text.match(/\/usr\/share\/common-licenses\/\w+(-[\d.]*\d)?/g) ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !texts.includes(file))).toEqual([]);
  });

  test('ends with the worker\'s exit codes', () => {
    expect(run(['frobnicate']).code).toBe(64);
    expect(run(['check', '--input', '/in/none.json']).code).toBe(64);
    expect(run(['check', '--input', '/in/seq_regions.json']).code).toBe(0);
  });

  test('ends as the kernel ends it, where it needs more memory than it has', () => {
    // Some 60 MB of text, which are many times as much when parsed.
    writeFileSync(join(root, 'large.json'), `[${'{"a":[1,2,3],"b":"c"},'.repeat(2_700_000)}7]`);
    expect(run(['check', '--input', '/out/large.json']).code).toBe(137);
  });

  const retrieveOne = [...retrieve, '--from', '1', '--to', '1'];

  test('starts from its compile cache', () => {
    const cached = run(retrieveOne, ['--env=NODE_DEBUG_NATIVE=COMPILE_CACHE']);
    expect(cached.stderr).toMatch(/\/opt\/pavi\/worker\.cjs.*\n?.*(accepted|success)/);
    expect(cached.stderr).not.toMatch(/rejected/);
  }, 60_000);

  longTest('starts soon', () => {
    const seconds = Array.from({ length: 7 }, () => run(retrieveOne).metrics!.Duration as number).sort((a, b) => a - b);
    console.log(`one local entry, from the start of the process to its end: ${seconds.map((value) => Math.round(value * 1000)).join(', ')} ms`);
    // A quiet machine takes less than 120 ms.
    expect(seconds[0]).toBeLessThan(0.6);
  });

  test('is ended by SIGTERM with exit code 143', async () => {
    const silent = createServer();
    const asked = new Promise((resolve) => silent.once('request', resolve));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const entries = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as object[];
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/g.fna.gz`;
    writeFileSync(join(root, 'waiting.json'), JSON.stringify(entries.map((entry) => ({ ...entry, fasta_file_url: url }))));
    const name = `pavi-test-stop-${process.pid}`;
    const waiting = ['retrieve', '--input', '/out/waiting.json', '--output-dir', '/out/waited', '--allow-local'];
    const running = spawn(ENGINE, [...extra.engine, ...runArguments([`--name=${name}`], waiting)], { stdio: 'ignore' });
    const code = new Promise((resolve) => running.on('close', resolve));
    await asked;
    engine(['kill', '--signal=TERM', name]);
    expect(await code).toBe(143);
    expect(existsSync(join(root, 'waited'))).toBe(false);
    engine(['rm', '--force', '--volumes', name]);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
