import { Tags, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** As on the rest of PAVI's resources. */
const DEFAULT_TAGS = { Product: 'PAVI', CreatedBy: 'PAVI', AppComponent: 'pipeline' };

/** Tags everything below the scope that can carry tags; the given ones are added to the default ones, and stand where they have the same key. */
export function addTags(scope: Construct, given: { readonly [key: string]: string } = {}): void {
  for (const [key, value] of Object.entries({ ...DEFAULT_TAGS, ...given })) {
    requireTag(key, value);
    Tags.of(scope).add(key, value);
  }
}

/** AWS General Reference, page "Tagging your AWS resources". */
function requireTag(key: string, value: string): void {
  if (Token.isUnresolved(key) || Token.isUnresolved(value)) return;
  if (!/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu.test(key) || !/^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u.test(value)) {
    throw new Error('tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and "_.:/=+-@", and no key that begins with "aws:", '
      + `got "${key}" with "${value}"; change it`);
  }
}
