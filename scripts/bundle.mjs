// Bundles the two programs of the package, each into one file: the worker (beside its Dockerfile, the image's build
// context) and the pavi-pipeline command. Fails where a bundle takes in what must stay outside.
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const FORBIDDEN = ['node_modules/aws-cdk-lib/', 'node_modules/constructs/'];

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  // The SDK's advice to update it is for those who can; whoever runs a bundle cannot.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
};

/** dynalite finds its operations by a path without an extension, which the bundler's search for files does not follow. */
const dynalite = {
  name: 'dynalite',
  setup: (plugins) => plugins.onLoad({ filter: /node_modules.dynalite.index\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    const contents = text.replace(/(require\('\.\/(?:actions|validations)\/' \+ action)\)/g, "$1 + '.js')");
    if (contents === text) throw new Error(`${path} finds its operations otherwise now; see scripts/bundle.mjs`);
    return { contents };
  }),
};

async function bundle(options) {
  const { metafile } = await build({ ...common, ...options });
  const leaked = Object.keys(metafile.inputs).filter((input) => FORBIDDEN.some((path) => input.includes(path)));
  if (leaked.length > 0) {
    throw new Error(`${options.outfile} must not contain the CDK, but takes in ${leaked[0]}; see who imports it`);
  }
  const [bytes] = Object.values(metafile.outputs).map((output) => output.bytes);
  console.log(`${options.outfile}: ${Math.round(bytes / 1024)} kB`);
}

/** The report's page, as texts for the command that writes it. */
async function reportPage() {
  const { outputFiles } = await build({
    entryPoints: ['cli/report/page/main.ts', 'cli/report/page/style.css'],
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    charset: 'ascii',
    outdir: 'page',
    write: false,
    logLevel: 'warning',
  });
  const text = (ending) => JSON.stringify(outputFiles.find(({ path }) => path.endsWith(ending)).text);
  return { REPORT_PAGE_SCRIPT: text('.js'), REPORT_PAGE_STYLE: text('.css') };
}

mkdirSync('assets/worker', { recursive: true });
copyFileSync('worker/Dockerfile', 'assets/worker/Dockerfile');
await bundle({ entryPoints: ['worker/main.ts'], outfile: 'assets/worker/index.cjs', minify: true });
await bundle({
  entryPoints: ['cli/main.ts'],
  outfile: 'lib/cli/pavi-pipeline.js',
  define: { ...common.define, ...await reportPage() },
  banner: { js: '#!/usr/bin/env node' },
  // Tables are kept in memory: the store on disk is a native module, which a bundle cannot hold.
  alias: { level: 'memory-level' },
  plugins: [dynalite],
});
chmodSync('lib/cli/pavi-pipeline.js', 0o755);
