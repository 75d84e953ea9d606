import { Compute, COMPUTES } from './compute-cost';
import { CostLine, expressSeconds, fitsExpress, nextflowMonth, runCost, stackMonth, sum, Workflow } from './estimate';
import { PRICE_REGION, PRICES, Price } from './price-table';
import { ASSUMPTIONS, Workload } from './workload';
import { RUN_TAG } from '../../src/contract/job-tags';
import { count, dollars } from '../terminal/units';

export const COMPUTE_NAMES: Readonly<Record<Compute, string>> = {
  'fargate': 'Fargate', 'fargate-arm': 'Fargate, ARM', 'fargate-spot': 'Fargate Spot', 'ec2': 'EC2 (share of a full m5.large)', 'ec2-spot': 'EC2 Spot (likewise)',
};

/** All figures of a workload, for scripts. */
export function costs(workload: Workload) {
  const workflows: readonly Workflow[] = fitsExpress(workload) ? ['standard', 'express'] : ['standard'];
  const ofRuns = workflows.flatMap((workflow) => COMPUTES.map((compute) => {
    const run = runCost(workload, compute, workflow);
    return { compute, workflow, run, runTotal: sum(run), monthTotal: sum(run) * workload.runs + sum(stackMonth()) };
  }));
  return { region: PRICE_REGION, workload, runs: ofRuns, stack: stackMonth(), nextflow: nextflowMonth(workload) };
}

/** The same in tables of Markdown, which can be read as they are. */
export function costText(workload: Workload): string {
  const { runs, stack, nextflow } = costs(workload);
  const rows = runs.filter(({ workflow }) => workflow === 'standard').map(({ compute, run, runTotal, monthTotal }) => {
    const express = runs.find((other) => other.compute === compute && other.workflow === 'express');
    return [COMPUTE_NAMES[compute], dollars(run[0].usd), dollars(runTotal - run[0].usd), dollars(runTotal), dollars(monthTotal), express === undefined ? '-' : dollars(express.monthTotal)];
  });
  const first = runs[0];
  const about = `${count(workload.runs, 'run')} a month of ${count(workload.entries, 'entry', 'entries')}, ${workload.regionsPerJob} a job; ${workload.alignmentSeconds} s of alignment; `
    + `results kept for ${count(workload.resultMonths, 'month')}; ${PRICE_REGION}, list prices without free tiers.`;
  const express = fitsExpress(workload) ? '' : `\nAn Express workflow would take ${expressSeconds(workload)} s, and has five minutes at most.\n`;
  return `${about}

${table(['compute', 'a run\'s jobs', 'all else of it', 'a run', 'a month, Standard', 'a month, Express'], rows)}
${express}
The month has the stack's own costs in it: ${spoken(stack)}.
What AWS billed for a run: Cost Explorer, by the tag ${RUN_TAG} (docs/cost.md).

One run on Fargate, Standard:

${table(['', 'US dollars'], [...first.run.map(({ what, usd }) => [what, dollars(usd)]), ['together', dollars(first.runTotal)]])}

The same month by PAVI's Nextflow workflow:

${table(['', 'US dollars'], [
  ...nextflow.filter(({ onlyWhere }) => onlyWhere === undefined).map(({ what, usd }) => [what, dollars(usd)]),
  ['together', dollars(sum(nextflow))],
  ...nextflow.filter(({ onlyWhere }) => onlyWhere !== undefined).map(({ what, usd, onlyWhere }) => [`besides: ${what}, ${onlyWhere}`, dollars(usd)]),
])}
`;
}

function spoken(lines: readonly CostLine[]): string {
  return lines.map(({ what, usd }) => `${what} ${dollars(usd)}`).join(', ');
}

/** The prices with their sources, and what is assumed. */
export function priceText(): string {
  const prices: readonly Price[] = Object.values(PRICES);
  return `${table(['US dollars', 'for', 'source', 'date', 'caution'],
    prices.map(({ usd, unit, source, date, caution = '' }) => [plain(usd), `a ${unit}`.replace(/^a (hour|alarm)/, 'an $1'), source, date, caution]))}

Taken for granted:

${Object.values(ASSUMPTIONS).map(({ value, text }) => `- ${plain(value)} ${text}`).join('\n')}
`;
}

/** Without an exponent. */
function plain(value: number): string {
  return value.toFixed(10).replace(/\.?0+$/, '').replace(/\B(?=(\d{3})+(?!\d)(?<!\.\d*))/g, ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
