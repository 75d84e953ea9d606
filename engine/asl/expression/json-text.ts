/** Where a long ends. */
const LONG = 2 ** 63;

/**
 * The value as Step Functions writes it into a history: as JSON.stringify, but numbers as Java has them. A whole number is written in full
 * while a long holds it, another one as a double: 9.223372036854776E18 (measured, floci-io/floci pull request 2783; the notation is in
 * Java's API documentation, Double.toString).
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`).join(',')}}`;
}

function numberText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LONG) return String(BigInt(value));
  if (size >= 1e-3 && size < 1e7) return String(value);
  const [digits, exponent] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
