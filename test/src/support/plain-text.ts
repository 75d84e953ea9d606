import { Template } from 'aws-cdk-lib/assertions';

/**
 * A template's value with its intrinsic functions replaced by readable text: `Ref` by `<LogicalId>`, `Fn::GetAtt` by
 * `<LogicalId.Attribute>`, `Fn::Join` by the joined text, `Fn::Select` by the part; so that a whole ARN or a state machine's definition can be compared.
 */
export function plain(value: any): any {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument], ...others] = Object.entries<any>(value).length > 0 ? Object.entries<any>(value) : [['', undefined]];
  if (others.length === 0) {
    if (name === 'Ref') return `<${argument}>`;
    if (name === 'Fn::GetAtt') return `<${argument.join('.')}>`;
    if (name === 'Fn::Join') return plain(argument[1]).join(argument[0]);
    if (name === 'Fn::Select') return part(plain(argument[1]), Number(argument[0]));
    if (name === 'Fn::Split') return { separator: argument[0], text: plain(argument[1]) };
    if (name === 'Fn::Sub') return plain(typeof argument === 'string' ? argument : argument[0]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** A part of a text or of a list; a part of what only the deployment knows is told as such, `<LogicalId>[5 by :]`. */
function part(whole: any, index: number): any {
  if (Array.isArray(whole)) return whole[index];
  return whole.text.split(whole.separator)[index] ?? `${whole.text}[${index} by ${whole.separator}]`;
}

/** The same, with every logical id's hash of eight characters left out. */
export function withoutHashes(value: any): any {
  return JSON.parse(JSON.stringify(plain(value)).replace(/(<[A-Za-z0-9]+?)[0-9A-F]{8}([.>])/g, '$1$2'));
}

/** A template without what changes with every build of the worker or of the CDK's own functions: hashes of assets. */
export function withoutAssetHashes(template: Template): any {
  return JSON.parse(JSON.stringify(template.toJSON()).replace(/\b[0-9a-f]{64}\b/g, 'HASH'));
}

/** A logical id without its hash. */
export function idWithoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
