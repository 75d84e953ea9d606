import { STEP_COMMANDS } from '../../src/contract/batch-jobs';
import { outputFolder } from '../runs/run-name';

export const OPERATE_HELP = `pavi-pipeline submit --stack NAME --input FILE [--name RUN] [--watch]
pavi-pipeline status --stack NAME [RUN] [--limit N] [--status STATUS]
pavi-pipeline watch|stop|redrive|results|logs --stack NAME RUN

Runs of a deployed pipeline, found by the outputs that exportOutputs() left in its stack. RUN is a run's name or its execution's ARN.

  submit                  checks the input, uploads it where it is over 256 KiB, starts a run and prints its name
  status                  the latest runs, or one with its steps, jobs and, where it failed, why
  watch                   the same until the run has ended; ends as the run does
  stop                    stops a run and its jobs
  redrive                 goes on with a run that failed, timed out or was stopped
  results                 downloads the two result files, compared with their checksums
  logs                    what the run's jobs wrote

  --stack NAME            the stack's name or ARN
  --pipeline PREFIX       the prefix that exportOutputs() was given, where the stack has several pipelines
  --region, --profile     (default: as the AWS SDKs find them, as the credentials)
  --endpoint-url URL      of "pavi-pipeline serve", for example; AWS_ENDPOINT_URL does the same
  --patience SECONDS      for which a lost connection is tried again (default: 600)
  --json                  for scripts; docs/operating.md lists the fields

  --input FILE            JSON: a list of region entries, or the execution's input
  --name RUN              the run's name (default: a new one); the same name and input again is the same run
  --watch, --wait         of submit and redrive: go on as watch does
  --limit N               of status: how many runs (default: 20)
  --status STATUS         of status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE
  --reason TEXT           of stop: the cause that the run ends with
  --output DIR            of results (default: ${outputFolder('RUN')})
  --report                of results: also history, logs and report.html, of a run that failed as well
  --step STEP             of logs: ${STEP_COMMANDS.slice(0, -1).join(', ')} or ${STEP_COMMANDS.at(-1)}
  --entry ID              of logs: of this entry alone

Ends with 0 done (watch: the run succeeded), 1 the run failed, timed out or was stopped, 2 wrong command line or input, 3 no such stack, run or
result, 4 not allowed, 5 AWS not reached or in error, 6 refused as things are (name taken, not redrivable, still running), 130 interrupted.
`;
