import { readdirSync, readFileSync } from 'fs';
import { join, resolve } from 'path';
import * as ts from 'typescript';

const SRC = resolve(__dirname, '..', '..', '..', 'src');

/** A property of an exported props interface, as its docstring tells of it. */
export interface DocumentedProp {
  /** `Interface.property` */
  readonly name: string;
  readonly isOptional: boolean;
  readonly summary: string;
  /** The text of `@default`, on one line. */
  readonly default?: string;
}

const text = (comment: string | ts.NodeArray<ts.JSDocComment> | undefined) => (ts.getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ').trim();

/** All properties of the interfaces that `src/index.ts` exports, those that they inherit included. */
export function documentedProps(): DocumentedProp[] {
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => ts.createSourceFile(join(SRC, name), readFileSync(join(SRC, name), 'utf8'), ts.ScriptTarget.Latest, true));
  const declared = new Map(sources.flatMap((source) => source.statements.filter(ts.isInterfaceDeclaration)
    .map((declaration) => [declaration.name.text, declaration])));
  const members = (declaration: ts.InterfaceDeclaration): ts.PropertySignature[] => [
    ...(declaration.heritageClauses ?? []).flatMap(({ types }) => types.flatMap(({ expression }) => {
      const base = declared.get(expression.getText());
      return base === undefined ? [] : members(base);
    })),
    ...declaration.members.filter(ts.isPropertySignature),
  ];
  return exportedInterfaces(sources).flatMap((declaration) => members(declaration).map((member) => {
    const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
    const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
    return {
      name: `${declaration.name.text}.${member.name.getText()}`,
      isOptional: member.questionToken !== undefined,
      summary: text(doc?.comment),
      default: tag === undefined ? undefined : text(tag.comment),
    };
  }));
}

/** The interfaces of the files that `src/index.ts` exports: all of a file, or those that it names. */
function exportedInterfaces(sources: ts.SourceFile[]): ts.InterfaceDeclaration[] {
  const index = sources.find(({ fileName }) => fileName === join(SRC, 'index.ts'))!;
  return index.statements.filter(ts.isExportDeclaration).flatMap(({ moduleSpecifier, exportClause }) => {
    const file = sources.find(({ fileName }) => fileName === join(SRC, `${(moduleSpecifier as ts.StringLiteral).text}.ts`))!;
    const named = exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : undefined;
    return file.statements.filter(ts.isInterfaceDeclaration).filter((declaration) => named === undefined || named.includes(declaration.name.text));
  });
}
