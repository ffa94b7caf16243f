// Verifies AWS Signature Version 4 on a received request by computing it again from the known secret.
// Public reference: "Signature Version 4 signing process" in the AWS IAM guide.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type SigV4Secret = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  region: string;
  service: string;
};

export type SignedRequest = {
  method: string;
  /** Path and query exactly as sent. */
  target: string;
  rawHeaders: readonly (readonly [string, string])[];
  body: Uint8Array;
  now: Date;
};

export type SigV4Failure = { type: string; message: string };

const FIVE_MINUTES_MS = 5 * 60_000;
const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const mismatch: SigV4Failure = {
  type: 'InvalidSignatureException',
  message:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
};

/** Why AWS would refuse the signature, or undefined when it is right. */
export function verifySigV4(request: SignedRequest, secret: SigV4Secret): SigV4Failure | undefined {
  const headers = new Map<string, string[]>();
  for (const [name, value] of request.rawHeaders) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value.trim().replace(/ +/g, ' ')]);
  }
  const authorization = headers.get('authorization')?.[0];
  if (authorization === undefined)
    return { type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  const [, credential, signedList, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (credential === undefined || signedList === undefined || signature === undefined) {
    return {
      type: 'IncompleteSignatureException',
      message: `Authorization header requires 'Credential' parameter. Authorization=${authorization.slice(0, 20)}`,
    };
  }
  const [keyId, date, region, service, terminator] = credential.split('/');
  const stamp = headers.get('x-amz-date')?.[0] ?? '';
  const early = scopeFailure({ keyId, date, region, service, terminator, stamp }, headers, request.now, secret);
  if (early !== undefined) return early;

  const signed = signedList.split(';');
  const mustSign = ['host', ...[...headers.keys()].filter((name) => name.startsWith('x-amz-'))];
  const unsigned = mustSign.find((name) => !signed.includes(name));
  if (unsigned !== undefined) {
    return {
      type: 'InvalidSignatureException',
      message: `'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`,
    };
  }
  const bodyHash = sha256(request.body);
  const claimed = headers.get('x-amz-content-sha256')?.[0];
  if (claimed !== undefined && claimed !== bodyHash) return mismatch;
  const canonical = [
    request.method,
    canonicalPath(request.target),
    canonicalQuery(request.target),
    ...signed.map((name) => `${name}:${(headers.get(name) ?? []).join(',')}`),
    '',
    signedList,
    bodyHash,
  ].join('\n');
  const scope = `${date ?? ''}/${secret.region}/${secret.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const scopeKey = hmac(hmac(hmac(`AWS4${secret.secretAccessKey}`, date ?? ''), secret.region), secret.service);
  const key = hmac(scopeKey, 'aws4_request');
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex')) ? undefined : mismatch;
}

type Scope = Record<'keyId' | 'date' | 'region' | 'service' | 'terminator', string | undefined> & { stamp: string };

function scopeFailure(
  scope: Scope,
  headers: Map<string, string[]>,
  now: Date,
  secret: SigV4Secret,
): SigV4Failure | undefined {
  const invalid = (message: string): SigV4Failure => ({ type: 'InvalidSignatureException', message });
  if (scope.keyId !== secret.accessKeyId)
    return { type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };
  if (secret.sessionToken !== undefined && headers.get('x-amz-security-token')?.[0] !== secret.sessionToken) {
    return { type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };
  }
  if (scope.region !== secret.region)
    return invalid(`Credential should be scoped to a valid region, not '${scope.region ?? ''}'. `);
  if (scope.service !== secret.service)
    return invalid(`Credential should be scoped to correct service: '${secret.service}'. `);
  if (scope.terminator !== 'aws4_request')
    return invalid("Credential should be scoped with a valid terminator: 'aws4_request'.");
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(scope.stamp) ?? [];
  if (year === undefined || !scope.stamp.startsWith(scope.date ?? '-')) {
    return invalid('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
  }
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return Math.abs(now.getTime() - at) > FIVE_MINUTES_MS
    ? invalid(`Signature expired: ${scope.stamp} is now earlier than the allowed window`)
    : undefined;
}

/** RFC 3986 encoding, which encodes five characters more than encodeURIComponent. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Every service but S3 signs the path as sent, encoded once more. */
function canonicalPath(target: string): string {
  return (target.split('?')[0] ?? '/').split('/').map(encode).join('/');
}

function canonicalQuery(target: string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return '';
  const pairs = [...new URLSearchParams(target.slice(mark + 1))].map(
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  return pairs
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
