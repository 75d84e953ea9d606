import type { Principal } from '../iam/policy';

/** Keys that sign requests to the local endpoint, and whom they stand for. */
export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly principal: Principal;
  /** Who has them, by a name that is the same in another run: the job's. */
  readonly holder?: string;
}

/** Finds who signed; undefined for an unknown key. */
export type FindCredentials = (accessKeyId: string) => LocalCredentials | undefined;
