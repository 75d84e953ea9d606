import { describeExisting } from '../../engine';

/** What the app uses and does not make, a line each. */
export function existingText(existing: Parameters<typeof describeExisting>[0]): string {
  return describeExisting(existing).map((line) => `not made by the app: ${line}\n`).join('');
}
