import { randomBytes } from 'node:crypto';
import type { FindCredentials, LocalCredentials } from './signer';
import { PARTITION } from '../assembly/resource-names';
import type { Principal, Role } from '../iam/policy';

/** An access key; one without a session token does not end. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A key that does not end. */
export function newAccessKey(): AccessKey {
  return { accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`, secretAccessKey: randomBytes(30).toString('base64url') };
}

/** Hands out keys for roles, and for the machine's owner; they are good as long as this process lives. */
export class LocalSecurityTokens {
  private readonly issued = new Map<string, LocalCredentials>();
  private readonly owner: Principal;

  constructor(private readonly account: string) {
    this.owner = { arn: `arn:${PARTITION}:iam::${account}:root` };
  }

  public readonly find: FindCredentials = (accessKeyId) => this.issued.get(accessKeyId);

  /** As AssumeRole does. */
  public forRole(role: Role, session: string, holder?: string): LocalCredentials {
    const arn = `arn:${PARTITION}:sts::${this.account}:assumed-role/${role.name}/${session}`;
    return this.issue({ arn, roleArn: role.arn, policies: role.policies, boundary: role.boundary }, holder);
  }

  public forOwner(): LocalCredentials {
    return this.issue(this.owner);
  }

  /** From now on, the key is one of the owner's. */
  public addOwner(key: AccessKey): void {
    this.issued.set(key.accessKeyId, { ...key, principal: this.owner });
  }

  private issue(principal: Principal, holder?: string): LocalCredentials {
    const credentials: LocalCredentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: randomBytes(30).toString('base64url'),
      principal,
      ...holder === undefined ? {} : { holder },
    };
    this.issued.set(credentials.accessKeyId, credentials);
    return credentials;
  }
}
