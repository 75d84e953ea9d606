/** An IAM policy document after the template's intrinsics were resolved, as CloudFormation would hand it to IAM. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly PolicyStatement[] | PolicyStatement;
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Who acts: an assumed role with its policies, or the machine's owner, who may do everything. */
export interface Principal {
  /** `arn:aws:sts::123456789012:assumed-role/RoleName/session`, or the account's root ARN. */
  readonly arn: string;
  /** The role's own ARN, which bucket policies name; absent for the owner. */
  readonly roleArn?: string;
  /** The role's policies; undefined for the owner, whom only an explicit Deny of a bucket policy stops. */
  readonly policies?: readonly PolicyDocument[];
  /** The role's permissions boundary: what it does not allow, the role's policies cannot. */
  readonly boundary?: PolicyDocument;
}

/**
 * What a request says of itself: condition keys in lower case, for example `s3:prefix`; a list where the key has several values, as
 * `aws:tagkeys` has.
 */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
  /** The resource's own policy, for example the bucket's. */
  readonly resourcePolicy?: PolicyDocument;
}

/**
 * A denial's reason has AWS's words: `User: ARN is not authorized to perform: ACTION on resource: "ARN" because no identity-based policy allows the
 * ACTION action`.
 */
export type AccessDecision = { readonly allowed: true; readonly reason?: undefined } | { readonly allowed: false; readonly reason: string };

/** A role, with all that says what it may do. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly policies: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
}
