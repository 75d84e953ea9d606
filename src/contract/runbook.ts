/** The runbook, where each alarm and each error that a run can end with has an entry: what it means, what to check, how to fix it. */
export const RUNBOOK = 'https://github.com/alliance-genome/cdk-pavi-alignment-pipeline/blob/main/docs/operating.md';

/** The place of an error's entry; undefined for one that another state machine has made up. */
export function runbookEntry(error: string): string | undefined {
  if (/^(Pavi|PaviPipeline|States)\.[A-Za-z]+$/.test(error)) return `${RUNBOOK}#${error.replace('.', '').toLowerCase()}`;
  const service = /^(S3|Batch)\./.exec(error)?.[1];
  return service === undefined ? undefined : `${RUNBOOK}#${service.toLowerCase()}`;
}
