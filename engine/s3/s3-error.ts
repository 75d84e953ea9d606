import { SignatureError, SignatureProblem } from '../signing/signature-error';

/** An answer that is an error, with S3's own code, status and words (API reference, page "Error responses"). */
export class S3Error extends Error {
  constructor(
    public readonly code: string,
    public readonly status: number,
    message: string,
    /** Further elements of the error's XML, for example the Key. */
    public readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
  }
}

export function noSuchBucket(bucket: string): S3Error {
  return new S3Error('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket });
}

export function noSuchKey(key: string): S3Error {
  return new S3Error('NoSuchKey', 404, 'The specified key does not exist.', { Key: key });
}

export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error('NoSuchUpload', 404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.', { UploadId: uploadId });
}

export function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value });
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', { Condition: condition });
}

/** What S3 has and this server has not. */
export function notImplemented(what: string): S3Error {
  return new S3Error('NotImplemented', 501, `${what} is not supported by the local S3 server`);
}

export function malformedXml(): S3Error {
  return new S3Error('MalformedXML', 400, 'The XML you provided was not well-formed or did not validate against our published schema');
}

const SIGNATURE_CODES: Readonly<Record<SignatureProblem, readonly [code: string, status: number]>> = {
  Denied: ['AccessDenied', 403],
  UnknownKey: ['InvalidAccessKeyId', 403],
  WrongToken: ['InvalidToken', 400],
  WrongScope: ['AuthorizationHeaderMalformed', 400],
  Mismatch: ['SignatureDoesNotMatch', 403],
  Skewed: ['RequestTimeTooSkewed', 403],
  Malformed: ['AuthorizationHeaderMalformed', 400],
  MalformedUrl: ['AuthorizationQueryParametersError', 400],
  Unsupported: ['InvalidRequest', 400],
};

/** A signature that does not hold, as S3 says it. */
export function signatureRefused({ problem, message, details }: SignatureError): S3Error {
  return new S3Error(...SIGNATURE_CODES[problem], message, details);
}
