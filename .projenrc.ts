import { awscdk, javascript } from 'projen';
import { pinActions } from './projenrc/pinned-actions';
import { addWorkflows } from './projenrc/workflows';

/** The folders beside `src` that hold TypeScript; each is type-checked with its own, less jsii-like settings. */
const PROGRAM_FOLDERS = ['worker', 'formats', 'engine', 'cli', 'samples', 'integ', 'bench'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-pavi-alignment-pipeline',
  description: 'PAVI\'s protein alignment pipeline as an AWS CDK construct: Step Functions and AWS Batch in the account, the same pipeline on a laptop',
  author: 'The cdk-pavi-alignment-pipeline authors',
  authorAddress: 'https://github.com/alliance-genome/cdk-pavi-alignment-pipeline',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/alliance-genome/cdk-pavi-alignment-pipeline.git',
  keywords: ['aws', 'cdk', 'bioinformatics', 'protein', 'alignment', 'clustal-omega', 'step-functions', 'batch', 'pavi'],
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-pavi-alignment-pipeline authors',
  stability: 'experimental',

  defaultReleaseBranch: 'main',
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  // The first long-term release of 20, and what eslint 9 needs at least.
  minNodeVersion: '20.9.0',
  jsiiVersion: '6.0.16',
  typescriptVersion: '6.0.3',
  // The versions that PAVI's own stack pins, so that it can take this library as it is.
  cdkVersion: '2.234.1',
  constructsVersion: '10.4.4',

  publishToPypi: {
    distName: 'cdk-pavi-alignment-pipeline',
    module: 'cdk_pavi_alignment_pipeline',
    trustedPublishing: true,
    attestations: true,
  },
  npmProvenance: true,
  npmTrustedPublishing: true,
  bin: { 'pavi-pipeline': 'lib/cli/pavi-pipeline.js' },

  devDeps: [
    '@aws-cdk/integ-runner@2.197.10',
    // The newest whose peers take the CDK minimum.
    '@aws-cdk/integ-tests-alpha@2.214.0-alpha.0',
    '@aws-sdk/checksums@3.1002.6',
    '@aws-sdk/client-batch@3.1138.0',
    '@aws-sdk/client-cloudformation@3.1169.0',
    '@aws-sdk/client-cloudwatch-logs@3.1169.0',
    '@aws-sdk/client-dynamodb@3.1169.0',
    '@aws-sdk/client-s3@3.1173.0',
    '@aws-sdk/client-sfn@3.1164.0',
    '@smithy/signature-v4@^5',
    '@aws-crypto/sha256-js@^5',
    '@dagrejs/dagre@^3',
    'asl-validator@4.0.0',
    'axe-core@^4',
    // The last one whose peers allow the constructs version above.
    'cdk-nag@2.37.55',
    'dockerfile-ast@^0.7',
    'dynalite@^4',
    'esbuild@0.28.2',
    'fast-check@^4',
    'fast-xml-parser@^5',
    'fflate@^0.8',
    'ipaddr.js@^2',
    'jsonata@2.0.6',
    'playwright-core@^1',
    'spdx-satisfies@^6',
    'tsx@4.23.15',
  ],

  jestOptions: {
    jestVersion: '^30',
    // Snapshots change by the task test:update alone; otherwise a changed template would never fail a test.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: {
      collectCoverage: false,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      // Long, since a busy machine is no reason to fail; a test that hangs ends all the same.
      testTimeout: 300_000,
      // Everything temporary goes into one folder, which goes with the run.
      globalSetup: '<rootDir>/test/support/temporary-folder.ts',
      globalTeardown: '<rootDir>/test/support/remove-temporary-folder.ts',
      testSequencer: '<rootDir>/test/support/longest-first.cjs',
      // Modules of suites that have ended are not always let go.
      workerIdleMemoryLimit: '1GB',
      // As many as two cores and 4 GB of memory can do with what the tests start themselves.
      maxWorkers: 2,
    },
  },
  eslintOptions: { dirs: ['src'], devdirs: ['test', ...PROGRAM_FOLDERS] },
  integrationTestAutoDiscover: false,
  workflowBootstrapSteps: [{ name: 'Install Clustal Omega', run: 'sudo apt-get update && sudo apt-get install -y clustalo' }],
  githubOptions: { mergify: false, pullRequestLint: false },
  depsUpgradeOptions: { workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY } },
  pullRequestTemplate: false,
  stale: false,
  autoMerge: false,
  gitignore: ['/assets/worker/', 'cdk.out/', '/.run/', 'cdk-integ.out.*', '/sample-output/', '/pavi-runs/', '/.pavi-pipeline/', '.venv/', '/.cache/',
    // What the snapshots say of assets is in their manifests; the assets themselves are made anew.
    '/integ/*.snapshot/asset.*', '/integ/*.snapshot/tree.json'],
});

// A file in each folder, for editors.
const [programs] = PROGRAM_FOLDERS.map((folder) => new javascript.TypescriptConfig(project, {
  fileName: `${folder}/tsconfig.json`,
  include: ['**/*.ts'],
  exclude: ['node_modules', ...folder === 'cli' ? ['report/page'] : []],
  compilerOptions: {
    noEmit: true,
    rootDir: '..',
    types: ['node', 'jest'],
    module: 'esnext',
    moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
    lib: ['es2023'],
    target: 'es2023',
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
  },
}));

// And one of all of them, which is checked in a fifth of the time: most of it goes into the types of the CDK.
new javascript.TypescriptConfig(project, {
  fileName: 'tsconfig.programs.json',
  extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([programs]),
  include: PROGRAM_FOLDERS.map((folder) => `${folder}/**/*.ts`),
  exclude: ['node_modules', 'cli/report/page'],
  compilerOptions: { rootDir: '.' },
});

// The script of the report's page runs in a browser.
new javascript.TypescriptConfig(project, {
  fileName: 'cli/report/page/tsconfig.json',
  include: ['**/*.ts'],
  exclude: ['node_modules'],
  compilerOptions: {
    noEmit: true,
    rootDir: '../../..',
    types: [],
    module: 'esnext',
    moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
    lib: ['es2022', 'dom', 'dom.iterable'],
    target: 'es2022',
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitReturns: true,
    skipLibCheck: true,
  },
});

const typecheck = project.addTask('typecheck', {
  description: 'Type-check what jsii does not compile: ts-jest and tsx only strip types',
});
for (const config of ['tsconfig.programs.json', ...['test', 'projenrc', 'cli/report/page'].map((folder) => `${folder}/tsconfig.json`)]) {
  typecheck.exec(`tsc --noEmit -p ${config}`);
}
project.testTask.spawn(typecheck);
// The packages are tested as a user has them; projen's own order makes them after the tests.
project.testTask.prependExec('./scripts/package');

project.addTask('test:quick', {
  description: 'Run the jest tests that need no package, container, browser, PyPI, or command as a process',
  exec: './scripts/test --quick',
  receiveArgs: true,
});

const bundle = project.addTask('bundle', {
  description: 'Bundle the worker (assets/worker/index.cjs) and the pavi-pipeline command (lib/cli/pavi-pipeline.js)',
});
bundle.exec('node scripts/bundle.mjs');
project.preCompileTask.spawn(bundle);

// The apps of integ/ against their snapshots, without AWS. One that was not deployed says nothing of AWS: scripts/integ-aws deploys.
const INTEG_RUNNER = 'integ-runner --directory integ --language typescript --app "node --import tsx {filePath}" --test-regex "^integ\\..*\\.ts$"';
project.addTask('integ:verify', {
  description: 'Compare the templates of the integ apps with their snapshots',
  steps: [{ spawn: bundle.name }, { exec: INTEG_RUNNER, receiveArgs: true }],
});
project.addTask('integ:snapshot', {
  description: 'Make the snapshots of the integ apps whose templates have changed anew, without AWS',
  steps: [{ spawn: bundle.name }, { exec: `${INTEG_RUNNER} --update-on-failed --dry-run --parallel-regions us-east-1`, receiveArgs: true }],
});

project.npmignore?.addPatterns(
  '/worker/', '/formats/', '/engine/', '/cli/', '/samples/', '/integ/', '/examples/', '/bench/', '/docs/', '/scripts/', '/.ci/', '/.cache/', '/.venv/',
  '/test-reports/', '/sample-output/', 'cdk.out', '!/assets/',
);

// The compiled files read as their sources do; the maps, which hold these whole, would be a sixth of the package.
project.tsconfig!.file.addOverride('compilerOptions.inlineSourceMap', false);
project.tsconfig!.file.addOverride('compilerOptions.inlineSources', false);

pinActions(project.github!);
addWorkflows(project.github!);

project.synth();
