import { jsonField, ReportEvent } from './history-event';
import { JobRecord, jobsOf, jobsOfLogs } from './job-record';
import { RunFile, RunFolder, sha256 } from './run-folder';
import { StateVisit, stateVisits } from './state-visits';
import { textOf } from './untrusted';
import type { WorkerLog } from './worker-log';
import { AlignmentError, ClustalAlignment, parseClustal } from '../../formats/clustal';
import { InputField, RegionEntryInput, RunInput } from '../../src/contract/run-input';
import { AlignedVariantInfo } from '../../src/contract/seq-info';
import { runOfPlace } from '../../src/contract/storage-keys';

export interface EmbeddedVariant {
  readonly record: string;
  readonly id: string;
  readonly type: string;
  readonly place: string;
  readonly change: string;
  /** In the protein and in the alignment; 1-based. */
  readonly sequence: readonly [number, number];
  readonly columns?: readonly [number, number];
}

/** A run as the report tells of it. */
export interface RunRecord {
  readonly name: string;
  readonly executionArn?: string;
  readonly stateMachineArn?: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'RUNNING';
  readonly error?: string;
  readonly cause?: string;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly states: readonly StateVisit[];
  readonly jobs: readonly JobRecord[];
  readonly logs: readonly WorkerLog[];
  /** The entries as the caller wrote them; undefined where they were in a file that is not here. */
  readonly entries?: readonly RegionEntryInput[];
  readonly entryCount?: number;
  readonly input: { readonly place: string; readonly sha256?: string };
  readonly alignment?: ClustalAlignment;
  readonly alignmentProblem?: string;
  readonly variants: readonly EmbeddedVariant[];
  /** By record name: why it could not be made. */
  readonly recordErrors: ReadonlyMap<string, string>;
  readonly files: readonly RunFile[];
  /** How many transitions a Standard workflow is billed for. */
  readonly transitions: number;
}

const ENDS: Readonly<Record<string, RunRecord['status']>> = {
  ExecutionSucceeded: 'SUCCEEDED', ExecutionFailed: 'FAILED', ExecutionTimedOut: 'TIMED_OUT', ExecutionAborted: 'ABORTED',
};

/** By how much the clocks of a job's machine and of Step Functions may differ. */
const CLOCKS_MS = 5_000;

export function runRecord(folder: RunFolder): RunRecord {
  const { events } = folder;
  const first = events[0];
  const last = events.at(-1)!;
  const status = ENDS[last.type] ?? 'RUNNING';
  // An earlier run may have left its logs in the same folder, and its results: a run that failed leaves none to take their place.
  const logs = folder.logs.filter(({ firstTime }) => firstTime === undefined || firstTime >= first.time - CLOCKS_MS);
  const { alignment, seqInfo } = status === 'SUCCEEDED' ? folder : {};
  const byStream = new Map(logs.map((log) => [log.stream, log]));
  const told = jobsOf(events, (stream) => byStream.get(stream));
  const jobs = [...told, ...jobsOfLogs(logs, told)];
  const info = seqInfo === undefined ? { variants: [], recordErrors: new Map<string, string>() } : readSeqInfo(seqInfo.text);
  return {
    ...identityOf(folder, jobs),
    status,
    error: textOf(last.details.error),
    cause: textOf(last.details.cause),
    startedAt: first.time,
    endedAt: last.time,
    states: stateVisits(events),
    jobs,
    logs,
    ...inputOf(first, folder.entries),
    ...alignment === undefined ? {} : readAlignment(alignment.text),
    ...info,
    files: [alignment, seqInfo].filter((file) => file !== undefined),
    // Entering a state is one, a retry as well (AWS Step Functions pricing page).
    transitions: events.filter(({ type }) => /StateEntered$/.test(type)).length + 1 + retriesOf(events),
  };
}

function readAlignment(text: string): Pick<RunRecord, 'alignment' | 'alignmentProblem'> {
  try {
    return { alignment: parseClustal(text) };
  } catch (error) {
    if (!(error instanceof AlignmentError)) throw error;
    return { alignmentProblem: error.message };
  }
}

/** As DescribeExecution tells; without it, the name that the jobs' command lines and the results' places have. */
function identityOf({ events, execution }: RunFolder, jobs: readonly JobRecord[]): Pick<RunRecord, 'name' | 'executionArn' | 'stateMachineArn'> {
  const described = parsed(execution) as { name?: unknown; executionArn?: unknown; stateMachineArn?: unknown } | undefined;
  const places = jobs.flatMap(({ command }) => command).concat(Object.values(jsonField(events.at(-1), 'output') ?? {}).map(String));
  const name = places.map(runOfPlace).find((found) => found !== undefined);
  return {
    name: textOf(described?.name) ?? name ?? 'unknown',
    executionArn: textOf(described?.executionArn),
    stateMachineArn: textOf(described?.stateMachineArn),
  };
}

function retriesOf(events: readonly ReportEvent[]): number {
  const scheduled = events.filter(({ type }) => type === 'TaskScheduled').length;
  const entered = events.filter(({ type }) => type === 'TaskStateEntered').length;
  return Math.max(0, scheduled - entered);
}

function inputOf(first: ReportEvent, file: RunFile | undefined): Pick<RunRecord, 'entries' | 'entryCount' | 'input'> {
  const input: RunInput | undefined = jsonField(first, 'input');
  const listed = Array.isArray(input?.seq_regions) ? input.seq_regions : undefined;
  const entries = (listed ?? listOf(file))?.map((entry) => (typeof entry === 'object' && entry !== null ? entry as RegionEntryInput : {}));
  const uri = textOf(input?.seq_regions_uri);
  return {
    entries,
    entryCount: entries?.length ?? (typeof input?.input_count === 'number' ? input.input_count : undefined),
    input: listed !== undefined ? { place: `${InputField.SEQ_REGIONS} of the execution's input, as compact JSON`, sha256: sha256(JSON.stringify(listed)) }
      : { place: uri ?? 'unknown', sha256: file?.sha256 },
  };
}

function listOf(file: RunFile | undefined): unknown[] | undefined {
  const json = parsed(file);
  return Array.isArray(json) ? json : undefined;
}

function parsed(file: RunFile | undefined): unknown {
  try {
    return file === undefined ? undefined : JSON.parse(file.text);
  } catch {
    return undefined;
  }
}

function readSeqInfo(text: string): Pick<RunRecord, 'variants'> & { recordErrors: Map<string, string> } {
  const variants: EmbeddedVariant[] = [];
  const recordErrors = new Map<string, string>();
  let json: Record<string, any>;
  try {
    json = JSON.parse(text);
  } catch {
    return { variants, recordErrors };
  }
  for (const [record, value] of Object.entries(json ?? {})) {
    if (typeof value?.error === 'string') recordErrors.set(record, value.error);
    const embedded: unknown = value?.embedded_variants;
    for (const variant of (Array.isArray(embedded) ? embedded : []) as ({ readonly [field in keyof AlignedVariantInfo]?: unknown } | null)[]) {
      if (typeof variant !== 'object' || variant === null) continue;
      const { alignment_start_pos: start, alignment_end_pos: end } = variant;
      variants.push({
        record,
        id: String(variant.variant_id),
        type: String(variant.seq_substitution_type),
        place: `${variant.genomic_seq_id}:${variant.genomic_start_pos}-${variant.genomic_end_pos}`,
        change: `${variant.genomic_ref_seq || '-'} > ${variant.genomic_alt_seq || '-'}`,
        sequence: [Number(variant.seq_start_pos), Number(variant.seq_end_pos)],
        ...Number.isInteger(start) && Number.isInteger(end) ? { columns: [Number(start), Number(end)] as const } : {},
      });
    }
  }
  return { variants, recordErrors };
}
