import { sdkCall } from '../definition/load-definition';
import { evaluate, evaluateTyped } from '../expression/expression';
import { ErrorCode } from '../visit/errors';
import { serviceCall } from '../visit/service-call';
import { StatesError } from '../visit/task-integration';
import { bindings, Engine, Visit } from '../visit/visit';

/**
 * The items that a distributed Map reads: a JSON array, JSON lines, or the objects of a bucket.
 *
 * @throws StatesError States.ItemReaderFailed
 */
export async function readItems(engine: Engine, visit: Visit): Promise<unknown[]> {
  const { Resource, Arguments, ReaderConfig = {} } = visit.state.ItemReader!;
  const available = bindings(engine, visit);
  const args = await evaluate(Arguments ?? {}, 'ItemReader/Arguments', available) as Record<string, unknown>;
  const max: number = ReaderConfig.MaxItems === undefined ? 0
    : await evaluateTyped(ReaderConfig.MaxItems, 'ItemReader/ReaderConfig/MaxItems', available, 'number');
  if (max < 0) throw failed('field MaxItems must be positive');
  const items = Resource.endsWith(':s3:listObjectsV2') ? await listObjects(engine, visit, Resource, args, max)
    : parseItems((await call(engine, visit, Resource)(args)).Body, ReaderConfig.InputType ?? 'JSON');
  return max === 0 ? items : items.slice(0, max);
}

/** The SDK's call, which fails as the reader's. */
function call(engine: Engine, visit: Visit, resource: string): (args: Record<string, unknown>) => Promise<any> {
  const send = serviceCall(engine, visit, sdkCall(resource)!);
  return async (args) => {
    try {
      return await send(args);
    } catch (error) {
      if (error instanceof StatesError && error.errorName !== ErrorCode.RUNTIME) throw failed(error.errorCause ?? error.errorName);
      throw error;
    }
  };
}

async function listObjects(engine: Engine, visit: Visit, resource: string, args: Record<string, unknown>, max: number): Promise<unknown[]> {
  const list = call(engine, visit, resource);
  const items: unknown[] = [];
  let ContinuationToken: unknown;
  do {
    const page = await list({ ...args, ...ContinuationToken === undefined ? {} : { ContinuationToken } });
    items.push(...page.Contents ?? []);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined && (max === 0 || items.length < max));
  return items;
}

function parseItems(body: unknown, type: string): unknown[] {
  // The SDK's integration gives a JSON object's content as text, or as what it holds.
  let value = body;
  try {
    if (typeof body === 'string') value = type === 'JSONL' ? body.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line)) : JSON.parse(body);
  } catch (error) {
    throw failed(`The file is not valid ${type}: ${(error as Error).message}`);
  }
  if (!Array.isArray(value)) throw failed('Attempting to map over non-iterable node.');
  return value;
}

function failed(cause: string): StatesError {
  return new StatesError(ErrorCode.ITEM_READER, cause);
}
