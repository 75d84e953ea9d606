import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { joinProteins } from '../alignment/alignment-input';
import { runClustalOmega } from '../alignment/clustal-omega';
import { log } from '../log';
import { Metrics } from '../metrics';
import { AlignOptions } from './options';
import { withScratchFolder } from './scratch-folder';
import { openFile, openFolder } from '../storage/place';

/** Joins the proteins of a folder and aligns them. */
export function align(options: AlignOptions, signal: AbortSignal): Promise<Metrics> {
  return withScratchFolder(async (scratch) => {
    const input = join(scratch, 'alignment-input.fa');
    const output = join(scratch, 'alignment-output.aln');
    const joined = await joinProteins(openFolder(options.inputDir), input);
    log('joined', { ...joined });
    await runClustalOmega({ input, output, threads: options.threads, signal });
    const target = openFile(options.output);
    await target.folder.upload(target.name, output);
    const { size } = await stat(output);
    log('aligned', { sequences: joined.sequences, bytes: size, output: target.uri });
    return { AlignmentSequences: [joined.sequences, 'Count'], AlignmentBytes: [size, 'Bytes'] };
  });
}
