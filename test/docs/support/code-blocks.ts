import { documents, textOf } from './documents';

export interface Block {
  /** Its path in the repository. */
  readonly document: string;
  /** Of the line that opens it. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** All code blocks of all documents; a block may stand in a list. */
export function codeBlocks(language?: string): Block[] {
  const blocks = documents().flatMap((document) => {
    const text = textOf(document);
    return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```/gm)].map(({ index, 1: indent, 2: name, 3: content }) => ({
      document,
      line: text.slice(0, index).split('\n').length,
      language: name,
      text: content.replace(new RegExp(`^${indent}`, 'gm'), ''),
    }));
  });
  return blocks.filter((block) => language === undefined || block.language === language);
}
