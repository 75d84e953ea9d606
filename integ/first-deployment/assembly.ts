import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STACK_NAME } from './names';
import type { StatesDefinition } from './walk';

export const ROOT = resolve(__dirname, '../..');

/** Writes the cloud assembly of app.ts. */
export function synthesize(folder: string): void {
  execFileSync(process.execPath, ['--import', 'tsx', 'integ/first-deployment/app.ts'], {
    cwd: ROOT, env: { ...process.env, CDK_OUTDIR: folder }, stdio: ['ignore', 'ignore', 'inherit'],
  });
}

type Template = { readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, any> }>> };

export function templateOf(folder: string): Template {
  return JSON.parse(readFileSync(join(folder, `${STACK_NAME}.template.json`), 'utf8')) as Template;
}

/** The pipeline's state machine; where it names what is not deployed yet, there is a placeholder. */
export function definitionOf({ Resources }: Template): { readonly text: string; readonly definition: StatesDefinition } {
  const [machine] = Object.entries(Resources).filter(([id, { Type }]) => Type === 'AWS::StepFunctions::StateMachine' && id.startsWith('Pavi'));
  const text = String(resolved(machine[1].Properties.DefinitionString));
  return { text, definition: JSON.parse(text) as StatesDefinition };
}

export function jobDefinitionsOf({ Resources }: Template): [id: string, properties: Record<string, unknown>][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Batch::JobDefinition')
    .map(([id, { Properties }]) => [id, resolved(Properties) as Record<string, unknown>]);
}

/** The value without CloudFormation's functions. */
export function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && key === 'Fn::Join') return (resolved(inner[1]) as unknown[]).join(inner[0]);
  if (more.length === 0 && key === 'Ref' && inner === 'AWS::Partition') return 'aws';
  if (more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return 'placeholder';
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item)]));
}
