import type { ItemBatcher } from '../definition/definition';
import { MAX_PAYLOAD_BYTES } from '../definition/payload-size';
import { Bindings, evaluate, evaluateInteger } from '../expression/expression';
import { jsonText } from '../expression/json-text';

export interface ItemBatch {
  readonly BatchInput?: unknown;
  readonly Items: readonly unknown[];
}

/** The inputs of the child executions (developer guide, page "ItemBatcher (Map)"): as many items each as the batcher's limits allow, and one at least. */
export async function itemBatches(batcher: ItemBatcher, items: readonly unknown[], bindings: Bindings): Promise<ItemBatch[]> {
  const { MaxItemsPerBatch, MaxInputBytesPerBatch } = batcher;
  const given = MaxItemsPerBatch === undefined ? 0 : await evaluateInteger(MaxItemsPerBatch, 'ItemBatcher/MaxItemsPerBatch', bindings, 0);
  // 0 may be written, and limits nothing.
  const maxItems = given === 0 ? Infinity : given;
  const maxBytes = MaxInputBytesPerBatch === undefined ? MAX_PAYLOAD_BYTES
    : (await evaluateInteger(MaxInputBytesPerBatch, 'ItemBatcher/MaxInputBytesPerBatch', bindings, 0, MAX_PAYLOAD_BYTES) || MAX_PAYLOAD_BYTES);
  const shared = batcher.BatchInput === undefined ? {} : { BatchInput: await evaluate(batcher.BatchInput, 'ItemBatcher/BatchInput', bindings) };
  const empty = Buffer.byteLength(jsonText({ ...shared, Items: [] }));
  const batches: unknown[][] = [];
  let bytes = 0;
  for (const item of items) {
    // With the comma before it.
    const size = Buffer.byteLength(jsonText(item)) + 1;
    const last = batches.at(-1);
    if (last === undefined || last.length >= maxItems || bytes + size > maxBytes) {
      batches.push([item]);
      bytes = empty + size - 1;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return batches.map((Items) => ({ ...shared, Items }));
}
