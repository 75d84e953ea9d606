import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process of this machine, as its kernel tells of it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** Linux; elsewhere `ps` is asked, which takes longer. */
const HAS_PROC = existsSync('/proc/self/stat');
const KIBIBYTES_PER_MIB = 1024;

/**
 * The processes of a job: all that are in the session of its first process, or come from one that is. With `mark` also those that left
 * the session and lost their parent, told by a variable of their environment (Linux).
 *
 * @param leader the first process, the leader of a session of its own
 * @param mark   `NAME=value`, which no other process has
 */
export function processesOf(leader: number, mark?: string): number[] {
  const all = HAS_PROC ? procEntries() : psEntries();
  const found = new Set(all.filter(({ pid, group, session }) => pid === leader || group === leader || session === leader).map(({ pid }) => pid));
  if (mark !== undefined && HAS_PROC) all.filter(({ pid }) => !found.has(pid) && isMarked(pid, mark)).forEach(({ pid }) => found.add(pid));
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Resident memory of some processes, in MiB; what they share is counted once for each where the machine has no better answer. */
export function residentMiB(pids: readonly number[]): number {
  if (!HAS_PROC) return psResidentMiB(pids);
  return pids.reduce((sum, pid) => sum + residentKibibytes(pid), 0) / KIBIBYTES_PER_MIB;
}

/** Like {@link residentMiB}, with each share of what several processes have; it takes longer. */
export function proportionalMiB(pids: readonly number[]): number {
  if (!HAS_PROC) return psResidentMiB(pids);
  return pids.reduce((sum, pid) => sum + (kibibytesOf(pid, 'smaps_rollup', /^Pss:\s+(\d+) kB$/m) ?? residentKibibytes(pid)), 0) / KIBIBYTES_PER_MIB;
}

/** The children of a process that its main thread started. */
export function childrenOf(pid: number): number[] {
  return (readProc(pid, `task/${pid}/children`) ?? '').split(' ').filter((text) => text !== '').map(Number);
}

function procEntries(): ProcessEntry[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const text = readProc(Number(name), 'stat');
    if (text === undefined) return [];
    // The program's name stands in parentheses and may have some itself.
    const [state, parent, group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // One that has ended and only waits for its parent to look.
    return state === 'Z' || state === 'X' ? [] : [{ pid: Number(name), parent: Number(parent), group: Number(group), session: Number(session) }];
  });
}

function psEntries(): ProcessEntry[] {
  return psLines(['-A', '-o', 'pid=,ppid=,pgid=']).map(([pid, parent, group]) => ({ pid, parent, group, session: group }));
}

function psResidentMiB(pids: readonly number[]): number {
  const wanted = new Set(pids);
  return psLines(['-A', '-o', 'pid=,rss=']).reduce((sum, [pid, rss]) => sum + (wanted.has(pid) ? rss : 0), 0) / KIBIBYTES_PER_MIB;
}

function psLines(args: readonly string[]): number[][] {
  return execFileSync('ps', args, { encoding: 'utf8' }).split('\n').map((line) => line.trim()).filter((line) => line !== '')
    .map((line) => line.split(/\s+/).map(Number));
}

function isMarked(pid: number, mark: string): boolean {
  return `\0${readProc(pid, 'environ') ?? ''}\0`.includes(`\0${mark}\0`);
}

function residentKibibytes(pid: number): number {
  return kibibytesOf(pid, 'status', /^VmRSS:\s+(\d+) kB$/m) ?? 0;
}

function kibibytesOf(pid: number, file: string, field: RegExp): number | undefined {
  const found = field.exec(readProc(pid, file) ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** undefined where the process has ended, or belongs to somebody else. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
