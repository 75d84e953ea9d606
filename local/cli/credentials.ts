import { randomBytes } from 'node:crypto';
import type { LoadedRole } from './load-pipeline';
import { ACCOUNT, PARTITION } from '../assembly/resource-names';
import type { Principal } from '../iam/policy';
import type { FindCredentials, LocalCredentials } from '../s3/credentials';

/** Hands out keys for roles, and for the machine's owner; they are good as long as this process lives. */
export class LocalSecurityTokens {
  private readonly issued = new Map<string, LocalCredentials>();

  public readonly find: FindCredentials = (accessKeyId) => this.issued.get(accessKeyId);

  /** As AssumeRole does. */
  public forRole(role: LoadedRole, session: string): LocalCredentials {
    const arn = `arn:${PARTITION}:sts::${ACCOUNT}:assumed-role/${role.name}/${session}`;
    return this.issue({ arn, roleArn: role.arn, policies: role.policies });
  }

  public forOwner(): LocalCredentials {
    return this.issue({ arn: `arn:${PARTITION}:iam::${ACCOUNT}:root` });
  }

  private issue(principal: Principal): LocalCredentials {
    const credentials: LocalCredentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
      sessionToken: randomBytes(30).toString('base64url'),
      principal,
    };
    this.issued.set(credentials.accessKeyId, credentials);
    return credentials;
  }
}
