import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { refusal } from './entry-problems';
import { inputForm } from './input-form';
import { unrecognizedEntries } from './right-entry';
import { EXECUTION_INPUT, jsonata } from '../states/jsonata';

const ENTRIES = `${EXECUTION_INPUT}.seq_regions`;

/** The checks of a run's input, one after the other: each is an expression over the output of the one before, and the first over the input. */
export const INPUT_CHECKS = {
  CheckForm: inputForm(),
  CheckEntries: unrecognizedEntries(ENTRIES),
  ListProblems: refusal(ENTRIES),
} as const;

export interface InputValidationProps {
  /** The variable for the cause of a refusal; it holds an empty text where nothing was found to be wrong. */
  readonly variable: string;
  /** What the run remembers besides, checked or not. */
  readonly assign?: { readonly [variable: string]: string };
  /** What comes next if the input could not be checked. */
  readonly unchecked: sfn.IChainable;
}

/**
 * Checks a run's input without any way to end a good run: a Pass state takes no Catch, but the Parallel state around it does. If AWS ends an
 * evaluation, because it took too long or allocated too much, the run goes on unchecked. The worker checks the same rules before it
 * does anything, and ends a bad run with the same error and list.
 */
export function inputValidation(scope: Construct, props: InputValidationProps): sfn.Parallel {
  const { variable, assign, unchecked } = props;
  const [form, entries, problems] = Object.entries(INPUT_CHECKS).map(([id, check]) => sfn.Pass.jsonata(scope, id, { outputs: jsonata(check) }));
  return sfn.Parallel.jsonata(scope, 'ValidateInput', {
    // The input itself stays in the context object, and later states read it there.
    outputs: {},
    assign: { ...assign, [variable]: jsonata('$states.result[0]') },
  })
    .branch(form.next(entries).next(problems))
    .addCatch(unchecked, { errors: ['States.ALL'], outputs: {}, assign: { ...assign, [variable]: '' } });
}
