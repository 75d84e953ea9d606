/** Control characters, and those that turn the direction of what follows: on a terminal they could hide or forge text. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of callers, data and logs, fit for a terminal; line ends and tabs stay. */
export function plainText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\n/g, ' ');
}
