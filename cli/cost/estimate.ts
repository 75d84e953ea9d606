import { attemptCost, Compute } from './compute-cost';
import { price } from './price-table';
import { assumed, JOB_SIZES, Workload } from './workload';
import { EXPRESS_MOST_SECONDS } from '../../src/contract/run-defaults';

export type Workflow = 'standard' | 'express';

/** US dollars for something. */
export interface CostLine {
  readonly what: string;
  readonly usd: number;
  /** Where it is paid only under a condition, that one; it is then not part of a sum. */
  readonly onlyWhere?: string;
}

const GIGA = 1e9;

/** What one run costs, its results kept for as long as the workload says. */
export function runCost(workload: Workload, compute: Compute, workflow: Workflow): CostLine[] {
  const { entries } = workload;
  const retrievalJobs = Math.ceil(entries / workload.regionsPerJob);
  const start = assumed('startSeconds');
  const retrievalSeconds = start + Math.min(entries, workload.regionsPerJob) * assumed('entrySeconds');
  const jobs = retrievalJobs * attemptCost(compute, JOB_SIZES.retrieval, retrievalSeconds)
    + attemptCost(compute, JOB_SIZES.alignment, start + workload.alignmentSeconds)
    + attemptCost(compute, JOB_SIZES.collection, start + assumed('collectSeconds'));
  return [
    { what: 'jobs', usd: jobs },
    workflow === 'standard' ? { what: 'state transitions', usd: (assumed('fixedTransitions') + retrievalJobs) * price('statesTransition') }
      : { what: 'Express request and duration', usd: expressCost(expressSeconds(workload)) },
    { what: 'S3 requests', usd: requestCost(entries, retrievalJobs) },
    { what: 'S3 storage', usd: storageCost(workload) },
    { what: 'logs', usd: logCost(entries, retrievalJobs + 2) },
    { what: 'trace', usd: price('traceRecorded') },
  ];
}

/** How long an Express run takes: each of its three steps until it is next looked at. */
export function expressSeconds({ entries, regionsPerJob, alignmentSeconds }: Workload): number {
  const step = (seconds: number) => Math.ceil((assumed('startSeconds') + seconds) / assumed('expressPollSeconds')) * assumed('expressPollSeconds');
  return step(Math.min(entries, regionsPerJob) * assumed('entrySeconds')) + step(alignmentSeconds) + step(assumed('collectSeconds'));
}

export function fitsExpress(workload: Workload): boolean {
  return expressSeconds(workload) < EXPRESS_MOST_SECONDS;
}

function expressCost(seconds: number): number {
  return price('expressRequest') + seconds * assumed('expressMemoryGb') * price('expressGbSecond');
}

/** The input once; each retrieval job reads it; two files an entry are written, listed and read again; the two results. */
function requestCost(entries: number, retrievalJobs: number): number {
  const puts = 1 + 2 * entries + 2 + 2 * Math.ceil(2 * entries / 1000);
  const gets = retrievalJobs + 2 * entries + 2;
  return puts * price('s3Put') + gets * price('s3Get');
}

/** Intermediate files for a month (they expire after 30 days), results for as long as they are kept. */
function storageCost({ entries, resultMonths }: Workload): number {
  const work = entries * (assumed('entryInputBytes') + assumed('entryFileBytes'));
  return (work + entries * assumed('entryResultBytes') * resultMonths) / GIGA * price('s3GbMonth');
}

/** Taken in once, kept for three months. */
function logCost(entries: number, jobs: number): number {
  const bytes = jobs * assumed('jobLogBytes') + entries * assumed('entryLogBytes') + assumed('executionLogBytes');
  return bytes / GIGA * (price('logsGb') + 3 * price('logsGbMonth'));
}

/** What the stack costs in a month in which nothing is run; custom metrics are billed for hours in which there are any, so this is the most. */
export function stackMonth(): CostLine[] {
  return [
    { what: 'alarms, if there are any,', usd: assumed('alarmMetrics') * price('alarmMonth') },
    { what: 'dashboard', usd: price('dashboardMonth') },
    { what: 'custom metrics, at most', usd: assumed('customMetrics') * price('metricMonth') },
  ];
}

/**
 * The same runs by PAVI's Nextflow workflow: a job an entry on EC2, each with the whole genome; the coordinator on an instance that is always on
 * (it is a process of the API's container: where that has room for it anyway, its line is nothing).
 */
export function nextflowMonth({ runs, entries, alignmentSeconds }: Workload): CostLine[] {
  const start = assumed('startSeconds');
  const vcpus = assumed('nextflowJobVcpus');
  const download = assumed('genomeBytes') / assumed('genomeBytesPerSecond');
  const jobs = entries * attemptCost('ec2', { vcpus, memoryMiB: 200 }, start + download + assumed('nextflowEntrySeconds'))
    + attemptCost('ec2', { vcpus, memoryMiB: 2048 }, start + alignmentSeconds) + attemptCost('ec2', { vcpus, memoryMiB: 200 }, start + assumed('collectSeconds'));
  return [
    { what: 'jobs on EC2, shares of full instances', usd: runs * jobs },
    { what: 'coordinator: a t3.medium, always on', usd: assumed('hoursPerMonth') * price('ec2T3MediumHour') },
    {
      what: 'genomes through a NAT gateway',
      usd: runs * entries * assumed('genomeBytes') / GIGA * price('natGb'),
      onlyWhere: 'only where the network has no S3 endpoint, or the genomes are not in the region\'s S3',
    },
  ];
}

export function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd, onlyWhere }) => total + (onlyWhere === undefined ? usd : 0), 0);
}
