import { Progress } from '../../../cli/terminal/progress';
import type { HistoryEvent } from '../../../engine/asl/record/history';

function written(terminal: boolean, events: [string, Record<string, unknown>][]): string {
  let text = '';
  const progress = new Progress((more) => { text += more; }, terminal);
  events.forEach(([type, details], index) => progress.on({ id: index + 1, previousEventId: index, timestamp: '', type, details } as HistoryEvent));
  progress.end();
  return text.replace(/\[ *\d+\.\d s\]/g, '[TIME]');
}

const RUN: [string, Record<string, unknown>][] = [
  ['TaskStateEntered', { name: 'StoreInput' }],
  ['MapStateEntered', { name: 'RetrieveSequences' }],
  ['MapStateStarted', { length: 2 }],
  ['TaskStateEntered', { name: 'RunRetrievalJob' }],
  ['MapIterationSucceeded', { index: 1 }],
  ['TaskFailed', { error: 'States.TaskFailed' }],
  ['MapIterationSucceeded', { index: 0 }],
  ['TaskStateEntered', { name: 'AlignSequences' }],
];

test('where there is no terminal, each step and each finished job has a line of its own', () => {
  expect(written(false, RUN)).toBe([
    '[TIME] StoreInput',
    '[TIME] RetrieveSequences',
    '[TIME] RetrieveSequences: 0 of 2 jobs done',
    '[TIME] RetrieveSequences: 1 of 2 jobs done',
    '[TIME] RetrieveSequences: 1 of 2 jobs done - failed: States.TaskFailed',
    '[TIME] RetrieveSequences: 2 of 2 jobs done',
    '[TIME] AlignSequences',
    '',
  ].join('\n'));
});

test('on a terminal one line is written again and again, failures stay, and nothing is left at the end', () => {
  const text = written(true, RUN);
  const lines = text.split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0].split('\r\u001b[K').at(-1)).toBe('[TIME] RetrieveSequences: 1 of 2 jobs done - failed: States.TaskFailed');
  expect(lines[1].split('\r\u001b[K').slice(1)).toEqual(['[TIME] RetrieveSequences: 2 of 2 jobs done', '[TIME] AlignSequences', '']);
});
