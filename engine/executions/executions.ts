import { mkdirSync } from 'node:fs';
import { abortInterruptedChildren, ChildExecutions } from './child-executions';
import { ExecutionJournal, ExecutionRecord, ExecutionStart, ExecutionTrail, stateOf } from './execution-journal';
import type { Clock } from '../asl/clock';
import { loadDefinition } from '../asl/definition/load-definition';
import { Redrive, runExecution, StopReason } from '../asl/execution';
import type { ExpressionOptions } from '../asl/expression/expression';
import type { HistoryEvent } from '../asl/record/history';
import type { MapRun } from '../asl/record/map-run';
import { Place } from '../asl/record/place';
import type { FindIntegration } from '../asl/visit/task-integration';
import type { LoadedStateMachine } from '../deployment/loaded-assembly';

export interface ExecutionsOptions {
  readonly clock: Clock;
  /** Of the journals. */
  readonly folder: string;
  /** The error of an execution that this process, or an earlier one, left before its end. */
  readonly interruptedError: string;
  /** The service calls of one execution, as the state machine's role; `release` when it has ended. */
  readonly integrationsOf: (machine: LoadedStateMachine, executionName: string) => { readonly find: FindIntegration; release(): void };
  /** When an execution has started, been redriven, or ended. */
  readonly onStatus: (record: ExecutionRecord) => void;
  readonly expressions?: ExpressionOptions;
}

/** An execution that goes on. */
export interface RunningExecution {
  readonly arn: string;
  /** Resolves at its end; never rejects. */
  readonly ended: Promise<ExecutionTrail>;
}

interface Running extends RunningExecution {
  readonly start: ExecutionStart;
  readonly events: HistoryEvent[];
  readonly mapRuns: Map<string, MapRun>;
  readonly stop: AbortController;
}

const INTERRUPTED_CAUSE = 'the local engine was stopped while the execution ran; RedriveExecution goes on where it was';

/** The executions of an account: those that run, and those that ended, also in an earlier process. */
export class Executions {
  public readonly children: ChildExecutions;
  private readonly records = new Map<string, ExecutionRecord>();
  private readonly running = new Map<string, Running>();

  constructor(private readonly options: ExecutionsOptions) {
    mkdirSync(options.folder, { recursive: true });
    this.children = new ChildExecutions(options.folder, () => this.all());
    for (const record of ExecutionJournal.records(options.folder)) {
      this.records.set(record.arn, record.status === 'RUNNING' ? this.abortInterrupted(record) : record);
    }
  }

  /** Undefined where there is none. */
  public find(arn: string): ExecutionRecord | undefined {
    const running = this.running.get(arn);
    return running === undefined ? this.records.get(arn) : recordNow(running);
  }

  /** Newest first; those of one moment in the order in which they are known. */
  public all(): ExecutionRecord[] {
    return [...this.records.keys()].reverse().map((arn) => this.find(arn)!).sort((a, b) => b.startDate.localeCompare(a.startDate));
  }

  public events(arn: string): readonly HistoryEvent[] {
    return this.running.get(arn)?.events ?? ExecutionJournal.of(this.options.folder, arn).read().events;
  }

  /** Of all executions, and of their child executions. */
  public mapRuns(): MapRun[] {
    return this.all().flatMap(({ mapRuns }) => mapRuns);
  }

  /** @param input JSON; whoever calls has checked it, and that there is no execution of this name */
  public start(
    { arn, name, machine, input }: { arn: string; name: string; machine: LoadedStateMachine; input: string }, onEvent?: (event: HistoryEvent) => void,
  ): RunningExecution {
    const start: ExecutionStart = {
      arn, name, stateMachineArn: machine.arn, input, startDate: new Date().toISOString(), definition: machine.definitionText,
    };
    const journal = ExecutionJournal.of(this.options.folder, arn);
    journal.append({ start });
    return this.run(machine, journal, start, new Place((move) => journal.append({ move })), undefined, [], onEvent);
  }

  /**
   * Goes on with an execution that has ended, by the definition that it was started with.
   *
   * @throws DefinitionError where this engine does not run that definition any more
   */
  public redrive(machine: LoadedStateMachine, { arn }: ExecutionRecord): RunningExecution {
    const journal = ExecutionJournal.of(this.options.folder, arn);
    const { record, events, moves } = journal.read();
    const { name, stateMachineArn, input, startDate, redriveCount, mapRuns } = record;
    const definition = loadDefinition(JSON.parse(record.definition), 'STANDARD');
    const start: ExecutionStart = { arn, name, stateMachineArn, input, startDate, definition: record.definition };
    journal.reopen();
    const redrive = { count: redriveCount + 1, startTime: startDate, events };
    return this.run({ ...machine, definition }, journal, start, Place.after(moves, (move) => journal.append({ move })), redrive, mapRuns);
  }

  /** Asks a running execution to stop; it has when its `ended` resolves. */
  public stop(arn: string, error?: string, cause?: string): RunningExecution | undefined {
    const running = this.running.get(arn);
    running?.stop.abort(new StopReason(error, cause));
    return running;
  }

  /** Stops all; their jobs have ended then. */
  public async close(): Promise<void> {
    const running = [...this.running.values()];
    running.forEach(({ stop }) => stop.abort(new StopReason(this.options.interruptedError, INTERRUPTED_CAUSE)));
    await Promise.all(running.map(({ ended }) => ended));
  }

  private run(
    machine: LoadedStateMachine, journal: ExecutionJournal, start: ExecutionStart, place: Place,
    redrive: Redrive | undefined, mapRuns: readonly MapRun[],
    onEvent: (event: HistoryEvent) => void = () => undefined,
  ): RunningExecution {
    const stop = new AbortController();
    const byArn = new Map(mapRuns.map((mapRun) => [mapRun.mapRunArn, mapRun]));
    const running = { arn: start.arn, start, stop, events: [...redrive?.events ?? []], mapRuns: byArn };
    const record = (event: HistoryEvent) => {
      running.events.push(event);
      journal.append({ event });
      onEvent(event);
    };
    const integrations = this.options.integrationsOf(machine, start.name);
    const run = runExecution({
      definition: machine.definition,
      input: JSON.parse(start.input),
      name: start.name,
      executionArn: start.arn,
      stateMachineArn: machine.arn,
      stateMachineName: machine.name,
      roleArn: machine.role.arn,
      findIntegration: integrations.find,
      clock: this.options.clock,
      signal: stop.signal,
      onEvent: record,
      onMapRun: (mapRun) => {
        running.mapRuns.set(mapRun.mapRunArn, mapRun);
        journal.append({ mapRun });
      },
      children: journal.children,
      place,
      redrive,
      expressions: this.options.expressions,
    });
    const ended = run.catch((error: Error) => record(defect(running.events, error))).then(() => {
      integrations.release();
      const ending = recordNow(running);
      journal.close(ending);
      this.records.set(start.arn, ending);
      this.running.delete(start.arn);
      this.options.onStatus(ending);
      return { record: ending, events: running.events, moves: [] };
    });
    const entry: Running = { ...running, ended };
    this.running.set(start.arn, entry);
    this.records.set(start.arn, recordNow(entry));
    this.options.onStatus(recordNow(entry));
    return entry;
  }

  /** Writes the end of an execution that a process which was killed left. */
  private abortInterrupted({ arn }: ExecutionRecord): ExecutionRecord {
    const journal = ExecutionJournal.of(this.options.folder, arn);
    journal.reopen();
    const { record, events } = journal.read();
    const event: HistoryEvent = {
      id: events.length + 1,
      previousEventId: 0,
      timestamp: new Date().toISOString(),
      type: 'ExecutionAborted',
      details: { error: this.options.interruptedError, cause: INTERRUPTED_CAUSE },
    };
    journal.append({ event });
    const mapRuns = abortInterruptedChildren(journal, record.mapRuns, event.details);
    const ending = { ...record, ...stateOf([...events, event]), mapRuns };
    journal.close(ending);
    this.options.onStatus(ending);
    return ending;
  }
}

function recordNow({ start, events, mapRuns }: Omit<Running, 'ended'>): ExecutionRecord {
  return { ...start, ...stateOf(events), mapRuns: [...mapRuns.values()] };
}

/** The engine itself failed; the execution must not seem to go on. */
function defect(events: readonly HistoryEvent[], error: Error): HistoryEvent {
  return {
    id: events.length + 1,
    previousEventId: events.length,
    timestamp: new Date().toISOString(),
    type: 'ExecutionFailed',
    details: { error: 'States.Runtime', cause: `a defect of the local engine, please report it: ${error.stack ?? error.message}` },
  };
}
