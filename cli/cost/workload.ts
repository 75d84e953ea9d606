import { DEFAULT_JOB_SIZE, fargateSize } from '../../src/contract/job-sizes';
import { DEFAULT_REGIONS_PER_JOB, EXPRESS_POLL_SECONDS } from '../../src/contract/run-defaults';

/** What is run in a month. */
export interface Workload {
  readonly runs: number;
  /** Of each run. */
  readonly entries: number;
  readonly regionsPerJob: number;
  /** Of Clustal Omega; it depends on how many sequences there are, and how long they are. */
  readonly alignmentSeconds: number;
  /** How long results are kept. */
  readonly resultMonths: number;
}

export const DEFAULT_WORKLOAD: Workload = { runs: 1000, entries: 10, regionsPerJob: DEFAULT_REGIONS_PER_JOB, alignmentSeconds: 30, resultMonths: 12 };

/** What the estimate takes for granted, with where each figure is from. */
export const ASSUMPTIONS = {
  startSeconds: { value: 20, text: 's until a container\'s program runs (image pull and start): assumed, not measured in AWS' },
  entrySeconds: { value: 0.5, text: 's for an entry\'s retrieval by byte range: `bench/retrieval.ts` and a network' },
  collectSeconds: { value: 1, text: 's for collecting the seq infos' },
  entryInputBytes: { value: 2_500, text: 'bytes of an entry in the input: the sample\'s' },
  entryFileBytes: { value: 1_500, text: 'bytes of an entry\'s FASTA and seq info: the sample\'s' },
  entryResultBytes: { value: 2_500, text: 'bytes of an entry in the results: the sample\'s' },
  jobLogBytes: { value: 1_400, text: 'bytes that a job logs beside its entries: the sample\'s' },
  entryLogBytes: { value: 200, text: 'bytes that a job logs for an entry: the sample\'s' },
  executionLogBytes: { value: 500, text: 'bytes of the execution\'s log: level ERROR, so next to none' },
  fixedTransitions: { value: 15, text: 'state transitions of a run beside those of its retrieval jobs, its end among them: counted in the sample\'s history' },
  expressPollSeconds: { value: EXPRESS_POLL_SECONDS, text: 's between an Express workflow\'s looks at its jobs: the construct\'s' },
  expressMemoryGb: { value: 0.0625, text: 'GB that an Express execution is billed for: one chunk of 64 MB' },
  alarmMetrics: { value: 8, text: 'metrics in the stack\'s 6 alarms: its template' },
  customMetrics: { value: 19, text: 'custom metrics: 17 of the worker\'s steps and 2 metric filters' },
  genomeBytes: { value: 284e6, text: 'bytes of a genome that PAVI\'s job downloads: 1 GB of sequence, bgzip' },
  genomeBytesPerSecond: { value: 50e6, text: 'bytes a second of that download: assumed' },
  nextflowEntrySeconds: { value: 0.3, text: 's for an entry\'s retrieval once the genome is there: measured with PAVI\'s program on a local file' },
  nextflowJobVcpus: { value: 1, text: 'vCPU of each of PAVI\'s jobs: Nextflow\'s default' },
  hoursPerMonth: { value: 730, text: 'hours of a month' },
} as const;

export function assumed(name: keyof typeof ASSUMPTIONS): number {
  return ASSUMPTIONS[name].value;
}

/** The construct's default sizes on Fargate. */
export const JOB_SIZES = {
  retrieval: fargateSize(DEFAULT_JOB_SIZE.SEQUENCE_RETRIEVAL)!,
  alignment: fargateSize(DEFAULT_JOB_SIZE.ALIGNMENT)!,
  collection: fargateSize(DEFAULT_JOB_SIZE.SEQ_INFO_COLLECTION)!,
};
