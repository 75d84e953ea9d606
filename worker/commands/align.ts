import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LogEvent } from '../../src/contract/log-events';
import { ResultKey } from '../../src/contract/storage-keys';
import { WorkerMetric } from '../../src/contract/worker-metrics';
import { joinProteins } from '../alignment/alignment-input';
import { alignmentShape } from '../alignment/clustal-format';
import { runClustalOmega } from '../alignment/clustal-omega';
import { log } from '../log';
import { Metrics } from '../metrics';
import { AlignOptions } from './options';
import { withScratchFolder } from './scratch-folder';
import { openFile, openFolder } from '../storage/place';

/** Joins the proteins of a folder and aligns them. */
export function align(options: AlignOptions, signal: AbortSignal, metrics: Metrics): Promise<void> {
  const target = openFile(options.output);
  return withScratchFolder(async (scratch) => {
    const input = join(scratch, 'alignment-input.fa');
    const output = join(scratch, ResultKey.ALIGNMENT);
    const joined = await joinProteins(openFolder(options.inputDir), input, { signal, expectCount: options.expectCount });
    metrics[WorkerMetric.ALIGNMENT_SEQUENCES] = joined.sequences;
    log(LogEvent.JOINED, joined);
    await runClustalOmega({
      input,
      output,
      threads: options.threads,
      signal,
      onMemory: (megabytes) => { metrics[WorkerMetric.PEAK_MEMORY] = megabytes; },
    });
    const { columns } = await alignmentShape(createReadStream(output), output);
    const { size } = await stat(output);
    metrics[WorkerMetric.ALIGNMENT_COLUMNS] = columns;
    metrics[WorkerMetric.ALIGNMENT_BYTES] = size;
    signal.throwIfAborted();
    await target.folder.upload(target.name, output);
    log(LogEvent.ALIGNED, { sequences: joined.sequences, columns, bytes: size, output: target.uri });
  });
}
