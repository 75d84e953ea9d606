import type { Amount } from '../capacity';

type Requirements = readonly { readonly Type: string; readonly Value: string }[] | undefined;

const KNOWN = ['MEMORY', 'VCPU'];

/** What is given of both; each is undefined where it is not. */
export function sizeOf(requirements: Requirements): Partial<Amount> {
  const value = (type: string) => {
    const text = (requirements ?? []).find(({ Type }) => Type === type)?.Value;
    return text === undefined ? undefined : Number(text);
  };
  return { memoryMiB: value('MEMORY'), vcpus: value('VCPU') };
}

/** The types that are not supported, each by its name. */
export function resourceProblems(requirements: Requirements): string[] {
  return (requirements ?? []).filter(({ Type }) => !KNOWN.includes(Type))
    .map(({ Type }) => `the resource requirement ${Type} is not supported; MEMORY and VCPU are`);
}
