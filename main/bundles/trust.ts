/** The chain of trust documents: from the one that was pinned, each signed by the one before it and by itself, to the one in force. */
import { createHash } from 'node:crypto';
import { trustPayload, type TrustPayload } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { checkedShape, shapeError } from './check-shape.ts';
import { checkSize, envelopeFrom, readEnvelope, verifyEnvelope, type Envelope } from './envelope.ts';
import { fingerprintOf, isFingerprint } from './fingerprint.ts';
import { jsonLines } from './json-lines.ts';
import { keyIdOf, readPublicKey } from './keys.ts';
import { parseStrictJson } from './strict-json.ts';

/** One epoch a month for five years. */
const maxLinks = 64;
/** The list, and the depth of an envelope. */
const maxChainDepth = 5;
const maxDocumentDepth = 8;
const what = 'the trust file';

/** One document of the chain, in its envelope. Nothing of it is verified. */
export interface TrustLink {
  readonly envelope: Envelope;
  /** base64url of the SHA-256 of its payload. */
  readonly fingerprint: string;
  /** The same in hex. */
  readonly sha256: string;
}

/** What a device knows of the trust document it followed last. */
export interface StoredTrust {
  readonly epoch: number;
  readonly sha256: string;
}

export interface WalkOptions {
  /** A fingerprint, or the public key or id of a root key of the first document; `undefined` on first use. */
  readonly pin: string | undefined;
  readonly stored: StoredTrust | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whose it has to be, where the link said so. */
  readonly org?: string | undefined;
  /** Takes a document that expired, if it is the very one that is stored, or none is. */
  readonly allowExpired?: boolean;
}

/** The trust document in force. */
export interface TrustedRoot {
  readonly document: TrustPayload;
  /** Of its payload, hex. */
  readonly sha256: string;
  /**
   * Of the document that the walk rests on: to be pinned from now on. With a fingerprint as pin that one; with a key the first of
   * the chain; on first use the one in force.
   */
  readonly pinFingerprint: string;
  readonly epoch: number;
}

/** A chain as published: a list of envelopes, or one envelope. Throws `bundle.too_large`, `bundle.malformed`. */
export function readTrustChain(bytes: Uint8Array): readonly TrustLink[] {
  checkSize(bytes.length, what);
  const isList = /^\s*\[/.test(Buffer.from(bytes.subarray(0, 256)).toString('latin1'));
  if (!isList) return [linkOf(readEnvelope(bytes, what))];
  const list = parseStrictJson(bytes, { maxDepth: maxChainDepth, what });
  if (!Array.isArray(list) || list.length === 0 || list.length > maxLinks) {
    throw new GatewayError('bundle.malformed', `${what}: it is not a list of 1 to ${maxLinks} envelopes.`);
  }
  return list.map((one: unknown, index) => linkOf(envelopeFrom(one, `${what}, document ${index + 1}`)));
}

function linkOf(envelope: Envelope): TrustLink {
  const sha256 = createHash('sha256').update(envelope.payload).digest('hex');
  return { envelope, fingerprint: fingerprintOf(envelope.payload), sha256 };
}

interface Verified {
  readonly link: TrustLink;
  readonly document: TrustPayload;
}

/**
 * Walks from the pinned document to the last one. Throws `bundle.fingerprint_mismatch`, `bundle.trust_not_signed`,
 * `bundle.trust_gap`, `bundle.org_mismatch`, `bundle.epoch_rollback`, `bundle.equivocation`, `bundle.trust_expired`, and what
 * is wrong with a document or a signature itself.
 */
export function walkTrust(links: readonly TrustLink[], options: WalkOptions): TrustedRoot {
  const { pin, stored, org } = options;
  const start = startOf(links, pin);
  let last = start.verified;
  checkOrg(last.document, org);
  let met = isMet(last, stored);
  for (const link of links.slice(start.index + 1)) {
    last = nextOf(last, link);
    met = isMet(last, stored) || met;
  }
  const { document, link } = last;
  if (stored !== undefined && document.epoch < stored.epoch) {
    throw new GatewayError(
      'bundle.epoch_rollback',
      `The trust file ends with epoch ${document.epoch}, and epoch ${stored.epoch} was followed here before: it is an old one.`,
    );
  }
  // Nothing was pinned, so what was seen first is all there is to hold on to: nobody may put another chain in its place.
  if (pin === undefined && stored !== undefined && !met) {
    throw mismatch(`does not hold the document of epoch ${stored.epoch} that was followed here`);
  }
  const isStored = stored === undefined || link.sha256 === stored.sha256;
  // Written so that a date that cannot be read counts as over.
  if (!(options.now < Date.parse(document.expires)) && !(isStored && options.allowExpired === true)) {
    throw new GatewayError(
      'bundle.trust_expired',
      `The trust document of ${document.org}, epoch ${document.epoch}, expired on ${document.expires}. Its publisher has to publish the next epoch.`,
    );
  }
  const pinFingerprint = pin === undefined ? link.fingerprint : start.verified.link.fingerprint;
  return { document, sha256: link.sha256, pinFingerprint, epoch: document.epoch };
}

interface Start {
  readonly index: number;
  readonly verified: Verified;
}

function startOf(links: readonly TrustLink[], pin: string | undefined): Start {
  const first = links[0];
  if (first === undefined) throw new GatewayError('bundle.malformed', `${what}: it holds no document.`);
  if (pin !== undefined && isFingerprint(pin)) {
    const index = links.findIndex(({ fingerprint }) => fingerprint === pin);
    const link = links[index];
    if (link === undefined) throw mismatch(`holds no document with the fingerprint ${pin}`);
    return { index, verified: selfSigned(link) };
  }
  const verified = selfSigned(first);
  if (pin !== undefined) checkPinnedKey(verified, pin);
  return { index: 0, verified };
}

/** A key that is merely named proves nothing: it has to have signed. */
function checkPinnedKey({ link, document }: Verified, pin: string): void {
  if (!pin.startsWith('ed25519:')) {
    throw new GatewayError(
      'bundle.fingerprint_mismatch',
      'What is given as trust is neither a fingerprint (43 letters, digits, "-" and "_") nor a key ("ed25519:…"). Copy it anew.',
    );
  }
  const isId = /^ed25519:[0-9a-f]{32}$/.test(pin);
  const id = isId ? pin : keyIdOf(pin);
  const key = document.root.keys.find((one) => keyIdOf(one) === id);
  if (key === undefined) throw mismatch(`begins with a document that has no root key ${id}`);
  verifyEnvelope(link.envelope, { type: 'trust', keys: [key], threshold: 1, what: `The first document of ${what}` });
}

function mismatch(how: string): GatewayError {
  return new GatewayError(
    'bundle.fingerprint_mismatch',
    `The trust file ${how}: it is another publisher's, or the link is out of date. Ask the publisher for a new link; do not go on without.`,
  );
}

/** A document signed by as many of its own root keys as it asks for. */
function selfSigned(link: TrustLink): Verified {
  const document = documentOf(link);
  signedAsTrust(link, document, `its own root keys, epoch ${document.epoch}`);
  return { link, document };
}

/** The document after one that is trusted. It is parsed once the one before vouches for it. */
function nextOf(last: Verified, link: TrustLink): Verified {
  signedAsTrust(link, last.document, `the root keys of epoch ${last.document.epoch}`);
  const document = documentOf(link);
  const { epoch, org } = last.document;
  if (document.epoch !== epoch + 1) {
    throw new GatewayError(
      'bundle.trust_gap',
      `In the trust file epoch ${document.epoch} follows on epoch ${epoch}: every epoch must be there, each after the one before.`,
    );
  }
  signedAsTrust(link, document, `its own root keys, epoch ${document.epoch}`);
  checkOrg(document, org);
  return { link, document };
}

function signedAsTrust(link: TrustLink, by: TrustPayload, whose: string): void {
  const { keys, threshold } = by.root;
  try {
    verifyEnvelope(link.envelope, { type: 'trust', keys, threshold, what: 'The trust document' });
  } catch (cause) {
    const isMissing =
      cause instanceof GatewayError &&
      (cause.code === 'bundle.unknown_key' || cause.code === 'bundle.threshold_not_met');
    if (!isMissing) throw cause;
    throw new GatewayError(
      'bundle.trust_not_signed',
      `A document of the trust file is not signed by ${threshold} of ${whose}. The next epoch is signed by the root keys of both epochs.`,
      { cause },
    );
  }
}

/** What a document says, whoever signed it. Throws `bundle.malformed`, `bundle.schema`. */
export function documentOf({ envelope }: TrustLink): TrustPayload {
  const value = parseStrictJson(envelope.payload, { maxDepth: maxDocumentDepth, what: 'the trust document' });
  const lineOf = jsonLines(envelope.payload.toString('utf8'));
  const document = checkedShape(trustPayload, value, 'the trust document', lineOf);
  for (const role of ['root', 'signers'] as const) {
    const { keys, threshold } = document[role];
    const distinct = new Set(keys.map((key) => readPublicKey(key).id)).size;
    if (distinct >= threshold) continue;
    throw shapeError('the trust document', [
      {
        pointer: `/${role}/threshold`,
        line: lineOf(`/${role}/threshold`),
        problem: `${threshold} signatures are asked for, of ${distinct} different keys`,
        mend: 'Lower it, or name more keys',
      },
    ]);
  }
  return document;
}

function checkOrg(document: TrustPayload, org: string | undefined): void {
  if (org === undefined || document.org === org) return;
  throw new GatewayError(
    'bundle.org_mismatch',
    `The trust document is of ${document.org}, and ${org} is expected: a bundle does not change its publisher.`,
  );
}

/** Whether this is the document that was followed before; its epoch has no other one. */
function isMet({ document, link }: Verified, stored: StoredTrust | undefined): boolean {
  if (document.epoch !== stored?.epoch) return false;
  if (link.sha256 === stored.sha256) return true;
  throw new GatewayError(
    'bundle.equivocation',
    `There are two trust documents of ${document.org} with epoch ${document.epoch}: this one is not the one that was followed here. Tell the publisher; a root key may be stolen.`,
  );
}
