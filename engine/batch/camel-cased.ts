/** Fields whose own fields are the caller's words. */
const MAPS = ['Tags', 'Parameters', 'Options'];

/** Step Functions gives a job's fields in PascalCase, Batch's own API in camelCase. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) =>
    [name[0].toLowerCase() + name.slice(1), MAPS.includes(name) ? item : camelCased(item)]));
}
