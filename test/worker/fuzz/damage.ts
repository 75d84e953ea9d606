import { fc } from '../../support/fast-check';

const LONG = process.env.PAVI_LONG_TESTS === '1';

/** So many tries; with PAVI_LONG_TESTS=1, a hundred times as many. */
export function tries(short: number): number {
  return LONG ? short * 100 : short;
}

/** What happens to files: bytes are changed, lost, doubled, put in or cut off. */
export type Damage = readonly { readonly kind: 'change' | 'flip' | 'drop' | 'double' | 'insert' | 'cut'; readonly at: number; readonly bytes: Uint8Array }[];

export const damage: fc.Arbitrary<Damage> = fc.array(fc.record({
  kind: fc.constantFrom('change', 'flip', 'drop', 'double', 'insert', 'cut'),
  /** Of the file's length, in millionths. */
  at: fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 2000 })),
  bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.constantFrom('\n', '\r', '\t', '0', '-1', '9999999999', '>', ' ', '\0', 'e9', '\xff'.repeat(8))
    .map((text) => Uint8Array.from(Buffer.from(text, 'latin1')))),
}), { minLength: 1, maxLength: 4 });

export function damaged(content: Buffer, wounds: Damage): Buffer {
  return wounds.reduce((bytes, { kind, at, bytes: other }) => {
    const place = Math.min(bytes.length, Math.floor(at / 1_000_000 * bytes.length));
    const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
    switch (kind) {
      case 'change': return Buffer.concat([before, other, behind.subarray(other.length)]);
      case 'flip': return Buffer.concat([before, Buffer.from(behind.subarray(0, 1).map((byte) => byte - byte % 2 + (byte + 1) % 2)), behind.subarray(1)]);
      case 'drop': return Buffer.concat([before, behind.subarray(other.length)]);
      case 'double': return Buffer.concat([before, behind.subarray(0, 20), behind]);
      case 'insert': return Buffer.concat([before, other, behind]);
      default: return Buffer.from(before);
    }
  }, content);
}
