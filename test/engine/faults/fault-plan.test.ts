import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultPlan, parseFaults } from '../../../engine/faults/fault-plan';
import { FAULT_HELP, FAULT_KINDS, FaultSyntaxError, S3_CODES } from '../../../engine/faults/fault-rule';

const JOBS = Array.from({ length: 200 }, (_, index) => `pavi-run-${index}`);

test.each<[string, RegExp]>([
  ['fire', /there is no fault "fire".*expected one of job-killed, out-of-memory, host-lost, spot-interruption, slow-start, s3-error, batch-throttle/],
  ['constructor', /there is no fault "constructor"/],
  ['job-killed:jobs=x', /"jobs=x" of the fault "job-killed:jobs=x" must be NAME=VALUE with a NAME of job, attempt, after, count, rate/],
  ['job-killed:job', /"job" of the fault/],
  ['job-killed:attempt=0', /attempt .* must be a whole number from 1 to 10, got "0"/],
  ['job-killed:after=-1', /after .* must be a number from 0 to 86400, got "-1"/],
  ['s3-error:rate=2', /rate .* must be a number from 0 to 1, got "2"/],
  ['s3-error:rate=', /rate .* got ""/],
  ['s3-error:count=1.5', /count .* must be a whole number from 1 to 1000000, got "1.5"/],
  ['s3-error:count=1,rate=0.5', /has both count and rate/],
  ['s3-error:code=AccessDenied', /code .* must be one of InternalError, ServiceUnavailable, SlowDown, RequestTimeout, reset, got "AccessDenied"/],
])('%s is refused, with what would be right', (text, words) => {
  expect(() => parseFaults([text])).toThrow(FaultSyntaxError);
  expect(() => parseFaults([text])).toThrow(words);
});

test('the help and the guide name every kind and setting, and the guide\'s examples can be understood', () => {
  const guide = readFileSync(join(__dirname, '../../../docs/local-engine.md'), 'utf8');
  for (const [kind, settings] of Object.entries(FAULT_KINDS)) {
    expect(FAULT_HELP).toContain(kind);
    expect(guide).toContain(`| \`${kind}\` |`);
    for (const [name, value] of Object.entries(settings)) expect(guide).toContain(`\`${name}=${value}\``);
  }
  for (const code of Object.keys(S3_CODES)) expect(guide).toContain(code);
  const examples = [...guide.matchAll(/--inject '([^']+)'/g)].map(([, fault]) => fault);
  expect(examples.length).toBeGreaterThan(3);
  parseFaults(examples);
});

describe('faults of jobs', () => {
  test('hit the first attempt of the first job, once', () => {
    const plan = parseFaults(['job-killed']);
    expect(plan.ofAttempt('a', 1)).toEqual({ kind: 'job-killed', seconds: 0.05 });
    expect([plan.ofAttempt('a', 2), plan.ofAttempt('b', 1)]).toEqual([undefined, undefined]);
  });

  test('of a name, an attempt, a number, a time', () => {
    const plan = parseFaults(['out-of-memory:job=*-align*,attempt=2,count=2,after=1.5']);
    expect([plan.ofAttempt('x-align', 1), plan.ofAttempt('x-collect', 2)]).toEqual([undefined, undefined]);
    expect([plan.ofAttempt('x-align', 2), plan.ofAttempt('y-align-1', 2), plan.ofAttempt('z-align', 2)]).toEqual(
      [{ kind: 'out-of-memory', seconds: 1.5 }, { kind: 'out-of-memory', seconds: 1.5 }, undefined]);
  });

  test('all attempts, and several rules', () => {
    const plan = parseFaults(['host-lost:attempt=all,count=3', 'slow-start:seconds=2']);
    expect(plan.ofAttempt('a', 1)).toEqual({ kind: 'host-lost', seconds: 0.05, instance: expect.stringMatching(/^i-0[0-9a-f]{16}$/) });
    expect(plan.ofAttempt('a', 2)).toMatchObject({ kind: 'host-lost' });
    expect(plan.ofAttempt('b', 7)).toMatchObject({ kind: 'host-lost' });
    expect(plan.ofAttempt('c', 1)).toEqual({ kind: 'slow-start', seconds: 2 });
  });
});

describe('chances', () => {
  const hit = (plan: FaultPlan, names = JOBS) => names.filter((name) => plan.ofAttempt(name, 1) !== undefined).sort();

  test('are as many as the rate says', () => {
    const hits = hit(parseFaults(['job-killed:rate=0.3'], 1)).length;
    expect(hits).toBeGreaterThan(30);
    expect(hits).toBeLessThan(90);
    expect(hit(parseFaults(['job-killed:rate=0']))).toEqual([]);
    expect(hit(parseFaults(['job-killed:rate=1']))).toHaveLength(JOBS.length);
  });

  test('are the same for the same seed, in whatever order the jobs come, and others for another', () => {
    const first = hit(parseFaults(['job-killed:rate=0.3'], 1));
    expect(hit(parseFaults(['job-killed:rate=0.3'], 1), [...JOBS].reverse())).toEqual(first);
    expect(hit(parseFaults(['job-killed:rate=0.3'], 2))).not.toEqual(first);
  });

  test('do not depend on an execution\'s name that nobody chose', () => {
    const names = (uuid: string) => JOBS.map((name) => `${name}-${uuid}-x`);
    const [a, b] = ['3f0c0c1e-59c5-4d8c-8f0a-0123456789ab', '9a1b2c3d-0000-4d8c-8f0a-ba9876543210'];
    const hits = (uuid: string) => hit(parseFaults(['job-killed:rate=0.3'], 1), names(uuid)).map((name) => name.replace(uuid, ''));
    expect(hits(a)).toEqual(hits(b));
  });

  test('a request that failed may succeed when it is sent again', () => {
    const plan = parseFaults(['s3-error:rate=0.5'], 3);
    const request = { operation: 'GetObject', bucket: 'b', key: 'k', range: '', byOwner: false, holder: 'job' };
    const answers = Array.from({ length: 40 }, () => plan.ofS3Request(request) === undefined);
    expect(answers).toContain(true);
    expect(answers).toContain(false);
  });

  test('what each job meets is the same however the requests of all come in', () => {
    const jobs = JOBS.slice(0, 20);
    /** Each job asks five times for two parts of the same object, and submits itself twice; the jobs take turns as `turn` says. */
    const met = (turn: (round: number) => readonly string[]) => {
      const plan = parseFaults(['s3-error:rate=0.3', 'batch-throttle:rate=0.3', 'job-killed:attempt=all,rate=0.3'], 5);
      const found = new Map(jobs.map((job) => [job, '']));
      for (let round = 0; round < 5; round++) {
        for (const holder of turn(round)) {
          const request = (range: string) => plan.ofS3Request({ operation: 'GetObject', bucket: 'b', key: 'shared', range, byOwner: false, holder });
          const faults = [plan.throttles('SubmitJob', holder), request('bytes=0-1') !== undefined, request('bytes=2-3') !== undefined,
            plan.ofAttempt(holder, round + 1) !== undefined];
          found.set(holder, found.get(holder)! + faults.map((happened) => (happened ? 'x' : '.')).join(''));
        }
      }
      return found;
    };
    const inOrder = met(() => jobs);
    expect(met((round) => [...jobs.slice(round * 3), ...jobs.slice(0, round * 3)].reverse())).toEqual(inOrder);
    expect(new Set(inOrder.values()).size).toBeGreaterThan(10);
  });
});

test('faults of S3: of an operation, of a key, as an error or a broken connection, and never of the engine itself', () => {
  const plan = parseFaults(['s3-error:operation=Put*,key=work/*.fa,code=SlowDown', 's3-error:operation=GetObject,code=reset,count=2']);
  const request = (operation: string, key: string, byOwner = false) => plan.ofS3Request({ operation, bucket: 'b', key, range: '', byOwner, holder: 'job' });
  expect(request('PutObject', 'results/x.aln')).toBeUndefined();
  expect(request('PutObject', 'work/a.fa', true)).toBeUndefined();
  expect(request('PutObject', 'work/a.fa')).toEqual({ code: 'SlowDown', status: 503 });
  expect(request('PutObject', 'work/a.fa')).toBeUndefined();
  expect([request('GetObject', 'x'), request('GetObject', 'x'), request('GetObject', 'x')]).toEqual(
    [{ resetAfterBytes: 100 }, { resetAfterBytes: 100 }, undefined]);
});

test('faults of Batch\'s API', () => {
  const plan = parseFaults(['batch-throttle:count=2', 'batch-throttle:operation=Describe*']);
  expect([plan.throttles('SubmitJob', 'job'), plan.throttles('TerminateJob', 'job'), plan.throttles('SubmitJob', 'job'), plan.throttles('SubmitJob', 'job')]).toEqual([true, false, true, false]);
  expect([plan.throttles('DescribeJobs', 'job'), plan.throttles('DescribeJobs', 'job')]).toEqual([true, false]);
});
