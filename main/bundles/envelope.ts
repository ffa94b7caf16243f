/** The signed envelope (DSSE v1): read strictly, verified before anybody looks inside, and made. */
import { sign, verify, type KeyObject } from 'node:crypto';
import { payloadTypes, type PayloadType } from '../../shared/bundle/payload.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { printable } from '../kit/printable.ts';
import { keyIdOf, publicKeyOf, readPublicKey, type SigningKey } from './keys.ts';
import { parseStrictJson } from './strict-json.ts';

export const maxEnvelopeBytes = 1_048_576;
const maxSignatures = 32;
/** The envelope, its list of signatures, a signature; one more, so that what is too deep is named for what it is. */
const maxDepth = 4;
const signatureBytes = 64;

export interface EnvelopeSignature {
  readonly keyid: string;
  readonly sig: Buffer;
}

/** What was signed, by whom it says it was. Nothing of it is verified. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly EnvelopeSignature[];
}

/** What is to be true of an envelope. */
export interface EnvelopeRule {
  readonly type: PayloadType;
  /** Public keys, as `ed25519:<SPKI in base64>`. */
  readonly keys: readonly string[];
  /** How many different ones of them must have signed. */
  readonly threshold: number;
  /** What it is, for people: `the bundle`. */
  readonly what: string;
}

/** Throws `bundle.too_large`, `bundle.malformed`, or `bundle.not_signed` for a bundle that stands in no envelope. */
export function readEnvelope(bytes: Uint8Array, what = 'envelope'): Envelope {
  checkSize(bytes.length, what);
  refuseOthers(bytes, what);
  return envelopeFrom(parseStrictJson(bytes, { maxDepth, what }), what);
}

export function checkSize(sizeBytes: number, what: string): void {
  if (sizeBytes <= maxEnvelopeBytes) return;
  throw new GatewayError(
    'bundle.too_large',
    `${what}: it has more than the ${maxEnvelopeBytes} bytes that are allowed.`,
  );
}

/** What people get by mistake, told in their words before a parser complains of a "<". */
function refuseOthers(bytes: Uint8Array, what: string): void {
  if (bytes.length === 0) throw malformed(what, 'the file is empty');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw malformed(what, 'the file is compressed (gzip). Publish it as it is');
  const start = Buffer.from(bytes.subarray(0, 256)).toString('latin1').trimStart();
  if (start.startsWith('<')) {
    throw malformed(
      what,
      'this is a web page, not a bundle. Does the address lead to a page around the file, or to a page for signing in?',
    );
  }
  if (start.startsWith('[')) throw malformed(what, 'this is a list, not one envelope. Is it the trust file?');
  if (!start.startsWith('{'))
    throw malformed(what, 'this is not a bundle: a bundle is a JSON file that begins with "{"');
  if (isUnsigned(bytes)) {
    throw new GatewayError(
      'bundle.not_signed',
      `${what}: this bundle has no signature. Follow the file that \`sluice bundle publish\` writes.`,
    );
  }
}

/** Whether bytes look like a bundle that stands in no envelope; what it holds is not checked. */
export function isUnsigned(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return /^\s*\{/.test(text) && !text.includes('"payloadType"') && /"schema"\s*:\s*"sluice\.bundle\//.test(text);
}

/** An envelope that was parsed strictly, alone or as part of a list. */
export function envelopeFrom(value: unknown, what: string): Envelope {
  const fields = exactFields(value, ['payloadType', 'payload', 'signatures'], what);
  const { payloadType, payload, signatures } = fields;
  if (typeof payloadType !== 'string' || payloadType.length > 128) {
    throw malformed(what, 'payloadType is not a short text');
  }
  if (!Array.isArray(signatures)) throw malformed(what, 'signatures is not a list');
  if (signatures.length > maxSignatures) throw malformed(what, `it has more than ${maxSignatures} signatures`);
  return {
    payloadType,
    payload: base64(payload, 'payload', what),
    signatures: signatures.map((one: unknown, index) => signatureFrom(one, `signatures[${index}]`, what)),
  };
}

function signatureFrom(value: unknown, place: string, what: string): EnvelopeSignature {
  const { keyid, sig } = exactFields(value, ['keyid', 'sig'], what, place);
  if (typeof keyid !== 'string' || keyid.length > 128) throw malformed(what, `${place}.keyid is not a short text`);
  const bytes = base64(sig, `${place}.sig`, what);
  if (bytes.length !== signatureBytes) {
    throw malformed(what, `${place}.sig has ${bytes.length} bytes, and a signature has ${signatureBytes}`);
  }
  return { keyid, sig: bytes };
}

function exactFields(
  value: unknown,
  names: readonly string[],
  what: string,
  place = 'it',
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(what, `${place} is not an object`);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const missing = names.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) throw malformed(what, `"${missing}" is missing${place === 'it' ? '' : ` in ${place}`}`);
  const further = Object.keys(fields).find((name) => !names.includes(name));
  if (further !== undefined)
    throw malformed(what, `${place} has a field "${clipped(further)}" that envelopes do not have`);
  return fields;
}

/** Only the one way of writing bytes that there is in base64: with padding, without line breaks. */
function base64(value: unknown, place: string, what: string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes !== undefined && bytes.length > 0 && bytes.toString('base64') === value) return bytes;
  throw malformed(what, `${place} is not base64`);
}

function malformed(what: string, problem: string): GatewayError {
  return new GatewayError('bundle.malformed', `${what}: ${problem}${/[.?]$/.test(problem) ? '' : '.'}`);
}

function clipped(text: string): string {
  const safe = printable(text);
  return safe.length > 80 ? `${safe.slice(0, 80)}…` : safe;
}

// ---------------------------------------------------------------- signatures

/** The bytes that are signed: DSSE's pre-authentication encoding. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType, 'utf8')} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/**
 * Ids of the keys that signed, each once. Signatures of keys that are not known count for nothing; one of a known key that does
 * not verify refuses the whole. Throws `bundle.payload_type`, `bundle.unknown_key`, `bundle.bad_signature`,
 * `bundle.threshold_not_met`.
 */
export function verifyEnvelope(envelope: Envelope, rule: EnvelopeRule): readonly string[] {
  const { type, threshold, what } = rule;
  if (envelope.payloadType !== payloadTypes[type]) {
    throw new GatewayError(
      'bundle.payload_type',
      `${what} is signed as ${clipped(envelope.payloadType) || 'nothing'}, and ${payloadTypes[type]} is expected here.`,
    );
  }
  // By id, so that one key counts once however often, and in whatever writing, it stands in the list.
  const known = new Map<string, SigningKey>(rule.keys.map(readPublicKey).map((key) => [key.id, key]));
  const signed = pae(envelope.payloadType, envelope.payload);
  const signers = new Set<string>();
  for (const { keyid, sig } of envelope.signatures) {
    const signer = known.get(keyid);
    if (signer === undefined) continue;
    if (!verify(null, signed, signer.key, sig)) {
      throw new GatewayError(
        'bundle.bad_signature',
        `${what}: the signature of ${keyid} is not valid, because something was changed after it was signed. Sign it again.`,
      );
    }
    signers.add(keyid);
  }
  if (signers.size === 0) throw unknownKeys(envelope, what);
  // A threshold of none would let anything pass.
  if (signers.size < Math.max(1, threshold)) {
    throw new GatewayError(
      'bundle.threshold_not_met',
      `${what} is signed by ${signers.size} of the ${threshold} keys it needs: ${[...signers].join(', ')}. Have the others sign it too.`,
    );
  }
  return [...signers];
}

function unknownKeys(envelope: Envelope, what: string): GatewayError {
  const ids = envelope.signatures.map(({ keyid }) => clipped(keyid));
  const by = ids.length === 0 ? 'nobody' : ids.slice(0, 4).join(', ');
  return new GatewayError(
    'bundle.unknown_key',
    `${what} is signed by ${by}, and not by a key that may sign it. Sign it with one that the trust document names; after a change of keys, bring the newest trust documents along.`,
  );
}

/** The envelope as it is published: JSON text that ends with a newline. Throws `bundle.too_large`. */
export function signEnvelope(type: PayloadType, payload: Uint8Array, keys: readonly KeyObject[]): Buffer {
  return envelopeText(
    signedBy({ payloadType: payloadTypes[type], payload: Buffer.from(payload), signatures: [] }, keys),
  );
}

/** The same envelope with the signatures of further keys; one of a key that had signed before is made anew. */
export function withSignatures(envelopeBytes: Uint8Array, keys: readonly KeyObject[]): Buffer {
  return envelopeText(signedBy(readEnvelope(envelopeBytes), keys));
}

function signedBy(envelope: Envelope, keys: readonly KeyObject[]): Envelope {
  const text = pae(envelope.payloadType, envelope.payload);
  const signatures = new Map(envelope.signatures.map((one) => [one.keyid, one]));
  for (const key of keys) {
    const keyid = keyIdOf(publicKeyOf(key));
    signatures.set(keyid, { keyid, sig: sign(null, text, key) });
  }
  return { ...envelope, signatures: [...signatures.values()] };
}

function envelopeText(envelope: Envelope): Buffer {
  const bytes = Buffer.from(`${JSON.stringify(envelopeJson(envelope), null, 1)}\n`, 'utf8');
  checkSize(bytes.length, 'the signed file');
  return bytes;
}

/** An envelope as it stands in a file, for files that hold several. */
export function envelopeJson(envelope: Envelope): unknown {
  return {
    payloadType: envelope.payloadType,
    payload: envelope.payload.toString('base64'),
    signatures: envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: sig.toString('base64') })),
  };
}
