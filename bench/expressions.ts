/**
 * What the expressions of each kind of state machine take, for inputs up to what Step Functions takes and for the largest answers of the services
 * that they call: `npx tsx bench/expressions.ts [--of ValidateInput,PlanRun] [--all]`. For each expression: nodes and bytes as the engine counts
 * them, the processor time of JSONata in V8 and, where there is Java, what JSONata's Java port allocates.
 */
import { parseArgs } from 'node:util';
import { AWS_BUDGET, evaluateExpressions, SETTINGS } from '../engine';
import { machine } from './support/machine';
import { exitCode, table, target } from './support/targets';
import { Evaluated, evaluationsOf, GROWING_RUNS, kinds } from '../test/src/support/expression-usage';
import { FORGERIES, GROWING_INPUTS } from '../test/src/support/growing-inputs';
import { findPort, Port, PortQuestion } from '../test/support/jsonata-port/jsonata-port';

interface Measured extends Evaluated {
  readonly kind: string;
  readonly of: string;
  readonly v8Ms: number;
  readonly javaBytes?: number;
  readonly javaError?: string;
}

const SHARE = 1 / 5;
const MAX_V8_MS = 100;
const MAX_JAVA_BYTES = 2_000_000;
/** An expression is timed so often; the least counts, for a busy machine only adds. */
const ROUNDS = 3;
/** How many evaluations one Java process takes at once: as many as its memory holds. */
const AT_ONCE = 200;
const UNLIMITED = { nodes: Infinity, bytes: Infinity };

async function v8Ms({ text, bindings }: Evaluated): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    await evaluateExpressions(`{% ${text} %}`, 'Output', { ...bindings, [SETTINGS]: { budget: UNLIMITED } }).catch(() => undefined);
    times.push(process.cpuUsage(start).user / 1000);
  }
  return Math.min(...times);
}

function asked({ text, bindings: { [SETTINGS]: _settings, ...bindings } }: Evaluated): PortQuestion {
  return { expression: text, bindings };
}

function onPort(port: Port, evaluated: readonly Evaluated[]): ReturnType<Port> {
  const answers: ReturnType<Port> = [];
  for (let start = 0; start < evaluated.length; start += AT_ONCE) {
    answers.push(...port(evaluated.slice(start, start + AT_ONCE).map(asked)));
  }
  return answers;
}

async function measured(kind: string, of: string, evaluated: readonly Evaluated[], port: Port | string): Promise<Measured[]> {
  const java = typeof port === 'string' ? [] : onPort(port, evaluated);
  const all: Measured[] = [];
  for (const [index, one] of evaluated.entries()) {
    all.push({ ...one, kind, of, v8Ms: await v8Ms(one), javaBytes: java[index]?.bytes, javaError: java[index]?.error });
  }
  return all;
}

/** The most expensive evaluation of each expression, by any of its figures. */
function dearest(all: readonly Measured[]): Measured[] {
  const share = ({ nodes, bytes, v8Ms: ms, javaBytes = 0 }: Measured) =>
    Math.max(nodes / AWS_BUDGET.nodes / SHARE, bytes / AWS_BUDGET.bytes / SHARE, ms / MAX_V8_MS, javaBytes / MAX_JAVA_BYTES);
  const byExpression = new Map<string, Measured>();
  for (const one of all) {
    const id = `${one.kind} ${one.state} ${one.field}`;
    const before = byExpression.get(id);
    if (before === undefined || share(one) > share(before)) byExpression.set(id, one);
  }
  return [...byExpression.values()];
}

function print(all: readonly Measured[]): void {
  console.log(table([
    ['expression', 'of', 'nodes', 'estimated KB', 'V8 ms', 'Java KB'],
    ...all.map(({ kind, state, field, of, nodes, bytes, v8Ms: ms, javaBytes, javaError }) => [
      `${kind} ${state} ${field}`, of, `${nodes}`, (bytes / 1000).toFixed(0), ms.toFixed(1), javaError ?? (javaBytes === undefined ? '-' : (javaBytes / 1000).toFixed(0)),
    ]),
  ]));
}

function judge(all: readonly Measured[]): void {
  const most = (figure: (one: Measured) => number) => Math.max(...all.map(figure));
  target('nodes, of a second\'s', most(({ nodes }) => nodes / AWS_BUDGET.nodes), 'at most', SHARE);
  target('estimated bytes, of ten mebibytes', most(({ bytes }) => bytes / AWS_BUDGET.bytes), 'at most', SHARE);
  target('processor time in V8', most(({ v8Ms: ms }) => ms), 'at most', MAX_V8_MS, ' ms');
  if (all.some(({ javaBytes }) => javaBytes !== undefined)) {
    target('allocated by the Java port', most(({ javaBytes = 0 }) => javaBytes) / 1e6, 'at most', MAX_JAVA_BYTES / 1e6, ' MB');
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { of: { type: 'string', default: '' }, all: { type: 'boolean', default: false } } });
  const states = values.of.split(',').filter((name) => name !== '');
  const port = findPort();
  console.log(`what expressions take, ${machine()}${typeof port === 'string' ? `\nnot on JSONata's Java port: ${port}` : ''}\n`);
  const runs = [
    ...Object.entries(GROWING_INPUTS).map(([of, input]) => ({ of, input, faults: {} })),
    ...Object.entries(GROWING_RUNS).map(([of, run]) => ({ of, ...run })),
    ...Object.entries(FORGERIES).map(([of, input]) => ({ of, input, faults: {} })),
  ];
  const all: Measured[] = [];
  for (const kind of kinds()) {
    for (const { of, input, faults } of runs) {
      const evaluated = (await evaluationsOf(kind, input, faults)).filter(({ state }) => states.length === 0 || states.includes(state));
      all.push(...await measured(kind.name, of, evaluated, port));
    }
  }
  print(values.all ? all : dearest(all));
  console.log();
  judge(all);
  process.exitCode = exitCode();
}

void main();
