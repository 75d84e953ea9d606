import { github } from 'projen';

const NODE = '22';
const READ_ONLY = { contents: github.workflows.JobPermission.READ };

/** Both commands of the README, the API's compatibility, the code's security, and the integ apps in an account. */
export function addWorkflows(gh: github.GitHub): void {
  addCommands(gh);
  addCodeScanning(gh);
  addIntegration(gh);
}

/** As projen does it; but none of our jobs writes to the repository, so the token does not stay in the clone's settings. */
function checkout(options: github.CheckoutWith = {}): github.workflows.JobStep {
  const step = github.WorkflowSteps.checkout({ with: options });
  return { ...step, with: { ...step.with, 'persist-credentials': false } };
}

const setUp: github.workflows.JobStep[] = [
  checkout({ fetchDepth: 0 }),
  { name: 'Set up Node.js', uses: 'actions/setup-node@v7.0.0', with: { 'node-version': NODE } },
];

/** What a person does with a fresh clone; and, beside it, what a user of the packages does with other versions of Node.js. */
function addCommands(gh: github.GitHub): void {
  const workflow = gh.addWorkflow('commands');
  workflow.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
  workflow.addJob('sample-and-test', {
    runsOn: ['ubuntu-latest'],
    permissions: READ_ONLY,
    timeoutMinutes: 60,
    steps: [
      ...setUp,
      { name: 'Run the sample', run: './scripts/sample' },
      { name: 'Run all tests, those in containers included', run: './.ci/run' },
      {
        name: 'Run the integ apps on this machine, as processes and as containers',
        run: './scripts/integ-local',
        env: { PAVI_CONTAINERS: 'required' },
      },
      { name: 'Compare the API with the last release', run: './scripts/api-compatibility' },
    ],
  });
  workflow.addJob('node-versions', {
    runsOn: ['ubuntu-latest'],
    permissions: READ_ONLY,
    timeoutMinutes: 60,
    steps: [
      ...setUp,
      { name: 'Run the sample, and test the worker and the packages, on each version of Node.js', run: './scripts/test-node-versions' },
    ],
  });
}

function addCodeScanning(gh: github.GitHub): void {
  const workflow = gh.addWorkflow('codeql');
  workflow.on({ pullRequest: {}, push: { branches: ['main'] }, schedule: [{ cron: '17 4 * * 1' }] });
  workflow.addJob('analyze', {
    runsOn: ['ubuntu-latest'],
    permissions: { ...READ_ONLY, securityEvents: github.workflows.JobPermission.WRITE },
    steps: [
      checkout(),
      { name: 'Initialize CodeQL', uses: 'github/codeql-action/init@v4.36.2', with: { languages: 'javascript-typescript' } },
      { name: 'Analyze', uses: 'github/codeql-action/analyze@v4.36.2' },
    ],
  });
}

/**
 * Deploys every integ app, runs the sample in it and takes it away again; by hand or each week, where the repository's variables name a
 * role that its OIDC provider may assume.
 */
function addIntegration(gh: github.GitHub): void {
  const workflow = gh.addWorkflow('integ');
  workflow.on({ workflowDispatch: {}, schedule: [{ cron: '29 5 * * 6' }] });
  workflow.addJob('deploy-and-run', {
    runsOn: ['ubuntu-latest'],
    if: "vars.INTEG_ROLE_ARN != ''",
    permissions: { ...READ_ONLY, idToken: github.workflows.JobPermission.WRITE },
    timeoutMinutes: 180,
    concurrency: 'integ',
    steps: [
      ...setUp,
      {
        name: 'Assume the role of the integ account',
        uses: 'aws-actions/configure-aws-credentials@v6.2.3',
        with: { 'role-to-assume': '${{ vars.INTEG_ROLE_ARN }}', 'aws-region': 'us-east-1', 'role-duration-seconds': 10800 },
      },
      { name: 'Deploy, run and destroy', run: './scripts/integ-aws' },
    ],
  });
}
