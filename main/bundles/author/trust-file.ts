/** Trust documents in a file, for whoever looks at one or signs it: the chain as it is published, or `trust/root-N.json`. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { payloadTypes, type TrustPayload } from '../../../shared/bundle/payload.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { envelopeFrom } from '../envelope.ts';
import { documentOf, readTrustChain, walkTrust, type TrustLink } from '../trust.ts';
import { isWaiting, rootName } from './trust-folder.ts';

export interface TrustFile {
  /** The newest one of the file. */
  readonly document: TrustPayload;
  readonly fingerprint: string;
  /** Ids of the keys that it names as its signers. */
  readonly signedBy: readonly string[];
  /** Why it is not in force; `undefined` where enough have signed. */
  readonly missing: string | undefined;
}

/** Whether a file is one of trust documents, to judge by its outside. */
export function isTrustFile(bytes: Uint8Array): boolean {
  try {
    const found: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Array.isArray(found) || envelopeFrom(found, 'the file').payloadType === payloadTypes.trust;
  } catch {
    return false;
  }
}

/** `pin`: a fingerprint that has to be among its documents. Throws the `bundle.*` that is wrong with it; one that is over is as good as another. */
export function readTrustFile(bytes: Uint8Array, pin: string | undefined): TrustFile {
  const links = readTrustChain(bytes);
  const newest = links.at(-1);
  if (newest === undefined) throw new GatewayError('bundle.malformed', 'the trust file: it holds no document.');
  return {
    document: documentOf(newest),
    fingerprint: newest.fingerprint,
    signedBy: newest.envelope.signatures.map(({ keyid }) => keyid),
    missing: missingOf(links, pin),
  };
}

function missingOf(links: readonly TrustLink[], pin: string | undefined): string | undefined {
  try {
    walkTrust(links, { pin, stored: undefined, now: 0 });
    return undefined;
  } catch (error) {
    if (isWaiting(error)) return error.message;
    throw error;
  }
}

/** Root keys whose signatures count for a document: its own, and those of the one before, where that lies beside it. */
export async function rootKeysFor(document: TrustPayload, path: string): Promise<readonly string[]> {
  const before = join(dirname(dirname(path)), rootName(document.epoch - 1));
  const bytes = await readFile(before).catch(() => undefined);
  const earlier = bytes === undefined ? undefined : readTrustFile(bytes, undefined).document;
  return [...document.root.keys, ...(earlier?.root.keys ?? [])];
}
