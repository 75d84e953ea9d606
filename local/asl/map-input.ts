import { evaluateTyped, ExpressionError } from './expression';
import { bindings, Engine, Visit } from './visit';

/** The Map's items: of its Items, or its input. */
export async function itemsOf(engine: Engine, visit: Visit): Promise<unknown[]> {
  const { state, input } = visit;
  if (state.Items !== undefined) return evaluateTyped(state.Items, 'Items', bindings(engine, visit), 'array');
  if (!Array.isArray(input)) throw new ExpressionError(`Map state input must be an array but was: ${JSON.stringify(input)}`);
  return input;
}
