import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NagPackSuppression } from 'cdk-nag';
import { SAMPLE } from '../../cli/here/support/sample-run';
import { cfnLint, nagFindingsOfTemplate } from '../../src/support/linters';

/** A run's results are the sample's, byte for byte. */
export function expectSampleResults(folder: string): void {
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected', file), 'utf8'));
  }
}

/** The templates of a cloud assembly, by their stacks' names. */
export function templates(assembly: string): Record<string, any> {
  const suffix = '.template.json';
  return Object.fromEntries(readdirSync(assembly).filter((name) => name.endsWith(suffix))
    .map((name) => [name.slice(0, -suffix.length), JSON.parse(readFileSync(join(assembly, name), 'utf8'))]));
}

/** cfn-lint and AWS Solutions' rules find nothing in any template, beyond what is accepted with a reason. */
export async function expectLinted(assembly: string, accepted: NagPackSuppression[]): Promise<void> {
  const files = Object.keys(templates(assembly)).map((name) => join(assembly, `${name}.template.json`));
  expect(files).not.toEqual([]);
  expect(await cfnLint(files)).toEqual({ status: 0, output: '' });
  expect(files.flatMap((file) => nagFindingsOfTemplate(file, accepted))).toEqual([]);
}
