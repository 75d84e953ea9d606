import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { synthesize } from './assembly';
import { deploy, DEPLOYMENT, destroy } from './deployment';
import { markdownTable, Observation } from './observation';
import { differences, stateDifferences } from './replay';
import { Session } from './session';
import type { Step, StepContext } from './step';
import { cancel } from './steps/cancel';
import { expressions } from './steps/expressions';
import { failure } from './steps/failure';
import { jobDefinitions } from './steps/job-definitions';
import { sample } from './steps/sample';
import { timeout } from './steps/timeout';

const STEPS: readonly Step[] = [
  expressions, jobDefinitions, { ...DEPLOYMENT, run: deploy }, sample, failure, timeout, cancel,
];

const USAGE = `scripts/first-deployment [--yes] [--keep] [--only STEP ...] [--endpoint URL] [--region REGION] [--folder DIR] [--wait SECONDS]
scripts/first-deployment --replay FOLDER [--against FOLDER] --endpoint URL

Asks AWS, or "pavi-pipeline serve", what nobody knows before the first deployment. docs/first-deployment.md says how.

  --yes            do not ask before each step
  --keep           leave the stack; later runs with --only find it
  --only STEP      only this step, and again for more: ${STEPS.map(({ name }) => name).join(', ')}
  --endpoint URL   of "pavi-pipeline serve"; the default is AWS
  --region REGION  default: AWS_REGION, or us-east-1
  --folder DIR     for the answers; it must not exist (default: first-deployment-TIME)
  --app DIR        the cloud assembly of integ/first-deployment/app.ts, if it is there already
  --wait SECONDS   for each run (default: 1500)
  --replay FOLDER  compare what a run on AWS left with what "pavi-pipeline serve" answers: the tested states again, one by one,
  --against FOLDER and the histories, jobs and errors with those that a run with --endpoint left in this folder
`;

/** The command line cannot be followed. */
class UsageError extends Error {}

function options(args: string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      yes: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      endpoint: text,
      region: text,
      folder: text,
      app: text,
      replay: text,
      against: text,
      wait: { type: 'string', default: '1500' },
    },
  });
  const unknown = (values.only ?? []).filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) throw new UsageError(`there is no step ${unknown.join(', ')}; there are: ${STEPS.map(({ name }) => name).join(', ')}`);
  const waitSeconds = Number(values.wait);
  if (!(waitSeconds > 0)) throw new UsageError(`--wait must be a number of seconds, got "${values.wait}"`);
  if (values.replay !== undefined && values.endpoint === undefined) throw new UsageError('--replay wants the --endpoint of "pavi-pipeline serve"');
  if (values.against !== undefined && values.replay === undefined) throw new UsageError('--against goes with --replay');
  if (!values.yes && !values.help && values.replay === undefined && !process.stdin.isTTY) {
    throw new UsageError('nobody can be asked here before each step; give --yes to run them all');
  }
  const folder = resolve(values.folder ?? `first-deployment-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  if (values.replay === undefined && existsSync(folder)) throw new UsageError(`${folder} exists; name a new folder with --folder DIR`);
  return { ...values, waitSeconds, folder, region: values.region ?? process.env.AWS_REGION ?? 'us-east-1' };
}

async function agrees(step: Step): Promise<boolean> {
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await questions.question(`run ${step.name}? [y/N] `)).trim().toLowerCase() === 'y';
  } finally {
    questions.close();
  }
}

async function runStep(step: Step, context: StepContext): Promise<Observation[]> {
  try {
    return await step.run(context);
  } catch (error) {
    const { name, message } = error as Error;
    context.session.keep(`${step.name}-failed`, { name, message });
    return [{ step: step.name, what: 'the step itself', expected: 'it runs to its end', seen: `${name}: ${message}`, verdict: 'DIFFERENT' }];
  }
}

async function main(args: string[]): Promise<number> {
  const chosen = options(args);
  const { help, only, yes, keep, endpoint, folder, app } = chosen;
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (chosen.replay === undefined) mkdirSync(folder, { recursive: true });
  const session = new Session(chosen);
  if (chosen.replay !== undefined) return replay(session, chosen.replay, chosen.against);
  const assembly = app === undefined ? join(folder, 'cdk.out') : resolve(app);
  if (app === undefined) synthesize(assembly);
  const context = { session, assembly };
  const observations: Observation[] = [];
  let isDeployed = false;
  try {
    for (const step of STEPS.filter(({ name }) => only === undefined || only.includes(name))) {
      process.stderr.write(`==> ${step.name}: ${step.title}\n    price: ${endpoint === undefined ? step.price : 'nothing on this machine'}\n    leaves: ${step.leaves}\n`);
      if (!yes && !await agrees(step)) continue;
      isDeployed ||= step.name === DEPLOYMENT.name && endpoint === undefined;
      observations.push(...await runStep(step, context));
    }
  } finally {
    session.close();
    const table = `${endpoint === undefined ? 'AWS' : 'serve'}, ${chosen.region}\n\n${markdownTable(observations)}`;
    writeFileSync(join(folder, 'table.md'), table);
    process.stdout.write(`${table}\n`);
    process.stderr.write(`answers, histories and jobs are in ${folder}\n`);
    if (isDeployed && !keep) destroy(assembly);
  }
  return observations.some(({ verdict }) => verdict === 'DIFFERENT') ? 1 : 0;
}

async function replay(session: Session, judge: string, judged: string | undefined): Promise<number> {
  const found = [...await stateDifferences(judge, session), ...judged === undefined ? [] : differences(judge, judged)];
  session.close();
  process.stdout.write(found.length === 0 ? 'no difference\n' : `${found.join('\n')}\n${found.length} ${found.length === 1 ? 'difference' : 'differences'}\n`);
  return found.length === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error: Error) => {
  process.stderr.write(`error: ${error.message}\n${error instanceof UsageError || error.name === 'TypeError' ? `\n${USAGE}` : ''}`);
  process.exitCode = 1;
});
