import { redriveStatus } from '../../../engine/executions/redrive-status';

const ended = (more: object) => ({ status: 'FAILED', stopDate: new Date().toISOString(), redriveCount: 0, eventCount: 10, mapRuns: [], ...more }) as unknown as
  Parameters<typeof redriveStatus>[0];
const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();

test.each([
  [{ eventCount: 24_998 }, undefined],
  [{ eventCount: 24_999 }, 'Execution history event limit exceeded'],
  [{ stopDate: daysAgo(13.9) }, undefined],
  [{ stopDate: daysAgo(14.1) }, 'Execution redrivable period exceeded'],
  [{ redriveCount: 999 }, undefined],
  [{ redriveCount: 1000 }, 'Execution has been redriven 1000 times and cannot be redriven'],
])('%j', (more, reason) => expect(redriveStatus(ended(more)).redriveStatusReason).toBe(reason));
