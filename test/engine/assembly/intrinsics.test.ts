import { evaluate, Scope } from '../../../engine/assembly/intrinsics';

const scope: Scope = {
  region: 'eu-west-1',
  ref: (id) => ({ 'Param': 'value', 'List': ['a', 'b'], 'AWS::Region': 'eu-west-1' } as Record<string, unknown>)[id],
  attribute: (id, attribute) => id === 'Bucket' && attribute === 'Arn' ? 'arn:aws:s3:::bucket' : undefined,
  mapping: (map, first, second) => map === 'Map' && first === 'eu-west-1' && second === 'ami' ? 'ami-1' : undefined,
  condition: (name) => ({ Yes: true, No: false } as Record<string, boolean>)[name] ?? (() => { throw new Error(`there is no condition ${name}`); })(),
  importValue: (name) => name === 'Other:Export' ? 'imported' : undefined,
};

test.each<[string, unknown, unknown]>([
  ['plain values stay', { a: [1, 'x', true, null], b: {} }, { a: [1, 'x', true, null], b: {} }],
  ['Ref of a parameter', { Ref: 'Param' }, 'value'],
  ['Ref of a list', { Ref: 'List' }, ['a', 'b']],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
  ['Fn::GetAtt, a list', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::bucket'],
  ['Fn::GetAtt, a text', { 'Fn::GetAtt': 'Bucket.Arn' }, 'arn:aws:s3:::bucket'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Param' }, 1]] }, 'a-value-1'],
  ['Fn::Join of a list that a function gives', { 'Fn::Join': ['+', { Ref: 'List' }] }, 'a+b'],
  ['Fn::Join leaves AWS::NoValue out', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
  ['Fn::Split', { 'Fn::Split': [':', 'a:b:c'] }, ['a', 'b', 'c']],
  ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
  ['Fn::Select with an index of text, of what was split', { 'Fn::Select': ['5', { 'Fn::Split': [':', 'arn:aws:batch:r:1:job-definition/x:1'] }] }, 'job-definition/x'],
  ['Fn::Sub', { 'Fn::Sub': '${Param}/${Bucket.Arn}/${AWS::Region}' }, 'value/arn:aws:s3:::bucket/eu-west-1'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${own}-${Param}', { own: { 'Fn::Join': ['', ['x', 'y']] } }] }, 'xy-value'],
  ['Fn::Sub leaves ${!literal}', { 'Fn::Sub': 'a ${!Param} b' }, 'a ${Param} b'],
  ['Fn::If, yes', { 'Fn::If': ['Yes', 'a', { 'Fn::Nope': 1 }] }, 'a'],
  ['Fn::If, no', { 'Fn::If': ['No', 'a', { Ref: 'Param' }] }, 'value'],
  ['Fn::If to nothing, in an object', { x: { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] }, y: 1 }, { y: 1 }],
  ['Fn::If to nothing, in a list', ['a', { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'b'] }], ['a']],
  ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Param' }, 'value'] }, true],
  ['Fn::Equals, not', { 'Fn::Equals': ['a', 'A'] }, false],
  ['Fn::And', { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': [1, '1'] }] }, true],
  ['Fn::Or', { 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Not': [{ Condition: 'Yes' }] }] }, false],
  ['Fn::Not', { 'Fn::Not': [{ Condition: 'No' }] }, true],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'ami'] }, 'ami-1'],
  ['Fn::GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'eu-west-1a'],
  ['Fn::Base64', { 'Fn::Base64': { Ref: 'Param' } }, 'dmFsdWU='],
  ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'Other:Export' } }, 'imported'],
  ['functions within functions', { 'Fn::Join': ['', [{ 'Fn::If': ['Yes', { 'Fn::Sub': '${Param}!' }, ''] }, { 'Fn::Select': [0, { Ref: 'List' }] }]] }, 'value!a'],
  ['an object with a Ref among other keys is no function', { Ref: 'Param', x: 1 }, { Ref: 'Param', x: 1 }],
  ['a statement\'s Condition is no reference', { Condition: { Bool: { a: 'true' } } }, { Condition: { Bool: { a: 'true' } } }],
])('%s', (_name, value, expected) => {
  expect(evaluate(value, scope)).toEqual(expected);
});

test.each<[unknown, RegExp]>([
  [{ 'Fn::Cidr': ['10.0.0.0/16', 2] }, /Fn::Cidr is not supported/],
  [{ 'Fn::Transform': {} }, /Fn::Transform is not supported/],
  [{ 'Fn::ForEach::X': [] }, /Fn::ForEach::X is not supported/],
  [{ deep: [{ 'Fn::Length': [] }] }, /Fn::Length is not supported/],
  [{ Ref: 'Nobody' }, /Ref of Nobody is not known here/],
  [{ 'Fn::GetAtt': ['Bucket', 'WebsiteURL'] }, /Fn::GetAtt of Bucket.WebsiteURL is not known here/],
  [{ 'Fn::GetAtt': ['Bucket', 'constructor'] }, /Fn::GetAtt of Bucket.constructor is not known here/],
  [{ 'Fn::Select': [2, ['a', 'b']] }, /Fn::Select of element 2 is not known here/],
  [{ 'Fn::FindInMap': ['Map', 'us-east-1', 'ami'] }, /Fn::FindInMap of Map.us-east-1.ami is not known here/],
  [{ 'Fn::Sub': '${Nobody}' }, /Ref of Nobody is not known here/],
  [{ 'Fn::If': ['Perhaps', 1, 2] }, /there is no condition Perhaps/],
  [{ 'Fn::ImportValue': 'Elsewhere' }, /Fn::ImportValue of Elsewhere, which no stack of the assembly exports, is not known here/],
])('%j is refused by name', (value, words) => {
  expect(() => evaluate(value, scope)).toThrow(words);
});
