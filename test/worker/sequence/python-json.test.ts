import { pythonJson } from '../../../worker/sequence/python-json';
import { fc } from '../../support/fast-check';

test('the text is that of Python\'s json.dumps', () => {
  // json.dumps({"b": {}, "7": [1, "ä\U0001d53e\x7f\n\"\\/"], "a": {"x": None, "y": True}})
  expect(pythonJson(new Map<string, unknown>([['b', {}], ['7', [1, 'ä𝔾\x7f\n"\\/']], ['a', { x: null, y: true }]])))
    .toBe('{"b": {}, "7": [1, "\\u00e4\\ud835\\udd3e\\u007f\\n\\"\\\\/"], "a": {"x": null, "y": true}}');
});

test('any JSON value reads back the same, and the text is ASCII without line ends', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = pythonJson(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(text).toMatch(/^[ -~]*$/);
  }));
});
