import { checkPolicy } from '../../../engine/iam/check-policy';
import { evaluate } from '../../../engine/iam/evaluate';
import type { AccessRequest, PolicyDocument, PolicyStatement, Principal, RequestContext } from '../../../engine/iam/policy';

const ACCOUNT = '123456789012';
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/Role`;
const SESSION_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/Role/session`;
const OWNER: Principal = { arn: `arn:aws:iam::${ACCOUNT}:root` };
const OBJECT = 'arn:aws:s3:::bucket/work/run/key';

function role(...statements: PolicyStatement[]): Principal {
  return { arn: SESSION_ARN, roleArn: ROLE_ARN, policies: [{ Version: '2012-10-17', Statement: statements }] };
}

function decide(principal: Principal, more: Partial<AccessRequest> = {}) {
  return evaluate({ principal, action: 's3:GetObject', resource: OBJECT, ...more });
}

const allow = (statement: Partial<PolicyStatement> = {}): PolicyStatement => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...statement });
const deny = (statement: Partial<PolicyStatement> = {}): PolicyStatement => ({ ...allow(statement), Effect: 'Deny' });

describe('identity policies', () => {
  test.each<[string, PolicyStatement[], boolean]>([
    ['no statement', [], false],
    ['an Allow', [allow()], true],
    ['a Deny', [deny()], false],
    ['a Deny after an Allow', [allow(), deny()], false],
    ['a Deny before an Allow', [deny(), allow()], false],
    ['a Deny of something else', [allow(), deny({ Action: 's3:PutObject' })], true],
    ['an action\'s name in another case', [allow({ Action: 'S3:getobject' })], true],
    ['a list of actions', [allow({ Action: ['s3:PutObject', 's3:GetObject'] })], true],
    ['an action with *', [allow({ Action: 's3:Get*' })], true],
    ['an action with ?', [allow({ Action: 's3:?etObject' })], true],
    ['one ? too few', [allow({ Action: 's3:GetObjec' })], false],
    ['an action with * in the middle', [allow({ Action: 's3:G*Object' })], true],
    ['an action that goes on', [allow({ Action: 's3:GetObjectAcl' })], false],
    ['every action', [allow({ Action: '*' })], true],
    ['every action of another service', [allow({ Action: 'batch:*' })], false],
    ['NotAction of another action', [allow({ Action: undefined, NotAction: 's3:PutObject' })], true],
    ['NotAction of this action', [allow({ Action: undefined, NotAction: ['s3:Get*'] })], false],
    ['a Deny of all but this action', [allow(), deny({ Action: undefined, NotAction: 's3:GetObject' })], true],
    ['the resource', [allow({ Resource: OBJECT })], true],
    ['a resource in another case', [allow({ Resource: OBJECT.toUpperCase() })], false],
    ['a resource with *', [allow({ Resource: 'arn:aws:s3:::bucket/work/*/key' })], true],
    ['a resource with * over slashes', [allow({ Resource: 'arn:aws:s3:::bucket/*key' })], true],
    ['a resource with ?', [allow({ Resource: 'arn:aws:s3:::bucket/work/ru?/key' })], true],
    ['a resource of which this is only the beginning', [allow({ Resource: `${OBJECT}2` })], false],
    ['the bucket alone', [allow({ Resource: 'arn:aws:s3:::bucket' })], false],
    ['a wildcard that would reach over the colons', [allow({ Resource: 'arn:aws:*/key' })], false],
    ['wildcards in the ARN\'s parts', [allow({ Resource: 'arn:*:s3:*:*:bucket/*' })], true],
    ['a list of resources', [allow({ Resource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::bucket/*'] })], true],
    ['NotResource of another one', [allow({ Resource: undefined, NotResource: 'arn:aws:s3:::other/*' })], true],
    ['NotResource of this one', [allow({ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/*' })], false],
    ['a Deny of all but this resource', [allow(), deny({ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/*' })], true],
  ])('%s', (_name, statements, allowed) => {
    expect(decide(role(...statements)).allowed).toBe(allowed);
  });

  test('a colon in a key is part of the key', () => {
    const resource = 'arn:aws:s3:::bucket/a:b:c';
    expect(decide(role(allow({ Resource: 'arn:aws:s3:::bucket/*' })), { resource }).allowed).toBe(true);
    expect(decide(role(allow({ Resource: 'arn:aws:s3:::bucket/a:b' })), { resource }).allowed).toBe(false);
  });

  test('several policies, and one statement without a list', () => {
    const principal: Principal = { arn: SESSION_ARN, roleArn: ROLE_ARN, policies: [{ Statement: [] }, { Statement: allow() }] };
    expect(decide(principal).allowed).toBe(true);
  });

  test('a pattern of many stars does not take for ever', () => {
    const started = Date.now();
    decide(role(allow({ Resource: `arn:aws:s3:::${'*a'.repeat(60)}b` })), { resource: `arn:aws:s3:::${'a'.repeat(1000)}` });
    // A millisecond where every star is looked at once, years where all ways to split are tried.
    expect(Date.now() - started).toBeLessThan(20_000);
  });
});

describe('conditions', () => {
  const context: RequestContext = {
    's3:prefix': 'work/a', 's3:max-keys': '10', 'aws:securetransport': 'true', 'aws:sourceip': '10.1.2.3', 'aws:tagkeys': ['Product', 'CreatedBy'],
  };
  const now = Date.now();
  const [hourAgo, inAnHour] = [new Date(now - 3_600_000).toISOString(), new Date(now + 3_600_000).toISOString()];

  test.each<[string, Record<string, Record<string, unknown>>, boolean]>([
    ['StringEquals', { StringEquals: { 's3:prefix': 'work/a' } }, true],
    ['the key in another case', { StringEquals: { 'S3:Prefix': 'work/a' } }, true],
    ['StringEquals, another case', { StringEquals: { 's3:prefix': 'WORK/A' } }, false],
    ['StringEquals, one of a list', { StringEquals: { 's3:prefix': ['x', 'work/a'] } }, true],
    ['StringEquals takes no wildcard', { StringEquals: { 's3:prefix': 'work/*' } }, false],
    ['StringEquals, key missing', { StringEquals: { 's3:delimiter': '/' } }, false],
    ['a key of requests that services make', { ArnLike: { 'aws:SourceArn': '*' } }, false],
    ['StringEqualsIfExists, key missing', { StringEqualsIfExists: { 's3:delimiter': '/' } }, true],
    ['StringEqualsIfExists, key there', { StringEqualsIfExists: { 's3:prefix': 'x' } }, false],
    ['StringNotEquals', { StringNotEquals: { 's3:prefix': 'x' } }, true],
    ['StringNotEquals, the same', { StringNotEquals: { 's3:prefix': ['x', 'work/a'] } }, false],
    ['StringNotEquals, key missing', { StringNotEquals: { 's3:delimiter': '/' } }, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { 's3:prefix': 'WORK/A' } }, true],
    ['StringNotEqualsIgnoreCase', { StringNotEqualsIgnoreCase: { 's3:prefix': 'WORK/A' } }, false],
    ['StringLike', { StringLike: { 's3:prefix': 'wor?/*' } }, true],
    ['StringNotLike', { StringNotLike: { 's3:prefix': 'work/*' } }, false],
    ['Bool', { Bool: { 'aws:SecureTransport': 'true' } }, true],
    ['Bool as JSON has it', { Bool: { 'aws:SecureTransport': false } }, false],
    ['Bool, key missing', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, false],
    ['BoolIfExists, key missing', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, true],
    ['NumericEquals', { NumericEquals: { 's3:max-keys': '10.0' } }, true],
    ['NumericNotEquals', { NumericNotEquals: { 's3:max-keys': 10 } }, false],
    ['NumericLessThan', { NumericLessThan: { 's3:max-keys': '10' } }, false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { 's3:max-keys': '10' } }, true],
    ['NumericLessThanEquals is no comparison of text', { NumericLessThanEquals: { 's3:max-keys': '9' } }, false],
    ['NumericGreaterThan', { NumericGreaterThan: { 's3:max-keys': '9' } }, true],
    ['NumericGreaterThanEquals', { NumericGreaterThanEquals: { 's3:max-keys': '11' } }, false],
    ['NumericEquals of what is no number', { NumericEquals: { 's3:prefix': '0' } }, false],
    ['DateGreaterThan', { DateGreaterThan: { 'aws:CurrentTime': hourAgo } }, true],
    ['DateLessThan', { DateLessThan: { 'aws:CurrentTime': hourAgo } }, false],
    ['DateLessThanEquals, epoch', { DateLessThanEquals: { 'aws:EpochTime': Math.floor(now / 1000) + 3600 } }, true],
    ['DateGreaterThanEquals', { DateGreaterThanEquals: { 'aws:CurrentTime': inAnHour } }, false],
    ['DateEquals', { DateEquals: { 'aws:CurrentTime': hourAgo } }, false],
    ['DateNotEquals', { DateNotEquals: { 'aws:CurrentTime': hourAgo } }, true],
    ['IpAddress in a range', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, true],
    ['IpAddress itself', { IpAddress: { 'aws:SourceIp': ['192.0.2.1', '10.1.2.3'] } }, true],
    ['IpAddress of the other kind', { IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, false],
    ['NotIpAddress', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
    ['ArnLike', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/R*` } }, true],
    ['ArnEquals takes wildcards as well', { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Role' } }, true],
    ['ArnLike does not reach over colons', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*/Role' } }, false],
    ['ArnNotLike', { ArnNotLike: { 'aws:PrincipalArn': ROLE_ARN } }, false],
    ['ArnNotEquals', { ArnNotEquals: { 'aws:PrincipalArn': `${ROLE_ARN}2` } }, true],
    ['the account', { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }, true],
    ['Null true, key missing', { Null: { 's3:delimiter': 'true' } }, true],
    ['Null false, key missing', { Null: { 's3:delimiter': false } }, false],
    ['Null false, key there', { Null: { 's3:prefix': 'false' } }, true],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['Product', 'x'] } }, true],
    ['ForAnyValue, none', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['x'] } }, false],
    ['ForAnyValue, key missing', { 'ForAnyValue:StringEquals': { 's3:delimiter': '/' } }, false],
    ['ForAnyValue, negated: one that is not in the list', { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'Product' } }, true],
    ['ForAllValues', { 'ForAllValues:StringLike': { 'aws:TagKeys': ['Prod*', 'CreatedBy', 'x'] } }, true],
    ['ForAllValues, one too many', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Product'] } }, false],
    ['ForAllValues, key missing', { 'ForAllValues:StringEquals': { 's3:delimiter': '/' } }, true],
    ['two keys, both hold', { StringLike: { 's3:prefix': 'work/*', 's3:max-keys': '1?' } }, true],
    ['two keys, one does not', { StringLike: { 's3:prefix': 'work/*', 's3:max-keys': '2?' } }, false],
    ['two operators, one does not', { StringLike: { 's3:prefix': 'work/*' }, Bool: { 'aws:SecureTransport': 'false' } }, false],
    ['a key of another service is missing', { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }, false],
    ['a key that every object has', { StringEquals: { constructor: 'x' } }, false],
    ['no condition at all', {}, true],
  ])('%s', (_name, Condition, allowed) => {
    expect(decide(role(allow({ Condition })), { context }).allowed).toBe(allowed);
    // In a Deny the same condition decides the other way round.
    expect(decide(role(allow(), deny({ Condition })), { context }).allowed).toBe(!allowed);
  });
});

describe('resource policies', () => {
  const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Statement });
  const nobody = role();

  test.each<[string, Principal, PolicyDocument, boolean]>([
    ['everybody', nobody, policy(allow({ Principal: '*' })), true],
    ['every AWS principal', nobody, policy(allow({ Principal: { AWS: '*' } })), true],
    ['the role', nobody, policy(allow({ Principal: { AWS: ROLE_ARN } })), true],
    ['the session', nobody, policy(allow({ Principal: { AWS: ['x', SESSION_ARN] } })), true],
    ['another role', nobody, policy(allow({ Principal: { AWS: `${ROLE_ARN}2` } })), false],
    ['a service', nobody, policy(allow({ Principal: { Service: 'logging.s3.amazonaws.com' } })), false],
    ['the account alone lets nobody in', nobody, policy(allow({ Principal: { AWS: ACCOUNT } })), false],
    ['nor does its root', nobody, policy(allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })), false],
    ['a Deny of the account denies its roles', role(allow()), policy(deny({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })), false],
    ['a Deny of another account does not', role(allow()), policy(deny({ Principal: { AWS: 'arn:aws:iam::999999999999:root' } })), true],
    ['a Deny outdoes the role\'s Allow', role(allow()), policy(deny({ Principal: '*' })), false],
    ['a Deny of the role outdoes the bucket\'s Allow', role(deny()), policy(allow({ Principal: '*' })), false],
    ['a Deny of plain HTTP lets TLS pass', role(allow()), policy(
      deny({ Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })), true],
    ['the owner may do everything', OWNER, policy(), true],
    ['but for an explicit Deny', OWNER, policy(deny({ Principal: '*' })), false],
  ])('%s', (_name, principal, resourcePolicy, allowed) => {
    expect(decide(principal, { resourcePolicy, context: { 'aws:securetransport': 'true' } }).allowed).toBe(allowed);
  });
});

describe('a permissions boundary', () => {
  const bounded = (boundary: PolicyStatement[], ...statements: PolicyStatement[]): Principal =>
    ({ ...role(...statements), boundary: { Statement: boundary } });
  const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Statement });
  const start = `User: ${SESSION_ARN} is not authorized to perform: s3:GetObject on resource: "${OBJECT}" `;

  test.each<[string, Principal, PolicyDocument | undefined, true | string]>([
    ['allows what the role\'s policies allow as well', bounded([allow()], allow()), undefined, true],
    ['allows nothing by itself', bounded([allow()]), undefined, 'because no identity-based policy allows the s3:GetObject action'],
    ['takes away what it does not allow', bounded([allow({ Action: 's3:PutObject' })], allow()), undefined,
      'because no permissions boundary allows the s3:GetObject action'],
    ['takes away by its resources', bounded([allow({ Resource: 'arn:aws:s3:::other/*' })], allow()), undefined,
      'because no permissions boundary allows the s3:GetObject action'],
    ['takes away by its conditions', bounded([allow({ Condition: { StringEquals: { 'aws:PrincipalAccount': '999999999999' } } })], allow()), undefined,
      'because no permissions boundary allows the s3:GetObject action'],
    ['denies', bounded([allow(), deny()], allow()), undefined, 'with an explicit deny in a permissions boundary'],
    ['that has no statement allows nothing', bounded([], allow()), undefined, 'because no permissions boundary allows the s3:GetObject action'],
    ['limits what a bucket\'s policy allows to the role', bounded([]), policy(allow({ Principal: { AWS: ROLE_ARN } })),
      'because no permissions boundary allows the s3:GetObject action'],
    ['does not limit what it allows to the session', bounded([]), policy(allow({ Principal: { AWS: SESSION_ARN } })), true],
    ['denies that as well', bounded([deny()]), policy(allow({ Principal: { AWS: SESSION_ARN } })), 'with an explicit deny in a permissions boundary'],
  ])('%s', (_name, principal, resourcePolicy, decision) => {
    expect(decide(principal, { resourcePolicy })).toEqual(decision === true ? { allowed: true } : { allowed: false, reason: start + decision });
  });
});

test('a denial in AWS\'s words', () => {
  const start = `User: ${SESSION_ARN} is not authorized to perform: s3:GetObject on resource: "${OBJECT}" `;
  expect(decide(role()).reason).toBe(`${start}because no identity-based policy allows the s3:GetObject action`);
  expect(decide(role(deny())).reason).toBe(`${start}with an explicit deny in an identity-based policy`);
  expect(decide(role(allow()), { resourcePolicy: { Statement: deny({ Principal: '*' }) } }).reason)
    .toBe(`${start}with an explicit deny in a resource-based policy`);
});

describe('what is not supported is refused by name when it is loaded', () => {
  test.each<[string, unknown, RegExp]>([
    ['no document', 'text', /expected a policy document/],
    ['no Statement', {}, /expected a policy document with a Statement/],
    ['an unknown version', { Version: '2025-01-01', Statement: [] }, /Version '2025-01-01' is unknown/],
    ['an unknown element', { Statement: [], Statements: [] }, /element 'Statements' is not supported/],
    ['NotPrincipal', { Statement: { ...allow(), NotPrincipal: '*' } }, /statement 1: the element 'NotPrincipal'/],
    ['an unknown effect', { Statement: { ...allow(), Effect: 'allow' } }, /the Effect must be 'Allow' or 'Deny', received "allow"/],
    ['neither Action nor NotAction', { Statement: { Effect: 'Allow', Resource: '*' } }, /either Action or NotAction/],
    ['both', { Statement: { ...allow(), NotAction: 's3:*' } }, /either Action or NotAction/],
    ['Resource and NotResource', { Statement: { ...allow(), NotResource: '*' } }, /either Resource or NotResource, not both/],
    ['an intrinsic function that is left', { Statement: allow({ Resource: { Ref: 'X' } as unknown as string }) }, /Resource must hold text, received {"Ref":"X"}/],
    ['a policy variable', { Statement: allow({ Resource: 'arn:aws:s3:::b/${aws:username}/*' }) }, /policy variables are not supported.*aws:username/],
    ['a variable in a condition', { Statement: allow({ Condition: { StringLike: { 's3:prefix': '${aws:userid}/*' } } }) }, /policy variables.*condition s3:prefix/],
    ['an unknown operator', { Statement: allow({ Condition: { StringMatches: { 's3:prefix': 'x' } } }) }, /'StringMatches' is not supported; supported are Null and/],
    ['BinaryEquals', { Statement: allow({ Condition: { BinaryEquals: { 's3:prefix': 'eA==' } } }) }, /'BinaryEquals' is not supported/],
    ['a set operator of no operator', { Statement: allow({ Condition: { 'ForAnyValue:Matches': { 's3:prefix': 'x' } } }) }, /'ForAnyValue:Matches' is not supp/],
    ['an unknown key of S3', { Statement: allow({ Condition: { StringEquals: { 's3:ExistingObjectTag/a': 'b' } } }) }, /key 's3:ExistingObjectTag\/a' is not/],
    ['an unknown global key', { Statement: allow({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } }) }, /key 'aws:SourceVpce' is not supported/],
    ['no number', { Statement: allow({ Condition: { NumericEquals: { 's3:max-keys': 'ten' } } }) }, /'ten' is not a number/],
    ['no date', { Statement: allow({ Condition: { DateLessThan: { 'aws:CurrentTime': 'tomorrow' } } }) }, /'tomorrow' is neither an ISO 8601 date/],
    ['no Bool', { Statement: allow({ Condition: { Bool: { 'aws:SecureTransport': 'yes' } } }) }, /'yes' is neither 'true' nor 'false'/],
    ['no address', { Statement: allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0/8' } } }) }, /'10.0.0\/8' is neither an IP address/],
    ['an unknown principal', { Statement: allow({ Principal: { Role: 'x' } }) }, /the Principal kind 'Role' is unknown/],
    ['the name of the statement', { Statement: [allow(), { ...allow({ Sid: 'Second' }), Effect: 'x' }] }, /statement 'Second': the Effect/],
  ])('%s', (_name, document, words) => {
    const problems = checkPolicy(document as PolicyDocument, 'role R, policy P');
    expect(problems.join('\n')).toMatch(words);
    expect(problems.every((problem) => problem.startsWith('role R, policy P: '))).toBe(true);
  });

  test('all problems at once', () => {
    const document = { Statement: [{ ...allow(), Effect: 'x' }, allow({ Condition: { Nope: { 's3:no': 'x' } } })] };
    expect(checkPolicy(document as unknown as PolicyDocument, 'here')).toHaveLength(3);
  });

  test('what is supported has no problem', () => {
    expect(checkPolicy({
      Version: '2012-10-17',
      Id: 'x',
      Statement: [
        allow({ Principal: { AWS: ROLE_ARN, Service: ['s3.amazonaws.com'] }, Condition: { StringLike: { 's3:prefix': 'work/*' } } }),
        deny({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' }, NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
        allow({ Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Product'] }, 'StringEquals': { 'aws:RequestTag/Product': 'PAVI' } } }),
        allow({ Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } } }),
        // Of what S3 itself writes into a bucket of access logs.
        allow({ Principal: { Service: 'logging.s3.amazonaws.com' }, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b' }, StringEquals: { 'aws:SourceAccount': '1' } } }),
      ],
    }, 'here')).toEqual([]);
  });
});
