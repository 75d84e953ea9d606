import { isObject, processorOf } from './field-checks';
import type { Problems } from './problems';

/** "Labels can't exceed 40 characters in length, must be unique within a state machine definition, and must not contain" these (guide, "Map"). */
const MAX_LABEL = 40;
const FORBIDDEN = /[\s?*<>{}[\]:;,\\|^~$#%&`"\u0000-\u001f\u007f-\u009f]/;

/** The labels of distributed Maps, which become parts of ARNs. */
export function checkLabels(machine: Record<string, unknown>, problems: Problems): void {
  const seen = new Set<string>();
  const visit = (inner: unknown, at: string): void => {
    if (!isObject(inner) || !isObject(inner.States)) return;
    for (const [name, state] of Object.entries(inner.States)) {
      if (!isObject(state)) continue;
      const place = `${at}/States/${name}`;
      if (typeof state.Label === 'string') check(state.Label, `${place}/Label`);
      const [field, processor] = processorOf(state);
      visit(processor, `${place}/${field}`);
      if (Array.isArray(state.Branches)) state.Branches.forEach((branch, index) => visit(branch, `${place}/Branches[${index}]`));
    }
  };
  const check = (label: string, at: string) => {
    const refuse = (why: string) => problems.add('INVALID_LABEL_NAME', `Invalid Label name: ${label} ${why}`, at);
    if (label === '') refuse('is empty');
    else if (label.length > MAX_LABEL) refuse(`exceeds the ${MAX_LABEL}-character limit allowed by the service`);
    else if (FORBIDDEN.test(label)) refuse('contains invalid characters');
    if (seen.has(label)) problems.add('DUPLICATE_LABEL_NAME', `Duplicate Label name: ${label}`, at);
    seen.add(label);
  };
  visit(machine, '');
}
