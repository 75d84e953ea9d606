import { parseArgs } from 'node:util';
import { costs, costText, priceText } from './cost-text';
import { DEFAULT_WORKLOAD, Workload } from './workload';

export const COST_HELP = `pavi-pipeline cost [options]

Estimates what runs cost in AWS: a run and a month, on Fargate and EC2, with Spot, as a Standard and as an Express workflow, beside PAVI's
Nextflow workflow. Asks nobody: prices are a dated table of us-east-1.

  --runs N                a month (default: ${DEFAULT_WORKLOAD.runs})
  --entries N             of a run (default: ${DEFAULT_WORKLOAD.entries})
  --regions-per-job N     (default: ${DEFAULT_WORKLOAD.regionsPerJob})
  --alignment-seconds N   that Clustal Omega takes for a run (default: ${DEFAULT_WORKLOAD.alignmentSeconds})
  --result-months N       for which results are kept (default: ${DEFAULT_WORKLOAD.resultMonths})
  --prices                the prices with their sources, and what is assumed
  --json                  for scripts
`;

const MOST = 1e9;

/** Prints an estimate; 0, or 1 where the command line cannot be followed. */
export function costCommand(args: string[]): number {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'runs': { type: 'string' },
        'entries': { type: 'string' },
        'regions-per-job': { type: 'string' },
        'alignment-seconds': { type: 'string' },
        'result-months': { type: 'string' },
        'prices': { type: 'boolean', default: false },
        'json': { type: 'boolean', default: false },
      },
    });
    const workload: Workload = {
      runs: whole('--runs', values.runs, DEFAULT_WORKLOAD.runs, 0),
      entries: whole('--entries', values.entries, DEFAULT_WORKLOAD.entries, 1),
      regionsPerJob: whole('--regions-per-job', values['regions-per-job'], DEFAULT_WORKLOAD.regionsPerJob, 1),
      alignmentSeconds: whole('--alignment-seconds', values['alignment-seconds'], DEFAULT_WORKLOAD.alignmentSeconds, 0),
      resultMonths: whole('--result-months', values['result-months'], DEFAULT_WORKLOAD.resultMonths, 0),
    };
    process.stdout.write(values.prices ? priceText() : values.json ? `${JSON.stringify(costs(workload), null, 2)}\n` : costText(workload));
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${COST_HELP}`);
    return 1;
  }
}

function whole(option: string, given: string | undefined, otherwise: number, least: number): number {
  if (given === undefined) return otherwise;
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (!(value >= least && value <= MOST)) throw new Error(`${option} must be a whole number from ${least} to ${MOST}, got "${given}"`);
  return value;
}
