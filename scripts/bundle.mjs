// Bundles the programs of the package: the worker (beside its Dockerfile, the image's build context) and the pavi-pipeline command.
// Fails if a bundle takes in what must stay outside.
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { COMMAND, COMMAND_START, REPORT_PAGE, WORKER } from './bundle/programs.mjs';

const FORBIDDEN = ['node_modules/aws-cdk-lib/', 'node_modules/constructs/'];

async function bundle(options) {
  const { metafile } = await build(options);
  const leaked = Object.keys(metafile.inputs).filter((input) => FORBIDDEN.some((path) => input.includes(path)));
  if (leaked.length > 0) {
    throw new Error(`${options.outfile} must not contain the CDK, but takes in ${leaked[0]}; see who imports it`);
  }
  const [bytes] = Object.values(metafile.outputs).map((output) => output.bytes);
  console.log(`${options.outfile}: ${Math.round(bytes / 1024)} kB`);
  return metafile;
}

async function bundleWorker() {
  mkdirSync('assets/worker', { recursive: true });
  copyFileSync('worker/Dockerfile', 'assets/worker/Dockerfile');
  await bundle({ ...WORKER, outfile: 'assets/worker/index.cjs' });
}

async function bundleCommand() {
  const { outputFiles } = await build(REPORT_PAGE);
  const text = (ending) => JSON.stringify(outputFiles.find(({ path }) => path.endsWith(ending)).text);
  const define = { ...COMMAND.define, REPORT_PAGE_SCRIPT: text('.js'), REPORT_PAGE_STYLE: text('.css') };
  await bundle({ ...COMMAND, define, outfile: 'lib/cli/main.js' });
  await bundle({ ...COMMAND_START, outfile: 'lib/cli/pavi-pipeline.js' });
  chmodSync('lib/cli/pavi-pipeline.js', 0o755);
}

await bundleWorker();
await bundleCommand();
