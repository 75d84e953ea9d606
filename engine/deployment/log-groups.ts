import type { JobDefinition } from '../batch/definition/job-definition';

/** Where the jobs write: what is before a log stream's first `/`, by log group. */
export function logGroups(definitions: readonly JobDefinition[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { logGroup, logStreamPrefix } of definitions.map(({ container }) => container)) {
    groups.set(logGroup, (groups.get(logGroup) ?? new Set()).add(logStreamPrefix));
  }
  return groups;
}
