/**
 * Whether `text` matches `pattern`, in which `*` stands for any run of characters and `?` for exactly one.
 * Not a regular expression: a policy's text must not be able to make the comparison take exponential time.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = [...pattern];
  const given = [...text];
  let p = 0;
  let t = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < given.length) {
    if (wanted[p] === '*') {
      starAt = p++;
      resumeAt = t;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === given[t])) {
      p++;
      t++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (wanted[p] === '*') {
    p++;
  }
  return p === wanted.length;
}

/**
 * Whether an ARN matches a pattern of the Resource element or of ArnLike. A wildcard does not reach over the colons
 * between the first five parts; the last part is free (IAM User Guide, "IAM JSON policy elements: Resource").
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') {
    return true;
  }
  const wanted = splitArn(pattern);
  const given = splitArn(arn);
  return wanted.length === given.length && wanted.every((part, index) => matchesWildcard(part, given[index]));
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
