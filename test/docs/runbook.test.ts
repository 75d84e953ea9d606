import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { documents, ROOT, Section, sections, textOf } from './support/documents';
import { ErrorCode } from '../../engine/asl/visit/errors';
import { ErrorName } from '../../src/contract/error-names';
import { runbookEntry, RUNBOOK } from '../../src/contract/runbook';
import { fargate, newPipeline, newStack, resourcesOf } from '../src/support/pipeline-stack';
import { plain } from '../src/support/plain-text';
import { allOptionsStack } from '../src/support/whole-stacks';

const OPERATING = sections('docs/operating.md');
const ERRORS = OPERATING.filter(({ parent }) => parent === 'Errors');
const ALARMS = OPERATING.filter(({ parent }) => parent === 'Alarms');

/** Alarms are made only on request, or with somebody to notify. */
function stackWithAlarms(workflowType?: StateMachineType) {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack), workflowType, monitoring: { alarms: true } }).exportOutputs();
  return stack;
}

const templates: Record<string, Template> = {
  'standard': Template.fromStack(stackWithAlarms()),
  'all options': Template.fromStack(allOptionsStack()),
  'express': Template.fromStack(stackWithAlarms(StateMachineType.EXPRESS)),
};

/** What somebody needs who was woken: what it means, in italics at its beginning, how to look, how to mend. */
function incomplete(entry: Section): boolean {
  return !/^\s*\*[^*]/.test(entry.body) || !/\blook\b/i.test(entry.body) || !/\bmend\b/i.test(entry.body);
}

/** Of a state machine's definition, in whatever state or branch it stands. */
function statesOf(definition: any): any[] {
  return Object.values<any>(definition.States).flatMap((state) => [
    state, ...[state.ItemProcessor, ...state.Branches ?? []].filter((inner) => inner !== undefined).flatMap(statesOf),
  ]);
}

/**
 * The names of errors that a run can end with, as headings: those that the definition writes, and those that Step Functions gives a
 * state's failure (Step Functions developer guide, "Handling errors"), where a Catch passes them on. Any state may be too large for
 * its payload, or be ended by Step Functions itself.
 */
function errorsOf(definition: any): Set<string> {
  const names = new Set(['States.DataLimitExceeded', 'States.Runtime', ...JSON.stringify(definition).match(/Pavi\.[A-Z][A-Za-z]+/g) ?? []]);
  if (definition.TimeoutSeconds !== undefined) names.add('States.Timeout');
  for (const state of statesOf(definition)) {
    if (JSON.stringify(state).includes('{%')) names.add('States.QueryEvaluationError');
    if (state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED') names.add('States.ExceedToleratedFailureThreshold');
    const isToldOn = state.Catch === undefined || state.Catch.some(({ Output }: any) => String(Output).includes('errorOutput'));
    if (state.Type !== 'Task' || !isToldOn) continue;
    names.add('States.TaskFailed');
    const [, service] = /:states:::(?:aws-sdk:)?([a-z0-9]+):/.exec(state.Resource)!;
    names.add(`${{ s3: 'S3', batch: 'Batch' }[service] ?? service}.*`);
  }
  return names;
}

const definitions = Object.values(templates).flatMap((template) => Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine')))
  .map(({ Properties }) => JSON.parse(plain(Properties.DefinitionString)));

describe('an alarm', () => {
  const linked = Object.values(templates).flatMap((template) => Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')))
    .map(({ Properties }) => String(Properties.AlarmDescription).split(`${RUNBOOK}#`)[1]);

  test('of whatever pipeline has its entry of the runbook, to which its description leads', () => {
    expect(linked).toHaveLength(18);
    expect(linked.filter((anchor) => !ALARMS.some((entry) => entry.anchor === anchor))).toEqual([]);
  });

  test('has an entry of its own, and each entry an alarm', () => {
    expect([...new Set(linked)].sort()).toEqual(ALARMS.map(({ anchor }) => anchor).sort());
  });

  test('has an entry that says what it means, how to look and how to mend', () => {
    expect(ALARMS.filter(incomplete).map(({ heading }) => heading)).toEqual([]);
  });
});

test('every link to the runbook in a template leads to a place of it', () => {
  const links = Object.values(templates).flatMap((template) => [...JSON.stringify(template.toJSON()).matchAll(/docs\/operating\.md#([a-z0-9_-]+)/g)]);
  expect(links.length).toBeGreaterThan(18);
  expect(links.map(([, anchor]) => anchor).filter((anchor) => !OPERATING.some((section) => section.anchor === anchor))).toEqual([]);
});

describe('an error', () => {
  const headings = ERRORS.map(({ heading }) => heading.replace(/`/g, ''));

  test.each(Object.values(ErrorName))('of the contract has an entry: %s', (name) => expect(headings).toContain(name));

  test('that a run can end with has an entry', () => {
    const names = new Set(definitions.flatMap((definition) => [...errorsOf(definition)]));
    // What no expression gives, the others do.
    expect([...names]).toEqual(expect.arrayContaining(['S3.*', 'Batch.*', 'States.Timeout', 'States.ExceedToleratedFailureThreshold', ErrorName.JOB_FAILED]));
    expect([...names].filter((name) => !headings.includes(name))).toEqual([]);
  });

  test('has an entry that says what it means, how to look and how to mend', () => {
    expect(ERRORS.filter(incomplete).map(({ heading }) => heading)).toEqual([]);
  });

  test('is in the list at the beginning', () => {
    const [{ body }] = OPERATING.filter(({ heading }) => heading === 'Errors');
    expect(Object.values(ErrorName).filter((name) => !body.includes(`[\`${name}\`](#`))).toEqual([]);
  });

  test('is led to its entry by the command', () => {
    const led = headings.map((name) => runbookEntry(name.replace('.*', '.XyzException')));
    expect(led).toEqual(ERRORS.map(({ anchor }) => `${RUNBOOK}#${anchor}`));
    expect(['MyError', 'Lambda.Unknown', 'Pavi.X"><script>'].map(runbookEntry)).toEqual([undefined, undefined, undefined]);
  });

  test('that a document names is one that there is', () => {
    const sources = ['src', 'engine', 'cli'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))).join('\n');
    const existing = new Set<string>([...sources.match(/'Pavi(?:Pipeline)?\.[A-Z][A-Za-z]+'/g)!.map((name) => name.slice(1, -1)), ...Object.values(ErrorCode)]);
    const named = ['CHANGELOG.md', ...documents()].flatMap((document) => textOf(document).match(/\b(?:Pavi|PaviPipeline|States)\.[A-Z][A-Za-z]+/g) ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !existing.has(name))).toEqual([]);
  });
});

test('the saved queries are those of the list, and no others', () => {
  const [{ body }] = OPERATING.filter(({ heading }) => heading === 'Saved queries');
  const listed = [...body.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const saved = Object.values(resourcesOf(templates['all options'], 'AWS::Logs::QueryDefinition'))
    .map(({ Properties }) => String(Properties.Name).split('/').at(-1)!.replace(/ \(.*/, ''));
  expect(listed.sort()).toEqual(saved.sort());
});
