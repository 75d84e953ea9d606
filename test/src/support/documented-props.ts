import { readFileSync } from 'fs';
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

/** All properties of the interfaces that `src/index.ts` exports. */
export function documentedProps(): DocumentedProp[] {
  const index = readFileSync(join(SRC, 'index.ts'), 'utf8');
  const files = [...index.matchAll(/from '\.\/(.*)'/g)].map(([, file]) => join(SRC, `${file}.ts`));
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const members = source.statements.filter(ts.isInterfaceDeclaration).flatMap((declaration) => declaration.members.filter(ts.isPropertySignature));
    return members.map((member) => {
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
      const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      return {
        name: `${(member.parent as ts.InterfaceDeclaration).name.text}.${member.name.getText()}`,
        isOptional: member.questionToken !== undefined,
        summary: text(doc?.comment),
        default: tag === undefined ? undefined : text(tag.comment),
      };
    });
  });
}
