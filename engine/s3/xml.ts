import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { malformedXml } from './s3-error';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });
/** Texts stay texts: a key such as "007" is no number. A key's line end comes as `&#x0A;`, which the parser only reads as HTML's. */
const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: false, processEntities: true, htmlEntities: true });
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
/** Characters that XML 1.0 cannot hold at all, or (a carriage return) that its readers turn into another. */
const NOT_XML = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

export type XmlContent = { readonly [element: string]: unknown };

/** A document of S3's namespace. */
export function toXml(root: string, content: XmlContent, namespace = true): string {
  const document = builder.build({ [root]: { ...namespace ? { '@_xmlns': NAMESPACE } : {}, ...content } }) as string;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document.replace(NOT_XML, (character) => `&#x${character.charCodeAt(0).toString(16)};`)}`;
}

/** The content of the root element; lists of one come as a single value. */
export function fromXml(text: string, root: string): Record<string, any> {
  if (XMLValidator.validate(text) !== true) throw malformedXml();
  const content = parser.parse(text)[root];
  if (content === undefined) throw malformedXml();
  return content === '' ? {} : content;
}

export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
