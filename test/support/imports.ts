import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** What a file imports of our own files (paths from the repository's root, without `.ts`), and of packages. */
export interface Imports {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** By file: its path from the repository's root, without `.ts`. */
export type ImportGraph = ReadonlyMap<string, Imports>;

export function importsOf(file: string, text: string): Imports {
  const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return {
    files: names.filter((name) => name.startsWith('.')).map((name) => fileAt(relative(ROOT, resolve(ROOT, dirname(file), name)))),
    packages: names.filter((name) => !name.startsWith('.')),
  };
}

function fileAt(path: string): string {
  return !existsSync(join(ROOT, `${path}.ts`)) && existsSync(join(ROOT, path, 'index.ts')) ? `${path}/index` : path;
}

export function readImports(folders: readonly string[]): ImportGraph {
  return new Map(folders.flatMap(sources).map((file) => [file, importsOf(file, readFileSync(join(ROOT, `${file}.ts`), 'utf8'))]));
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name.slice(0, -'.ts'.length)));
}

/**
 * The circles in which files or folders import each other, each with its members in order. In every folder, what lies in it (its files, and
 * its folders as one each) must import each other in one direction. A circle of files is one of these in the folder that has them all.
 */
export function circles(graph: ImportGraph): string[][] {
  const levels = new Map<string, Map<string, Set<string>>>();
  for (const [from, { files }] of graph) {
    for (const to of files) {
      const [a, b] = [from.split('/'), to.split('/')];
      const apart = a.findIndex((part, index) => part !== b[index]);
      if (apart === -1) continue;
      const level = a.slice(0, apart).join('/');
      const arrows = levels.get(level) ?? new Map<string, Set<string>>();
      levels.set(level, arrows);
      const [source, target] = [a, b].map((parts) => parts.slice(0, apart + 1).join('/'));
      arrows.set(source, (arrows.get(source) ?? new Set()).add(target));
    }
  }
  return [...levels.values()].flatMap(stronglyConnected).map((members) => members.sort());
}

/** Tarjan's algorithm: the groups of more than one member in which each can be reached from each. */
function stronglyConnected(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    stack.push(node);
    for (const next of arrows.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) groups.push(group);
  };
  for (const node of arrows.keys()) if (!order.has(node)) visit(node);
  return groups;
}
