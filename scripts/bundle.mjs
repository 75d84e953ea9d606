// Bundles the programs of the package, each with the licences of what is in it: the worker (beside its Dockerfile, the image's build
// context) and the pavi-pipeline command. Fails if a bundle takes in what must stay outside, or a package whose licence is not allowed.
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { COMMAND, COMMAND_START, REPORT_PAGE, WORKER } from './bundle/programs.mjs';
import { thirdPartyLicenses } from './bundle/third-party-licenses.mjs';

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
  const worker = await bundle({ ...WORKER, outfile: 'assets/worker/index.cjs' });
  writeFileSync('assets/worker/THIRD_PARTY_LICENSES', thirdPartyLicenses('The worker', [worker]));
}

async function bundleCommand() {
  const { outputFiles, metafile: page } = await build(REPORT_PAGE);
  const text = (ending) => JSON.stringify(outputFiles.find(({ path }) => path.endsWith(ending)).text);
  const define = { ...COMMAND.define, REPORT_PAGE_SCRIPT: text('.js'), REPORT_PAGE_STYLE: text('.css') };
  const main = await bundle({ ...COMMAND, define, outfile: 'lib/cli/main.js' });
  const start = await bundle({ ...COMMAND_START, outfile: 'lib/cli/pavi-pipeline.js' });
  chmodSync('lib/cli/pavi-pipeline.js', 0o755);
  writeFileSync('lib/cli/THIRD_PARTY_LICENSES', thirdPartyLicenses('The pavi-pipeline command', [main, start, page]));
}

await bundleWorker();
await bundleCommand();
