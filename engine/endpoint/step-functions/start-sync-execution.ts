import { syncResult } from './execution-shapes';
import { hasData, withoutData } from './included-data';
import { machineOf } from './named';
import type { StatesOperation } from './operation';
import { start } from './start';
import { startText, typeNotSupported } from './states-input';

export const startSyncExecution: StatesOperation = async (account, input, caller) => {
  const given = startText(input);
  const withData = hasData(input);
  const machine = machineOf(account, input, caller, 'states:StartSyncExecution');
  if (machine.definition.type !== 'EXPRESS') throw typeNotSupported();
  const { record } = await start(account, machine, given).ended!;
  return withData ? syncResult(record) : withoutData(syncResult(record));
};
