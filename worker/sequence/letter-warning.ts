import { Region, unknownLetters } from './transcript';

const MAX_LISTED = 5;

/** A warning that lists where a coding region has letters that are no nucleotide codes; undefined if there are none. */
export function letterWarning(region: Region): string | undefined {
  const listed: string[] = [];
  let count = 0;
  for (const { position, letter } of unknownLetters(region)) {
    count += 1;
    if (count <= MAX_LISTED) listed.push(`"${letter}" at ${region.seqId}:${position}`);
  }
  if (count === 0) return undefined;
  return `the coding region has ${count === 1 ? 'a letter that is no nucleotide code' : `${count} letters that are no nucleotide codes`}: ${listed.join(', ')}`
    + `${count > MAX_LISTED ? `, and ${count - MAX_LISTED} more` : ''}; a codon with one becomes X`;
}
