import { Token } from 'aws-cdk-lib';

/** "This string is limited to 255 alphanumeric characters", AWS Batch API reference, page "SubmitJob". */
export const MAX_SHARE_CHARACTERS = 255;

/** Whose share of a queue a run's jobs use, where the queue has a fair-share scheduling policy. */
export class ShareIdentifier {
  /**
   * One share for all runs.
   *
   * @param identifier 1 to 255 letters or digits
   */
  public static fixed(identifier: string): ShareIdentifier {
    return new ShareIdentifier(checked('ShareIdentifier.fixed', identifier), false);
  }

  /**
   * The share that a run's input names in its field `share`, 1 to 255 letters or digits. A run with another value ends with
   * `Pavi.InvalidInput` before any job.
   *
   * @param defaultIdentifier the share of runs that name none: 1 to 255 letters or digits
   */
  public static fromInput(defaultIdentifier: string): ShareIdentifier {
    return new ShareIdentifier(checked('ShareIdentifier.fromInput', defaultIdentifier), true);
  }

  /**
   * @param identifier the share of all runs, or of those whose input names none
   * @param isFromInput whether a run's input may name another one
   */
  private constructor(public readonly identifier: string, public readonly isFromInput: boolean) {}
}

function checked(what: string, identifier: string): string {
  if (!Token.isUnresolved(identifier) && !new RegExp(`^[A-Za-z0-9]{1,${MAX_SHARE_CHARACTERS}}$`).test(identifier)) {
    throw new Error(`${what} takes 1 to ${MAX_SHARE_CHARACTERS} letters or digits, got "${identifier}"; AWS Batch allows no others in a share identifier`);
  }
  return identifier;
}
