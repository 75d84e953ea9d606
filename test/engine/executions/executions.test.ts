import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../engine/asl/clock';
import { loadDefinition } from '../../../engine/asl/definition/load-definition';
import type { LoadedStateMachine } from '../../../engine/deployment/loaded-assembly';
import { Executions } from '../../../engine/executions/executions';

const DEFINITION = { QueryLanguage: 'JSONata', StartAt: 'End', States: { End: { Type: 'Succeed' } } };
const MACHINE: LoadedStateMachine = {
  arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M',
  name: 'M',
  role: { arn: 'arn:aws:iam::000000000000:role/R', name: 'R', policies: [] },
  definition: loadDefinition(DEFINITION, 'STANDARD'),
  definitionText: JSON.stringify(DEFINITION),
};

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-executions-')); });
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test('the newest comes first, also of those that start in one moment', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'], now: Date.UTC(2026, 0, 1) });
  const executions = new Executions({
    clock: systemClock, folder, interruptedError: 'Interrupted', integrationsOf: () => ({ find: () => undefined, release: () => undefined }), onStatus: () => undefined,
  });
  const names = ['c', 'a', 'b'];
  await Promise.all(names.map((name) => executions.start({ arn: `${MACHINE.arn.replace(':stateMachine:', ':execution:')}:${name}`, name, machine: MACHINE, input: '{}' }).ended));
  expect(new Set(executions.all().map(({ startDate }) => startDate)).size).toBe(1);
  expect(executions.all().map(({ name }) => name)).toEqual(['b', 'a', 'c']);
});
