import { evaluateInteger, evaluateTyped, ExpressionError } from '../expression/expression';
import { jsonText } from '../expression/json-text';
import { bindings, Engine, Visit } from '../visit/visit';

/** How many iterations at once; 0 for as many as there may be. */
export async function concurrencyOf(engine: Engine, visit: Visit): Promise<number> {
  const { MaxConcurrency } = visit.state;
  return MaxConcurrency === undefined ? 0 : evaluateInteger(MaxConcurrency, 'MaxConcurrency', bindings(engine, visit), 0);
}

/** The Map's items: of its Items, or its input. */
export async function itemsOf(engine: Engine, visit: Visit): Promise<unknown[]> {
  const { state, input } = visit;
  if (state.Items !== undefined) return evaluateTyped(state.Items, 'Items', bindings(engine, visit), 'array');
  if (!Array.isArray(input)) throw new ExpressionError(`Map state input must be an array but was: ${jsonText(input)}`);
  return input;
}
