/** What can be wrong with who a request says that it is from. */
export type SignatureProblem =
  /** Nothing is signed, or the signature does not hold now, or not for all that must be signed. */
  | 'Denied'
  | 'UnknownKey' | 'WrongToken' | 'WrongScope' | 'Mismatch' | 'Skewed'
  /** The fields of a signature in a header, in a URL, or the request around them. */
  | 'Malformed' | 'MalformedUrl' | 'Unsupported';

/** A request whose signature does not hold; each protocol has its own code and status for the problem. */
export class SignatureError extends Error {
  /** @param details further facts, by the names that S3 has for them */
  constructor(public readonly problem: SignatureProblem, message: string, public readonly details: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}
