import { isStartCodon, isStopCodon } from './codons';

/** A stretch of a sequence: 0-based, `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * The longest complete open reading frame of an upper case sequence: from the first start codon after the last stop to the next
 * stop, the stop included. Of equally long ones it is the last found, frame by frame. Undefined where there is none.
 */
export function longestOpenReadingFrame(sequence: string): Stretch | undefined {
  let longest: Stretch | undefined;
  for (const frame of [0, 1, 2]) {
    let start: number | undefined;
    for (let at = frame; at + 3 <= sequence.length; at += 3) {
      const codon = sequence.slice(at, at + 3);
      if (start === undefined) {
        if (isStartCodon(codon)) start = at;
      } else if (isStopCodon(codon)) {
        const found = { start, end: at + 3 };
        if (longest === undefined || found.end - found.start >= longest.end - longest.start) longest = found;
        start = undefined;
      }
    }
  }
  return longest;
}
