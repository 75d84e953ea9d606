import { IndexedSequence } from './fasta-index';

const LF = 10;
const OTHER = 0;
const BASE = 1;
const BLANK = 2;
/** What a byte may be in a sequence: letters of any meaning and gaps are bases, which have a place; white space has none. */
const KIND = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z*.-]/.test(character)) return BASE;
  return /[ \t\v\f\r\n]/.test(character) && code < 128 ? BLANK : OTHER;
});

/** The bases of a stretch of FASTA text, or the first place that is not as the index has it. */
export type FastaBases = { readonly bases: string } | { readonly wrongAt: number; readonly found: string };

/**
 * Takes the bases out of a stretch of a sequence's lines. Each has to stand where the index has it, and each line's end too: else the
 * index is of another file. White space at the end of lines is no base, as in htslib.
 *
 * @param from how many bytes the stretch lies behind the sequence's first base
 */
export function basesOf(bytes: Buffer, from: number, { basesPerLine, bytesPerLine }: IndexedSequence): FastaBases {
  const bases = Buffer.alloc(bytes.length);
  let count = 0;
  let column = from % bytesPerLine;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    const right = column < basesPerLine ? KIND[byte] === BASE : column === bytesPerLine - 1 ? byte === LF : KIND[byte] === BLANK && byte !== LF;
    if (!right) return { wrongAt: at, found: bytes.toString('latin1', at, at + 1) };
    if (column < basesPerLine) bases[count++] = byte;
    column = column === bytesPerLine - 1 ? 0 : column + 1;
  }
  return { bases: bases.toString('latin1', 0, count) };
}
