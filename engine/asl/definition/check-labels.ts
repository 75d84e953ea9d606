import { allStates } from './inner-machines';
import type { Problems } from './problems';

/** "Labels can't exceed 40 characters in length, must be unique within a state machine definition, and must not contain" these (guide, "Map"). */
const MAX_LABEL = 40;
const FORBIDDEN = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

/** The labels of distributed Maps, which become parts of ARNs. */
export function checkLabels(machine: Record<string, unknown>, problems: Problems): void {
  const seen = new Set<string>();
  for (const [, { Label: label }, place] of allStates(machine)) {
    if (typeof label !== 'string') continue;
    const at = `${place}/Label`;
    const refuse = (why: string) => problems.add('INVALID_LABEL_NAME', `Invalid Label name: ${label} ${why}`, at);
    if (label === '') refuse('is empty');
    else if (label.length > MAX_LABEL) refuse(`exceeds the ${MAX_LABEL}-character limit allowed by the service`);
    else if (FORBIDDEN.test(label)) refuse('contains invalid characters');
    if (seen.has(label)) problems.add('DUPLICATE_LABEL_NAME', `Duplicate Label name: ${label}`, at);
    seen.add(label);
  }
}
