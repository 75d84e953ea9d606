import { escapeText, html, Html, scriptJson } from '../../../cli/markup/html';
import { bytes, count, dollars, duration, moment } from '../../../cli/terminal/units';

test.each([[0.2, '0 s'], [380, '0.38 s'], [12_400, '12.4 s'], [185_000, '3 min 05 s'], [3_720_000, '1 h 02 min'], [undefined, '–'], [-5, '0 s']])('%s ms are %s', (value, text) => {
  expect(duration(value)).toBe(text);
});

test('bytes, dollars, counts and moments are written to be read', () => {
  expect([0, 999, 16_645, 284_000_000].map(bytes)).toEqual(['0 B', '999 B', '16.6 kB', '284.0 MB']);
  expect([0, 0.00149, 0.5, 0.0000123, 12.345].map(dollars)).toEqual(['$0', '$0.0015', '$0.50', '$0.000012', '$12.35']);
  expect([count(1, 'entry', 'entries'), count(1090, 'column')]).toEqual(['1 entry', '1 090 columns']);
  expect(moment(1e12)).toBe('2001-09-09 01:46:40 UTC');
});

test('every value of a template is escaped, but for markup', () => {
  const evil = '<script>alert(1)</script>"\'&';
  expect(html`<p title="${evil}">${evil}${new Html('<b>x</b>')}${[1, html`<i>${'<'}</i>`]}${undefined}${false}</p>`.text)
    .toBe('<p title="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;">&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;<b>x</b>1<i>&lt;</i></p>');
  expect(escapeText('a\u202eb\u0000')).toBe('a\\u202eb\\u0000');
  expect(scriptJson({ a: '</script><!--&\u2028' }).text).toBe('{"a":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}');
  expect(JSON.parse(scriptJson({ a: '</script>' }).text)).toEqual({ a: '</script>' });
});
