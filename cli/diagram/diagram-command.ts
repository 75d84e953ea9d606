import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mermaid } from './mermaid';
import { stateGraph } from './state-graph';
import { svg } from './svg';
import { loadPipeline } from '../../engine';

export const DIAGRAM_HELP = `pavi-pipeline diagram --app DIR [options]

Draws the state machine that "cdk synth" wrote.

  --app DIR               the cloud assembly, usually cdk.out
  --format mermaid|svg    (default: mermaid, or as the ending of --output says)
  --output FILE           where the picture goes (default: standard output)
  --state-machine ID      which, where the app has several: its logical id (or its beginning), its stack's name, or STACK/ID
`;

/** Draws a state machine; 0 where it was drawn, else 1. */
export function diagramCommand(args: string[]): number {
  let values;
  let format;
  try {
    ({ values } = parseArgs({
      args, options: { 'app': { type: 'string' }, 'format': { type: 'string' }, 'output': { type: 'string' }, 'state-machine': { type: 'string' } },
    }));
    format = values.format ?? (values.output?.endsWith('.svg') ? 'svg' : 'mermaid');
    if (values.app === undefined) throw new Error('--app is missing');
    if (format !== 'svg' && format !== 'mermaid') throw new Error(`--format must be mermaid or svg, got "${format}"`);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${DIAGRAM_HELP}`);
    return 1;
  }
  const { stateMachine: { definition } } = loadPipeline(values.app, { stateMachine: values['state-machine'], inContainers: true });
  const graph = stateGraph(definition);
  const picture = format === 'svg' ? svg(graph, 'The state machine of the pipeline') : mermaid(graph);
  if (values.output === undefined) {
    process.stdout.write(picture);
    return 0;
  }
  try {
    writeFileSync(values.output, picture);
    return 0;
  } catch (error) {
    process.stderr.write(`error: the picture cannot be written: ${(error as Error).message}\n`);
    return 1;
  }
}
