import { conditionValues, operatorProblems } from './conditions';
import type { PolicyDocument, PolicyStatement } from './policy';
import { oneOrMany, statementsOf } from './statement';

const DOCUMENT_ELEMENTS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_ELEMENTS = new Set(['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);
const VERSIONS = ['2012-10-17', '2008-10-17'];

/** Keys that requests here really carry, where what they stand for is there. */
const KNOWN_KEYS = new Set([
  'aws:principalarn', 'aws:principalaccount', 'aws:resourceaccount', 'aws:currenttime', 'aws:epochtime', 'aws:securetransport', 'aws:sourceip',
  's3:prefix', 's3:delimiter', 's3:max-keys', 's3:authtype', 's3:signatureversion', 's3:x-amz-content-sha256', 's3:tlsversion',
  's3:x-amz-server-side-encryption', 'aws:tagkeys',
]);
/**
 * Keys of requests that a service makes of itself, for example to deliver logs ("AWS global condition context keys"): no request here is
 * one of those, so they are as absent as they are from the others in AWS.
 */
const SERVICES_KEYS = new Set(['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths']);
const TAG_KEY = /^aws:requesttag\/./;

/**
 * Services whose requests are judged here: their keys must be known, or a condition would be decided as if the request had left them out.
 * A key of another service (`kms:ViaService`) is missing from these requests in AWS too, so that no guess is made.
 */
const JUDGED_NAMESPACES = new Set(['aws', 's3', 'batch', 'states']);

/**
 * Problems of a policy document that `evaluate` could not judge as AWS does; an empty list when there are none.
 * @param where what the policy belongs to, put before each problem: `role RetrieveRole, policy Default`
 */
export function checkPolicy(policy: PolicyDocument, where: string): string[] {
  if (typeof policy !== 'object' || policy === null || policy.Statement === undefined) {
    return [`${where}: expected a policy document with a Statement, received ${JSON.stringify(policy)}`];
  }
  const problems = unknownElements(policy, DOCUMENT_ELEMENTS);
  if (policy.Version !== undefined && !VERSIONS.includes(policy.Version)) {
    problems.push(`the Version '${policy.Version}' is unknown; expected ${VERSIONS.join(' or ')}`);
  }
  statementsOf(policy).forEach((statement, index) => {
    const name = statement?.Sid ? `statement '${statement.Sid}'` : `statement ${index + 1}`;
    problems.push(...statementProblems(statement).map((problem) => `${name}: ${problem}`));
  });
  return problems.map((problem) => `${where}: ${problem}`);
}

function statementProblems(statement: PolicyStatement): string[] {
  if (typeof statement !== 'object' || statement === null) {
    return [`expected an object, received ${JSON.stringify(statement)}`];
  }
  const problems = unknownElements(statement, STATEMENT_ELEMENTS);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    problems.push(`the Effect must be 'Allow' or 'Deny', received ${JSON.stringify(statement.Effect)}`);
  }
  problems.push(
    ...exactlyOne('Action', statement.Action, 'NotAction', statement.NotAction),
    ...atMostOne('Resource', statement.Resource, 'NotResource', statement.NotResource),
    ...principalProblems(statement.Principal),
    ...conditionProblems(statement.Condition),
  );
  return problems;
}

function unknownElements(element: object, known: ReadonlySet<string>): string[] {
  return Object.keys(element).filter((name) => !known.has(name))
    .map((name) => `the element '${name}' is not supported; supported are ${[...known].join(', ')}`);
}

function exactlyOne(name: string, value: unknown, otherName: string, other: unknown): string[] {
  if ((value === undefined) === (other === undefined)) {
    return [`expected either ${name} or ${otherName}`];
  }
  return [...stringProblems(name, value), ...stringProblems(otherName, other)];
}

/** A trust policy has no resource at all. */
function atMostOne(name: string, value: unknown, otherName: string, other: unknown): string[] {
  if (value !== undefined && other !== undefined) {
    return [`expected either ${name} or ${otherName}, not both`];
  }
  return [...stringProblems(name, value), ...stringProblems(otherName, other)];
}

function stringProblems(name: string, value: unknown): string[] {
  return oneOrMany(value).flatMap((text) => {
    if (typeof text !== 'string') {
      return [`${name} must hold text, received ${JSON.stringify(text)}; is it an intrinsic function that was not resolved?`];
    }
    return variableProblems(name, text);
  });
}

function variableProblems(name: string, text: string): string[] {
  return text.includes('${') ? [`policy variables are not supported, received '${text}' in ${name}`] : [];
}

function principalProblems(principal: unknown): string[] {
  if (principal === undefined || principal === '*') {
    return [];
  }
  if (typeof principal !== 'object' || principal === null || Array.isArray(principal)) {
    return [`the Principal must be '*' or an object, received ${JSON.stringify(principal)}`];
  }
  return Object.entries(principal).flatMap(([kind, names]) => ['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind)
    ? stringProblems(`Principal ${kind}`, names)
    : [`the Principal kind '${kind}' is unknown`]);
}

function conditionProblems(conditions: PolicyStatement['Condition']): string[] {
  return Object.entries(conditions ?? {}).flatMap(([operator, tests]) => Object.entries(tests).flatMap(([key, wanted]) => [
    ...operatorProblems(operator, wanted),
    ...keyProblems(key),
    ...conditionValues(wanted).flatMap((value) => variableProblems(`condition ${key}`, value)),
  ]));
}

function keyProblems(key: string): string[] {
  const name = key.toLowerCase();
  return JUDGED_NAMESPACES.has(name.split(':')[0]) && !KNOWN_KEYS.has(name) && !SERVICES_KEYS.has(name) && !TAG_KEY.test(name)
    ? [`the condition key '${key}' is not supported; supported are aws:RequestTag/KEY and ${[...KNOWN_KEYS].join(', ')}`]
    : [];
}
