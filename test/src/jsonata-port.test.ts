import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Evaluated, evaluationsOf, kinds } from './support/expression-usage';
import { GROWING_INPUTS, ODD_INPUTS } from './support/growing-inputs';
import { evaluateExpressions, SETTINGS } from '../../engine';
import { INPUT_CHECKS } from '../../src/orchestration/input-validation';
import { findPort } from '../support/jsonata-port/jsonata-port';

/** The answers of JSONata's Java port, by input and expression. `PAVI_UPDATE_PORT=1` records them again. */
const RECORD = join(__dirname, '..', 'data', 'jsonata-port-answers.json');
const LONG = process.env.PAVI_LONG_TESTS === '1' || process.env.PAVI_UPDATE_PORT === '1';

const INPUTS = { ...ODD_INPUTS, '3 entries': GROWING_INPUTS['3 entries'] };
const [standard, distributed] = kinds();
/** What the port cannot tell is no answer either: each has its own words for an error. */
const FAILED = 'fails';

type Answers = Readonly<Record<string, unknown>>;

/** Of a run, every expression that reads its input, and what the checks and the plan make of that. */
async function evaluated(input: unknown): Promise<Evaluated[]> {
  const all = [...await evaluationsOf(standard, input), ...(await evaluationsOf(distributed, input)).filter(({ state }) => state === 'RetrieveSequences')];
  return all.filter(({ state, text }) => state in INPUT_CHECKS || /Execution\.Input|Map\.Item/.test(text));
}

const idOf = ({ state, field }: Evaluated) => `${state} ${field}`;

async function onJavaScript(all: readonly Evaluated[]): Promise<Answers> {
  const answers = await Promise.all(all.map(async (one) => {
    const settings = { ...one.bindings, [SETTINGS]: {} };
    return [idOf(one), await evaluateExpressions(`{% ${one.text} %}`, one.field, settings).catch(() => FAILED)] as const;
  }));
  return JSON.parse(JSON.stringify(Object.fromEntries(answers)));
}

const port = LONG ? findPort() : 'the long form of the tests alone asks it (PAVI_LONG_TESTS=1)';

test('the expressions have the same answers on JSONata in JavaScript and in Java, to the letter', async () => {
  expect(Object.keys(ODD_INPUTS)).toHaveLength(50);
  const recorded: Readonly<Record<string, Answers>> = JSON.parse(readFileSync(RECORD, 'utf8'));
  expect(Object.keys(recorded).sort()).toEqual(Object.keys(INPUTS).sort());
  const different: unknown[] = [];
  for (const [name, input] of Object.entries(INPUTS)) {
    const answers = await onJavaScript(await evaluated(input));
    for (const id of new Set([...Object.keys(answers), ...Object.keys(recorded[name])])) {
      if (JSON.stringify(answers[id]) !== JSON.stringify(recorded[name][id])) different.push([name, id, answers[id], recorded[name][id]]);
    }
  }
  expect(different).toEqual([]);
});

(typeof port === 'string' ? test.skip : test)(`the recorded answers are those of the Java port${typeof port === 'string' ? `, skipped: ${port}` : ''}`, async () => {
  if (typeof port === 'string') return;
  const answers: Record<string, Answers> = {};
  for (const [name, input] of Object.entries(INPUTS)) {
    const all = await evaluated(input);
    const given = port(all.map(({ text, bindings: { [SETTINGS]: _settings, ...bindings } }) => ({ expression: text, bindings })));
    answers[name] = Object.fromEntries(all.map((one, index) => [idOf(one), 'result' in given[index] ? given[index].result : FAILED]));
  }
  if (process.env.PAVI_UPDATE_PORT === '1') writeFileSync(RECORD, `${JSON.stringify(answers, null, 1)}\n`);
  expect(answers).toEqual(JSON.parse(readFileSync(RECORD, 'utf8')));
});
