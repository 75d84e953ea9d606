/** What an answer says about the version of its file; any of it may be missing. */
export interface FileVersion {
  readonly tag?: string;
  /** As it was received. */
  readonly modified?: string;
  /** Bytes. */
  readonly size?: number;
}

/**
 * Remembers which version of a file was read first. Tags are compared weakly (RFC 9110, section 8.8.3.2): `W/` says only that the
 * bytes may be packed otherwise, and every answer's bytes are checked by themselves. Servers behind one name may give the same file
 * tags of their own; then its time and its size decide.
 */
export class FileIdentity {
  private first?: FileVersion;

  /** The size in bytes, once an answer has said it. */
  public get size(): number | undefined {
    return this.first?.size;
  }

  /** Milliseconds since 1970. */
  public get modified(): number | undefined {
    const time = Date.parse(this.first?.modified ?? '');
    return Number.isNaN(time) ? undefined : time;
  }

  /** @returns what differs from the first version, or undefined if nothing does */
  public change(now: FileVersion): string | undefined {
    const { first } = this;
    if (first === undefined) {
      this.first = { ...now, tag: weak(now.tag) };
      return undefined;
    }
    const differs = difference(first, { ...now, tag: weak(now.tag) });
    // An answer may say what those before it left out.
    if (differs !== undefined) return differs;
    this.first = { tag: first.tag ?? weak(now.tag), modified: first.modified ?? now.modified, size: first.size ?? now.size };
    return undefined;
  }
}

function difference(first: FileVersion, now: FileVersion): string | undefined {
  const shown = (was: unknown, is: unknown) => `first ${String(was)}, now ${String(is)}`;
  if (differ(first.size, now.size)) return shown(`${first.size} bytes`, `${now.size} bytes`);
  if (first.tag !== undefined && first.tag === now.tag) return undefined;
  if (differ(first.modified, now.modified)) return shown(first.modified, now.modified);
  const sameTimeAndSize = same(first.modified, now.modified) && same(first.size, now.size);
  return differ(first.tag, now.tag) && !sameTimeAndSize ? shown(first.tag, now.tag) : undefined;
}

function differ(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function same(one: unknown, other: unknown): boolean {
  return one !== undefined && one === other;
}

function weak(tag: string | undefined): string | undefined {
  return tag?.trim().replace(/^W\//i, '');
}
