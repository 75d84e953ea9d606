import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');

/** What a reader of the repository finds, by path. */
export function documents(): string[] {
  const inFolders = ['docs', 'examples', 'samples']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inFolders].filter((name) => name.endsWith('.md') && !name.includes('node_modules'));
}

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

export interface Section {
  /** As GitHub makes it of the heading. */
  readonly anchor: string;
  readonly heading: string;
  readonly level: number;
  /** The heading that it stands below, of the next higher level. */
  readonly parent?: string;
  /** Up to the next heading. */
  readonly body: string;
}

export function sections(document: string): Section[] {
  const text = textOf(document).replace(/^```[\s\S]*?^```/gm, '');
  const parents: string[] = [];
  return text.split(/^(?=#{1,6} )/m).flatMap((part) => {
    const [, marks, heading, body] = /^(#{1,6}) (.*)\n?([\s\S]*)$/.exec(part) ?? [];
    if (marks === undefined) return [];
    parents.length = marks.length - 1;
    const parent = parents[marks.length - 2];
    parents[marks.length - 1] = heading;
    return [{ anchor: anchorOf(heading), heading, level: marks.length, parent, body }];
  });
}

function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
}
