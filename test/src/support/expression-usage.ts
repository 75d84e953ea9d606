import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { definitionOf, deployed } from './expressions';
import { realEntries } from './growing-inputs';
import { templateWith } from './pipeline-stack';
import type { EvaluatedExpression } from '../../../engine';
import { JobsTable, PaviAlignmentPipelineProps } from '../../../src';
import { FakeAccount, Faults } from '../../engine/asl/support/fake-account';
import { runDefinition, TaskClock } from '../../engine/asl/support/run-definition';

export interface Kind {
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: unknown;
}

/** The state machines that the construct makes, by kind, with all states that each can have. */
export function kinds(): Kind[] {
  const kind = (name: string, type: Kind['type'], props: Partial<PaviAlignmentPipelineProps>): Kind => ({
    name, type, definition: deployed(definitionOf(templateWith({ jobsTable: JobsTable.create(), ...props }))),
  });
  return [
    kind('STANDARD', 'STANDARD', {}),
    kind('distributed', 'STANDARD', { maxConcurrency: 100 }),
    kind('EXPRESS', 'EXPRESS', { workflowType: StateMachineType.EXPRESS }),
  ];
}

/** An evaluation in a run: of an expression, with what it could read. */
export interface Evaluated extends EvaluatedExpression {
  readonly state: string;
}

/** So that no answer depends on the day. */
const STARTED = Date.parse('2026-01-01T00:00:00Z');

/** Of each expression of a run, the evaluation that took the most. */
export async function evaluationsOf({ type, definition }: Kind, input: unknown, faults: Faults = {}): Promise<Evaluated[]> {
  const most = new Map<string, Evaluated>();
  const onUsage = (evaluated: Evaluated) => {
    const id = `${evaluated.state} ${evaluated.field} ${evaluated.text}`;
    const before = most.get(id);
    if (before === undefined || evaluated.bytes + evaluated.nodes > before.bytes + before.nodes) most.set(id, evaluated);
  };
  const { find } = new FakeAccount(faults);
  await runDefinition(definition, { type, input, findIntegration: find, expressions: { onUsage }, clock: new TaskClock(STARTED) });
  return [...most.values()];
}

/** As large as what Step Functions reads: 32,768 characters of a job's description, 192 KiB of an alignment, a long error file. */
const ENVIRONMENT = Array.from({ length: 200 }, (_, index) => ({ Name: `NAME_${index}`, Value: `{"a \\"word\\"": ${index}} `.repeat(3) }));
const ROWS = Array.from({ length: 1900 }, (_, index) => `seq${index}`.padEnd(30) + 'M'.repeat(60));
const ALIGNMENT = `CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${ROWS.join('\n')}\n${' '.repeat(90)}\n\nseq0 M`;
const ERROR_FILE = {
  error: 'Pavi.InvalidInput',
  entry: null,
  message: `100 problems: ${'seq_regions[0]: seq_id must be text, the name of a sequence in the FASTA file, got 7; '.repeat(600)}`,
  found: Array(100).fill('seq_regions[0]: seq_id must be text, the name of a sequence in the FASTA file, got 7'),
};

/** Runs of a few entries in which as much as can be is read. */
export const GROWING_RUNS: Readonly<Record<string, { readonly input: unknown; readonly faults: Faults }>> = {
  'a long alignment': { input: { seq_regions: realEntries(3) }, faults: { alignment: ALIGNMENT } },
  ...Object.fromEntries(['pavi-retrieve', 'pavi-align'].map((job) => [`a failed ${job} job, 300 long error files`, {
    input: { seq_regions: realEntries(3) },
    faults: { jobs: { [job]: [{ exitCode: 64, reason: 'x' }] }, errorFile: ERROR_FILE, errorFiles: 300, environment: ENVIRONMENT },
  }])),
};
