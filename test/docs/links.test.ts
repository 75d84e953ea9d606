import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents, ROOT, sections, textOf } from './support/documents';

interface Link { readonly document: string; readonly target: string }

function brokenLinks(links: readonly Link[]): string[] {
  return links.filter(({ document, target }) => {
    const [path, anchor] = target.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    if (!existsSync(join(ROOT, file))) return true;
    if (anchor === undefined) return false;
    return !statSync(join(ROOT, file)).isFile() || !sections(file).some((section) => section.anchor === anchor);
  }).map(({ document, target }) => `${document}: ${target}`);
}

function linksOf(document: string): Link[] {
  return [...textOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ document, target })).filter(({ target }) => !/^[a-z]+:/.test(target));
}

test('every link from a document to another, or to a place in it, leads there', () => {
  const links = documents().flatMap(linksOf);
  expect(links.length).toBeGreaterThan(30);
  expect(brokenLinks(links)).toEqual([]);
});

test('a link that leads nowhere is found', () => {
  const links = ['nowhere.md', 'docs/operating.md#nowhere', 'docs/operating.md#jobs-stuck', 'docs/operating.md'].map((target) => ({ document: 'README.md', target }));
  expect(brokenLinks(links)).toEqual(['README.md: nowhere.md', 'README.md: docs/operating.md#nowhere']);
});
