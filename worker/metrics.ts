import { write } from './log';

const NAMESPACE = 'Pavi/AlignmentPipeline';

type Unit = 'Count' | 'Bytes' | 'Seconds' | 'Megabytes';

/** Name, value and unit of each metric of a command. */
export type Metrics = Readonly<Record<string, readonly [value: number, unit: Unit]>>;

/**
 * Writes the metrics of a command in CloudWatch's embedded metric format (CloudWatch user guide, page "Specification: Embedded
 * metric format"): the step as the one dimension, the run as a property, so that runs don't multiply the metrics.
 */
export function writeMetrics(step: string, run: string | undefined, metrics: Metrics): void {
  // In kilobytes (Node.js documentation, process.resourceUsage).
  const peakMemory = process.resourceUsage().maxRSS / 1024;
  const all: Metrics = { ...metrics, PeakMemory: [Math.round(peakMemory), 'Megabytes'], Duration: [process.uptime(), 'Seconds'] };
  write({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: NAMESPACE,
        Dimensions: [['Step']],
        Metrics: Object.entries(all).map(([Name, [, Unit]]) => ({ Name, Unit })),
      }],
    },
    Step: step,
    Run: run ?? null,
    JobId: process.env.AWS_BATCH_JOB_ID ?? null,
    ...Object.fromEntries(Object.entries(all).map(([name, [value]]) => [name, value])),
  });
}
