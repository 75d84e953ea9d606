import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a made-up run is made of; every text of it can be a stranger's. */
export interface MadeRun {
  readonly entries: number;
  readonly columns: number;
  readonly entriesPerJob: number;
  readonly nameOf?: (entry: number) => string;
}

const RESIDUES = 'ACDEFGHIKLMNPQRSTVWY';
const MEMORY = 512;
const QUEUED = 30_000;

/** Numbers that are the same each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    // The minimal standard generator (Park and Miller 1988).
    state = state * 48271 % 2147483647;
    return state / 2147483647;
  };
}

/** Rows that descend from one sequence: changed and shortened here and there, so that columns are more or less alike. */
export function alignedRows(count: number, columns: number, random: () => number): string[] {
  const ancestor = Array.from({ length: columns }, () => RESIDUES[Math.floor(random() * RESIDUES.length)]);
  return Array.from({ length: count }, () => {
    let gap = 0;
    return ancestor.map((residue, column) => {
      if (gap > 0) gap -= 1;
      else if (random() < 0.004) gap = Math.floor(random() * 25);
      const changing = 0.5 + 0.5 * Math.sin(column / 40);
      return gap > 0 ? '-' : random() < changing * 0.5 ? RESIDUES[Math.floor(random() * RESIDUES.length)] : residue;
    }).join('');
  });
}

/** An alignment as Clustal Omega writes it, with `*` alone as a mark. */
export function clustalText(rows: readonly { readonly name: string; readonly residues: string }[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 6;
  const blocks: string[] = [];
  const counts = rows.map(() => 0);
  for (let start = 0; start < rows[0].residues.length; start += 60) {
    const parts = rows.map(({ residues }) => residues.slice(start, start + 60));
    const marks = [...parts[0]].map((residue, at) => (residue !== '-' && parts.every((part) => part[at] === residue) ? '*' : ' ')).join('');
    const lines = rows.map(({ name }, row) => {
      counts[row] += parts[row].replace(/-/g, '').length;
      return `${name.padEnd(width)}${parts[row]}\t${counts[row]}`;
    });
    blocks.push([...lines, `${' '.repeat(width)}${marks}`].join('\n'));
  }
  return `CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${blocks.join('\n\n')}\n`;
}

function madeName(entry: number): string {
  return `gene-${entry % 7}_T${String(entry).padStart(4, '0')}.1`;
}

/** Leaves a run's folder as `pavi-pipeline run` does: history, logs and results of a run that succeeded in AWS. */
export function writeMadeRun(folder: string, { entries, columns, entriesPerJob, nameOf = madeName }: MadeRun): void {
  const random = randomNumbers(7);
  const history = new MadeHistory();
  const list = Array.from({ length: entries }, (_, entry) => ({
    unique_entry_id: `${String(entry).padStart(3, '0')}_entry`,
    base_seq_name: nameOf(entry),
    fasta_file_url: 'https://example.org/genome.fa.gz',
    seq_id: 'X',
    exon_seq_regions: ['1..30'],
    variants: [],
  }));
  history.add('ExecutionStarted', { input: JSON.stringify({ seq_regions: list }) });
  history.add('MapStateEntered', { name: 'RetrieveSequences', input: '{}' });
  const mapStarted = history.add('MapStateStarted', { length: Math.ceil(entries / entriesPerJob) });
  let last = mapStarted;
  for (let job = 0; job * entriesPerJob < entries; job += 1) {
    const [from, to] = [job * entriesPerJob, Math.min(entries, (job + 1) * entriesPerJob) - 1];
    history.after(mapStarted);
    history.add('MapIterationStarted', { name: 'RetrieveSequences', index: job });
    history.add('TaskStateEntered', { name: 'RunRetrievalJob', input: '{}' });
    const attempts = job % 4 === 1 ? 2 : 1;
    history.job(folder, {
      id: `job-${job}`,
      step: 'retrieve',
      stream: `sequence-retrieval/default/${job}`,
      command: ['retrieve', '--from', String(from), '--to', String(to)],
      memory: MEMORY,
      at: job * 900,
      seconds: 4 + random() * 5,
      attempts,
      lines: list.slice(from, to + 1).map((entry) => ({ event: 'entry', entry: entry.unique_entry_id, records: 1, seconds: 0.2 })),
      metrics: {
        Entries: to - from + 1,
        GenomeBytes: Math.round(400_000 + random() * 3e6),
        GenomeRequests: 14,
        Duration: 4.2,
        PeakMemory: Math.round(90 + random() * 380),
      },
    });
    history.add('TaskStateExited', { name: 'RunRetrievalJob', output: '{}' });
    last = history.add('MapIterationSucceeded', { name: 'RetrieveSequences', index: job });
  }
  history.after(last);
  history.add('MapStateSucceeded', {});
  history.add('MapStateExited', { name: 'RetrieveSequences', output: '{}' });
  for (const [name, step, seconds] of [['AlignSequences', 'align', 31], ['CollectSeqInfo', 'collect', 1.2]] as const) {
    history.add('TaskStateEntered', { name, input: '{}' });
    history.job(folder, {
      id: `job-${step}`,
      step,
      stream: `${step}/default/1`,
      command: [step, '--output', 's3://bucket/results/made-run/x'],
      memory: 2048,
      at: history.now,
      seconds,
      attempts: 1,
      lines: [],
      metrics: { PeakMemory: 240, Duration: seconds },
    });
    history.add('TaskStateExited', { name, output: '{}' });
  }
  history.add('ExecutionSucceeded', { output: JSON.stringify({ result_s3_uri: 's3://bucket/results/made-run/alignment-output.aln' }) });
  const rows = alignedRows(entries, columns, random).map((residues, entry) => ({ name: nameOf(entry), residues }));
  const seqInfo = Object.fromEntries(rows.map(({ name }, row) => [name, row % 9 === 3 ? {
    embedded_variants: [{
      variant_id: `NC_000001.1:g.${row}A>T`,
      genomic_seq_id: 'X',
      genomic_start_pos: row,
      genomic_end_pos: row,
      seq_length: 1,
      genomic_ref_seq: 'A',
      genomic_alt_seq: 'T',
      seq_substitution_type: 'substitution',
      seq_start_pos: 5,
      seq_end_pos: 7,
      alignment_start_pos: 1 + (row * 37) % (columns - 3),
      alignment_end_pos: 3 + (row * 37) % (columns - 3),
    }],
  } : {}]));
  history.write(folder);
  writeFileSync(join(folder, 'alignment-output.aln'), clustalText(rows));
  writeFileSync(join(folder, 'aligned_seq_info.json'), JSON.stringify(seqInfo));
}

export interface MadeJob {
  readonly id: string;
  readonly step: string;
  readonly stream: string;
  readonly command: readonly string[];
  readonly memory: number;
  /** Milliseconds since the run's start. */
  readonly at: number;
  readonly seconds: number;
  readonly attempts: number;
  readonly lines: readonly Record<string, unknown>[];
  readonly metrics: Readonly<Record<string, number>>;
  /** Of the last attempt; the earlier ones lost their host. */
  readonly exitCode?: number;
  readonly reason?: string;
}

const START = Date.UTC(2026, 10, 20, 9, 30);

/** A history as the local engine writes it, event by event. */
export class MadeHistory {
  public now = 0;
  private readonly events: Record<string, unknown>[] = [];
  private last = 0;

  /** The next event comes after this one. */
  public after(id: number): void {
    this.last = id;
  }

  public add(type: string, details: Record<string, unknown>, at = this.now): number {
    const id = this.events.length + 1;
    this.events.push({ id, previousEventId: this.last, timestamp: new Date(START + at).toISOString(), type, details });
    this.now = Math.max(this.now, at);
    this.last = id;
    return id;
  }

  /** A Batch job with its events, and its attempts' logs. */
  public job(folder: string, job: MadeJob): void {
    const resource = { resource: 'submitJob.sync', resourceType: 'batch' };
    const container = { Command: job.command, ResourceRequirements: [{ Type: 'MEMORY', Value: String(job.memory) }, { Type: 'VCPU', Value: '0.25' }] };
    this.add('TaskScheduled', { ...resource, parameters: JSON.stringify({ ContainerOverrides: container }) }, job.at);
    this.add('TaskSubmitted', { ...resource, output: JSON.stringify({ JobId: job.id, JobName: `pavi-${job.id}` }) }, job.at);
    let at = job.at;
    const attempts = Array.from({ length: job.attempts }, (_, attempt) => {
      const lastOne = attempt === job.attempts - 1;
      const [startedAt, stoppedAt] = [at + QUEUED, at + QUEUED + job.seconds * 1000];
      at = stoppedAt;
      const stream = lastOne ? job.stream : `${job.stream}-${attempt}`;
      const line = (fields: Record<string, unknown>, time: number) => JSON.stringify({ time: new Date(START + time).toISOString(), level: 'INFO', command: job.step, ...fields });
      const lines = [line({ event: 'started', node: 'v22.23.3' }, startedAt + 700), ...lastOne ? job.lines.map((fields) => line(fields, stoppedAt - 200)) : []];
      if (lastOne) lines.push(JSON.stringify({ _aws: { Timestamp: START }, Step: job.step, JobId: job.id, ...job.metrics }));
      mkdirSync(dirname(join(folder, 'logs', stream)), { recursive: true });
      writeFileSync(join(folder, 'logs', `${stream}.log`), `${lines.join('\n')}\n`);
      const exitCode = lastOne ? job.exitCode ?? 0 : undefined;
      return {
        Container: { ExitCode: exitCode, LogStreamName: stream, Reason: lastOne ? job.reason : undefined },
        StartedAt: START + startedAt,
        StoppedAt: START + stoppedAt,
        StatusReason: lastOne ? 'Essential container in task exited' : 'Host EC2 (instance i-0) terminated.',
      };
    });
    const failed = (job.exitCode ?? 0) !== 0;
    const description = JSON.stringify({
      Attempts: attempts,
      Container: { ...container, ...attempts.at(-1)!.Container },
      CreatedAt: START + job.at,
      JobId: job.id,
      JobName: `pavi-${job.id}`,
      Status: failed ? 'FAILED' : 'SUCCEEDED',
      StartedAt: attempts.at(-1)!.StartedAt,
      StoppedAt: START + at,
    });
    this.add(failed ? 'TaskFailed' : 'TaskSucceeded', { ...resource, ...failed ? { error: 'States.TaskFailed', cause: description } : { output: description } }, at);
  }

  public write(folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'execution-history.json'), JSON.stringify(this.events));
  }
}
