import { Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';
import { newPipeline, newStack, resource } from './pipeline-stack';
import { plain } from './plain-text';
import { PaviAlignmentPipelineProps } from '../../../src';
import { INPUT_CHECKS } from '../../../src/orchestration/input-validation';

/** What an expression can read of a run: `$states` and the variables. */
export interface Scope {
  readonly states?: { readonly input?: unknown; readonly result?: unknown; readonly errorOutput?: unknown; readonly context?: unknown };
  readonly variables?: { readonly [name: string]: unknown };
}

export const RUN_NAME = 'run-1';

const parsed = new Map<string, jsonata.Expression>();

/**
 * The value of an expression, with or without its marks, as JSON (`undefined` where it gives nothing). AWS runs JSONata 2.0.6 with
 * `$parse` and `$partition`, which this gives it too, and without `$eval`.
 */
export async function evaluate(expression: string, scope: Scope = {}): Promise<any> {
  const text = expression.replace(/^\{%|%\}$/g, '').trim();
  let compiled = parsed.get(text);
  if (compiled === undefined) {
    compiled = jsonata(text);
    compiled.registerFunction('parse', (json: string) => JSON.parse(json), '<s:x>');
    compiled.registerFunction('partition', chunks, '<x?n?:a>');
    parsed.set(text, compiled);
  }
  const states = { context: { Execution: { Name: RUN_NAME } }, ...scope.states };
  const result = await compiled.evaluate(null, { states, ...scope.variables });
  return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}

function chunks(list: unknown[], size: number): unknown[][] | undefined {
  if (list.length === 0) return undefined;
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}

/** What each of the state machine's checks of an input reads and gives, in their order. */
export async function inputChecks(input: unknown): Promise<{ readonly states: NonNullable<Scope['states']>; readonly output: any }[]> {
  const context = { Execution: { Name: RUN_NAME, Input: input } };
  const done: { states: NonNullable<Scope['states']>; output: any }[] = [];
  for (const check of Object.values(INPUT_CHECKS)) {
    const states = { input: done.length === 0 ? input : done[done.length - 1].output, context };
    done.push({ states, output: await evaluate(check, { states }) });
  }
  return done;
}

/** The cause with which the state machine refuses an input; an empty text if it does not. */
export async function refusalOf(input: unknown): Promise<string> {
  return (await inputChecks(input))[2].output;
}

/** The definition of the state machine of a stack with one pipeline; references in it are readable text. */
export function definitionWith(props: Partial<PaviAlignmentPipelineProps> = {}): any {
  const stack = newStack();
  newPipeline(stack, props);
  return definitionOf(Template.fromStack(stack));
}

export function definitionOf(template: Template): any {
  return JSON.parse(plain(resource(template, 'AWS::StepFunctions::StateMachine').Properties.DefinitionString));
}

/** A definition as it is after deployment: `definitionOf` leaves the partition as a reference, which is no ARN's. */
export function deployed(definition: any): any {
  return JSON.parse(JSON.stringify(definition).replaceAll('<AWS::Partition>', 'aws'));
}

/** Every state of a definition, those of Maps and Parallels included, by name. */
export function allStates(definition: any): { [name: string]: any } {
  return Object.entries<any>(definition.States).reduce((states, [name, state]) => ({
    ...states,
    [name]: state,
    ...(state.ItemProcessor ? allStates(state.ItemProcessor) : {}),
    ...Object.assign({}, ...(state.Branches ?? []).map(allStates)),
  }), {});
}
