import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { integCase, runAssertions } from './assertion-stack';

const USAGE = `integ/local/main.ts [--wait SECONDS] [APP ...] [-- OPTIONS OF pavi-pipeline serve]

Runs the apps of integ/ (by default all: "minimal" is integ/integ.minimal.ts) on this machine: deploys each to "pavi-pipeline serve", and
has the function of its assertion stack start the sample and judge its results, each of them within --wait (default: 120).
`;

const ROOT = resolve(__dirname, '../..');
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAINTEGLOCAL', AWS_SECRET_ACCESS_KEY: 'integ-local', AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
// Advice of the SDK for those who can update it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

interface Options {
  /** Of `pavi-pipeline serve`. */
  readonly serveOptions: readonly string[];
  readonly waitMilliseconds: number;
}

/** As integ-runner synthesizes it: with the feature flags that it sets. */
function synthesize(app: string, folder: string): void {
  const flags = readFileSync(join(ROOT, 'node_modules/@aws-cdk/integ-runner/lib/recommended-feature-flags.json'), 'utf8');
  execFileSync(process.execPath, ['--import', 'tsx', `integ/integ.${app}.ts`], {
    cwd: ROOT, env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: flags }, stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** @returns how many calls of the assertion stack went well */
async function runApp(app: string, { serveOptions, waitMilliseconds }: Options): Promise<number> {
  // Below the repository, where the assertions' function finds the AWS SDK.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/integ-local-'));
  const assembly = join(folder, 'cdk.out');
  try {
    synthesize(app, assembly);
    const test = integCase(assembly);
    const serve = spawn(process.execPath, [
      join(ROOT, 'lib/cli/pavi-pipeline.js'), 'serve', '--app', assembly, '--state', join(folder, 'state'), ...test.stacks.flatMap((name) => ['--stack', name]), ...serveOptions,
    ], { env: { ...process.env, ...KEYS }, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    serve.stderr.setEncoding('utf8').on('data', (text: string) => { told += text; });
    const ended = once(serve, 'close');
    try {
      const [line] = await Promise.race([once(createInterface(serve.stdout), 'line'), ended.then(() => ['it ended'])]);
      const endpoint = /^serving (\S+)$/.exec(String(line))?.[1];
      if (endpoint === undefined) throw new Error(`pavi-pipeline serve: ${told.trim()}`);
      Object.assign(process.env, KEYS, { AWS_ENDPOINT_URL: endpoint });
      return await runAssertions({ folder: assembly, integCase: test, waitMilliseconds, onCall: (what) => process.stderr.write(`  ${app}: ${what}\n`) });
    } finally {
      serve.kill('SIGTERM');
      await ended;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(args: string[]): Promise<number> {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const serveOptions = args.slice(end + 1);
  const { values, positionals } = parseArgs({ args: args.slice(0, end), allowPositionals: true, options: { wait: { type: 'string', default: '120' } } });
  const waitMilliseconds = Number(values.wait) * 1000;
  if (!(waitMilliseconds > 0)) throw new Error(`--wait must be a number of seconds, got "${values.wait}"`);
  const all = readdirSync(join(ROOT, 'integ')).flatMap((file) => /^integ\.(.+)\.ts$/.exec(file)?.[1] ?? []);
  const unknown = positionals.filter((app) => !all.includes(app));
  if (unknown.length > 0) throw new Error(`there is no app ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  const jobs = serveOptions.includes('--containers') ? 'containers' : 'processes';
  let failed = 0;
  for (const app of positionals.length > 0 ? positionals : all) {
    const begin = Date.now();
    try {
      const calls = await runApp(app, { serveOptions, waitMilliseconds });
      process.stdout.write(`ok: ${app}, jobs as ${jobs}, ${calls} calls as expected, ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
    } catch (error) {
      failed += 1;
      process.stdout.write(`FAILED: ${app}, jobs as ${jobs}: ${(error as Error).message}\n`);
    }
  }
  return failed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error: Error) => {
  process.stderr.write(`error: ${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
});
