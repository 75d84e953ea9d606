import { readFileSync } from 'node:fs';
import { write } from './log';
import {
  METRIC_JOB_PROPERTY, METRIC_MARK, METRIC_NAMESPACE, METRIC_PIPELINE_DIMENSION, METRIC_RUN_PROPERTY, METRIC_STEP_DIMENSION, PIPELINE_ENV,
  WorkerMetric, WorkerMetricName,
} from '../src/contract/worker-metrics';

type Unit = 'Count' | 'Bytes' | 'Seconds' | 'Megabytes';

const UNITS: Readonly<Partial<Record<WorkerMetricName, Unit>>> = {
  [WorkerMetric.GENOME_BYTES]: 'Bytes',
  [WorkerMetric.ALIGNMENT_BYTES]: 'Bytes',
  [WorkerMetric.DURATION]: 'Seconds',
  [WorkerMetric.PEAK_MEMORY]: 'Megabytes',
};

/** What a command measures: values by name, in the units of {@link WorkerMetric}. A command fills it, whether it then fails or not. */
export type Metrics = Partial<Record<WorkerMetricName, number>>;

/**
 * Writes the metrics of a command in CloudWatch's embedded metric format (CloudWatch user guide, page "Specification: Embedded
 * metric format"): the pipeline, where its job definition says it, and the step as dimensions; the run and the job as properties, to
 * search by.
 *
 * @param metrics its PEAK_MEMORY is that of other processes of the command, to which this one's is added
 */
export function writeMetrics(step: string, run: string | undefined, metrics: Readonly<Metrics>): void {
  const all: Metrics = {
    ...metrics,
    [WorkerMetric.DURATION]: Math.round(process.uptime() * 1000) / 1000,
    [WorkerMetric.PEAK_MEMORY]: Math.round(ownPeakMemory() + (metrics[WorkerMetric.PEAK_MEMORY] ?? 0)),
  };
  const pipeline = process.env[PIPELINE_ENV];
  write({
    [METRIC_MARK]: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: METRIC_NAMESPACE,
        Dimensions: [[...(pipeline ? [METRIC_PIPELINE_DIMENSION] : []), METRIC_STEP_DIMENSION]],
        Metrics: Object.keys(all).map((Name) => ({ Name, Unit: UNITS[Name as WorkerMetricName] ?? 'Count' })),
      }],
    },
    ...(pipeline ? { [METRIC_PIPELINE_DIMENSION]: pipeline } : {}),
    [METRIC_STEP_DIMENSION]: step,
    [METRIC_RUN_PROPERTY]: run ?? null,
    [METRIC_JOB_PROPERTY]: process.env.AWS_BATCH_JOB_ID ?? null,
    ...all,
  });
}

/**
 * In megabytes. Linux tells it of this program in `/proc/self/status` (manual page proc(5)); what getrusage(2) tells begins with the
 * memory of the process that started this one.
 */
function ownPeakMemory(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
