import { definitionText } from '../../../engine/deployment/definition-text';

test.each<[string, object, string]>([
  ['a text', { DefinitionString: '{"a":1}' }, '{"a":1}'],
  ['an object', { Definition: { a: '${Key}' }, DefinitionSubstitutions: { Key: 'x' } }, '{"a":"x"}'],
  ['a key, wherever and however often it stands', { DefinitionString: '"${Key}-${Key}" "${Other}"', DefinitionSubstitutions: { Key: 'x' } }, '"x-x" "${Other}"'],
  ['numbers and booleans', { DefinitionString: '${n} ${b}', DefinitionSubstitutions: { n: 3, b: true } }, '3 true'],
  ['what was put in is not looked at again', { DefinitionString: '${a}', DefinitionSubstitutions: { a: '${b} $&', b: 'x' } }, '${b} $&'],
  ['no key of every object', { DefinitionString: '${constructor}', DefinitionSubstitutions: {} }, '${constructor}'],
])('%s', (_name, properties, text) => {
  expect(definitionText(properties)).toBe(text);
});

test('one that lies elsewhere is refused', () => {
  expect(() => definitionText({ DefinitionS3Location: { Bucket: 'b', Key: 'k' } })).toThrow('expected DefinitionString or Definition');
});
