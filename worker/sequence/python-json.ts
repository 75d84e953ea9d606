/**
 * JSON as Python's `json.dumps` writes it by default: one line, `", "` and `": "` between, non-ASCII as `\uXXXX`.
 *
 * Record names must come as a `Map`: a JavaScript object puts keys that are whole numbers ("7") first.
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Map) return object([...value]);
  if (typeof value === 'object' && value !== null) return object(Object.entries(value));
  if (typeof value === 'string') return text(value);
  return JSON.stringify(value);
}

function object(members: readonly [string, unknown][]): string {
  return `{${members.map(([key, value]) => `${text(key)}: ${pythonJson(value)}`).join(', ')}}`;
}

/** Python keeps the characters from space to tilde; JSON.stringify has done what is special among them, and the control characters. */
function text(value: string): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
