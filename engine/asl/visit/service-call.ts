import { ErrorCode } from './errors';
import { StatesError } from './task-integration';
import { Engine, Visit, within } from './visit';

/** A service's call that a state makes beside its own work; it leaves no events. */
export function serviceCall(engine: Engine, visit: Visit, resource: string): (args: Record<string, unknown>) => Promise<any> {
  const integration = engine.findIntegration(resource, visit.name);
  if (integration === undefined) throw new StatesError(ErrorCode.RUNTIME, within(visit, `${resource} is not supported by the local engine`));
  return (args) => engine.clock.during(() => integration(args, {
    ...contextOf(engine, visit), signal: visit.signal, record: () => undefined, heartbeat: () => undefined,
  }));
}

/** What every call of a Task tells of its execution. */
export function contextOf({ executionArn, executionName }: Engine, { name, retryCount }: Visit) {
  return { executionArn, executionName, stateName: name, retryCount };
}
