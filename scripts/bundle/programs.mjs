// What esbuild makes the package's programs of.
import { readFileSync } from 'node:fs';

const program = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: true,
  metafile: true,
  // THIRD_PARTY_LICENSES has them, and more.
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
    if (contents === text) throw new Error(`${path} finds its operations otherwise now; see scripts/bundle/programs.mjs`);
    return { contents };
  }),
};

export const WORKER = { ...program, entryPoints: ['worker/main.ts'] };

/** The command in two files: the first needs next to nothing, so that Node.js can load the other from V8's compile cache. */
export const COMMAND_START = { ...program, entryPoints: ['cli/start.ts'], external: ['./main'], banner: { js: '#!/usr/bin/env node' } };

export const COMMAND = {
  ...program,
  entryPoints: ['cli/main.ts'],
  // For stack traces; it costs 5 % of the bytes.
  keepNames: true,
  // Tables are kept in memory: the store on disk is a native module, which a bundle cannot hold.
  alias: { level: 'memory-level' },
  plugins: [dynalite],
};

/** The report's page, which the command holds as texts. */
export const REPORT_PAGE = {
  entryPoints: ['cli/report/page/main.ts', 'cli/report/page/style.css'],
  bundle: true,
  minify: true,
  metafile: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  charset: 'ascii',
  outdir: 'page',
  write: false,
  logLevel: 'warning',
};
