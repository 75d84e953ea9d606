import { oneOf } from './states-input';
import type { Input } from '../json-protocol';

const PAYLOADS = ['input', 'inputDetails', 'output', 'outputDetails', 'error', 'cause'];
const INCLUDED_DATA = ['ALL_DATA', 'METADATA_ONLY'];

/** Whether the caller wants what an execution takes and gives. */
export function hasData(input: Input): boolean {
  return oneOf(input, 'includedData', INCLUDED_DATA) !== 'METADATA_ONLY';
}

/** What a caller is told who may not decrypt what an execution takes and gives (API reference, DescribeExecution, "includedData"). */
export function withoutData(description: object): object {
  return Object.fromEntries(Object.entries(description).filter(([name]) => !PAYLOADS.includes(name)));
}
