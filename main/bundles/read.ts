/** Bundles read from bytes: verified, then parsed, then checked, in that order and no other. */
import { createHash } from 'node:crypto';
import { bundlePayload, bundleSchemaId, type BundlePayload } from '../../shared/bundle/payload.ts';
import { sectionNames } from '../../shared/bundle/sections.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { nearestName } from '../config/problems.ts';
import { printable } from '../kit/printable.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import { checkedShape, shapeError, type LineOf } from './check-shape.ts';
import { checkSize, readEnvelope, verifyEnvelope, type Envelope } from './envelope.ts';
import { isFingerprint } from './fingerprint.ts';
import { readableBundle } from './for-people.ts';
import { jsonLines } from './json-lines.ts';
import { Leaves } from './leaves.ts';
import { parseStrictJson } from './strict-json.ts';
import { checkIdentity, checkOrder, checkTime, payloadHead, type HighestSeen } from './succession.ts';
import { readTrustChain, walkTrust, type StoredTrust, type TrustedRoot } from './trust.ts';
import type { ReadBundle, TrustedBundle } from './types.ts';

/** Conditions and tests nest; nothing that people write comes near. */
const maxPayloadDepth = 64;
const maxLifeMs = 400 * 86_400_000;
/** Told to people; the rest is left out all the same. */
const maxIgnored = 50;
const what = 'the bundle';

export interface ReadOptions {
  /** Of this program, as `1.6.0`. */
  readonly appVersion: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The payload of a bundle, checked. Nothing of signatures: who calls this verified it, or treats it as unsigned. Throws
 * `bundle.malformed`, `bundle.app_too_old`, `bundle.unknown_section`, `bundle.schema`.
 */
export function readBundle(payload: Uint8Array | string, options: ReadOptions): ReadBundle {
  const bytes = payloadBytes(payload);
  return checkedBundle(parsePayload(bytes), bytes, options);
}

/** A bundle in a file of this machine that nobody signed: plain JSON. Only what it suggests may be used. */
export function unsignedBundle(bytes: Uint8Array, options: ReadOptions): TrustedBundle {
  checkSize(bytes.length, what);
  const bundle = readBundle(bytes, options);
  return { ...bundle, trust: 'unsigned', trustDocument: undefined, fingerprint: undefined, signers: [] };
}

// ---------------------------------------------------------------- trusted

export interface ReadTrustedInput {
  /** The file as fetched. */
  readonly bundle: Uint8Array;
  /** The trust file beside it; `undefined`: there is none. */
  readonly trust: Uint8Array | undefined;
  /** A fingerprint, or a key as `ed25519:…`. A whole public key without a trust file is the one key that signs. `undefined`: first use. */
  readonly pin: string | undefined;
  readonly stored: { readonly trust: StoredTrust | undefined; readonly highest: HighestSeen | undefined };
  /** The later of now and the highest time ever seen, in milliseconds since 1970. */
  readonly now: number;
  readonly appVersion: string;
  /** Of the bundle that was followed before, or that the address is for. */
  readonly expectedId?: string | undefined;
  /** The publisher that the link names. */
  readonly org?: string | undefined;
  /** Takes a bundle, and trust, that expired: only what is the very same as what is stored, or anything where nothing is. */
  readonly allowExpired?: boolean | undefined;
}

export interface VerifiedBundle extends TrustedBundle {
  readonly envelope: Envelope;
  /** What to store of the trust document that it rests on; `undefined` where a single key was pinned. */
  readonly root: TrustedRoot | undefined;
}

/**
 * Reads a signed bundle in the order of BND-60: size, envelope, trust, signatures, id and publisher, epoch and version, time, schema.
 * Nothing of the payload is parsed before its signatures are verified. Throws the `bundle.*` of the first step that fails.
 */
export function readTrusted(input: ReadTrustedInput): VerifiedBundle {
  return atOnce(trustedSteps(input));
}

/** The same in steps. */
export function* trustedSteps(input: ReadTrustedInput): Steps<VerifiedBundle> {
  const { stored, now, pin } = input;
  const envelope = readEnvelope(input.bundle, what);
  yield undefined;
  const root = rootOf(input);
  const { keys, threshold } = root?.document.signers ?? { keys: [pinnedKey(pin)], threshold: 1 };
  const signers = verifyEnvelope(envelope, { type: 'bundle', keys, threshold, what: 'The bundle' });
  yield undefined;
  const fields = parsePayload(envelope.payload);
  yield undefined;
  const lines = jsonLines(envelope.payload.toString('utf8'));
  const head = checkedShape(payloadHead, fields, what, lines);
  const sha256 = createHash('sha256').update(envelope.payload).digest('hex');
  checkIdentity(head, { id: input.expectedId, trust: root?.document });
  checkOrder(head, sha256, stored.highest);
  const isStored = stored.highest === undefined || stored.highest.sha256 === sha256;
  checkTime(head, now, isStored && input.allowExpired === true);
  yield undefined;
  const bundle = checkedBundle(fields, envelope.payload, input);
  return {
    ...bundle,
    trust: pin === undefined ? 'first_use' : 'pinned',
    trustDocument: root?.document,
    fingerprint: root?.pinFingerprint,
    signers,
    envelope,
    root,
  };
}

function rootOf({ trust, pin, stored, now, org, allowExpired }: ReadTrustedInput): TrustedRoot | undefined {
  if (trust !== undefined) {
    return walkTrust(readTrustChain(trust), {
      pin,
      stored: stored.trust,
      now,
      org,
      allowExpired: allowExpired === true,
    });
  }
  // Who followed a chain once is not to be brought down to a single key.
  if (stored.trust !== undefined || (pin !== undefined && isFingerprint(pin))) {
    throw new GatewayError(
      'bundle.fingerprint_mismatch',
      'There is no trust file beside the bundle, so that nothing tells whether the publisher is the same. Its publisher has to publish it too.',
    );
  }
  return undefined;
}

/** The one key that signs, where there is no trust document. */
function pinnedKey(pin: string | undefined): string {
  if (pin !== undefined && !/^ed25519:[0-9a-f]{32}$/.test(pin)) return pin;
  throw new GatewayError(
    'bundle.unknown_key',
    'There is no trust file beside the bundle, so that nothing tells which keys may sign it. Its publisher has to publish it too; or give the whole public key as trust.',
  );
}

// ---------------------------------------------------------------- payloads

function payloadBytes(payload: Uint8Array | string): Uint8Array {
  if (typeof payload !== 'string') return payload;
  if (payload.isWellFormed()) return Buffer.from(payload, 'utf8');
  throw new GatewayError('bundle.malformed', `${what}: a text holds half a character (a lone surrogate). Remove it.`);
}

/** The JSON object of a payload, parsed strictly. */
function parsePayload(bytes: Uint8Array): Fields {
  const value = parseStrictJson(bytes, { maxDepth: maxPayloadDepth, what });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new GatewayError('bundle.malformed', `${what}: it is not an object.`);
}

/** The rest of reading, of a payload that was parsed. */
function checkedBundle(fields: Fields, bytes: Uint8Array, options: ReadOptions): ReadBundle {
  const text = Buffer.from(bytes).toString('utf8');
  const lines = jsonLines(text);
  if (fields['schema'] !== bundleSchemaId) throw otherSchema(fields['schema'], lines);
  checkApp(fields['min_app'], options.appVersion);
  const known = knownSections(fields, lines);
  const leaves = new Leaves();
  const plain: Record<string, unknown> = { ...fields };
  for (const part of ['enforced', 'defaults'] as const) {
    if (part in known.parts) plain[part] = leaves.unwrap(known.parts[part], [part]);
  }
  const lineOf: LineOf = (pointer) => lines(leaves.writtenAt(pointer));
  const wrong = leaves.problems(lineOf);
  if (wrong.length > 0) throw shapeError(what, wrong);
  const checked = checkedShape(bundlePayload, plain, what, lineOf);
  checkLife(checked, hasNames(fields['enforced']), lineOf);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { payload: readableBundle(checked), text, sha256, notes: leaves.notes, lineOf, ignored: known.ignored };
}

function otherSchema(found: unknown, lineOf: LineOf): GatewayError {
  const problem =
    found === undefined
      ? 'schema is missing'
      : `${typeof found === 'string' ? `"${clipped(found)}"` : 'this'} is not a bundle that this version of Sluice reads`;
  return shapeError(what, [
    { pointer: '/schema', line: lineOf('/schema'), problem, mend: `Write "${bundleSchemaId}"` },
  ]);
}

/** Before anything else is checked: what an older app would call wrong may be new. */
function checkApp(needed: unknown, appVersion: string): void {
  if (typeof needed !== 'string' || !/^\d+\.\d+\.\d+$/.test(needed)) return;
  if (compareVersions(needed, appVersion) <= 0) return;
  throw new GatewayError(
    'bundle.app_too_old',
    `The bundle needs Sluice ${clipped(needed)}, and this is ${appVersion}. Update Sluice; until then the bundle of before holds.`,
    { details: { min_app: clipped(needed) } },
  );
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => (/^\d+\.\d+\.\d+/.exec(text)?.[0] ?? '0.0.0').split('.').map(BigInt));
  for (const [index, part] of (left ?? []).entries()) {
    const other = right?.[index] ?? 0n;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

// ---------------------------------------------------------------- sections

interface KnownSections {
  readonly parts: Readonly<Record<string, unknown>>;
  readonly ignored: readonly string[];
}

/** What is unknown in `defaults` is left out with a notice; in `enforced` it refuses the bundle, which else would be weaker in silence. */
function knownSections(fields: Fields, lineOf: LineOf): KnownSections {
  const names = new Set<string>(sectionNames);
  const listed: unknown = fields['optional_sections'];
  const optional = new Set<unknown>(Array.isArray(listed) ? listed : []);
  const parts: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const part of ['enforced', 'defaults'] as const) {
    const said = fields[part];
    if (typeof said !== 'object' || said === null || Array.isArray(said)) {
      if (part in fields) parts[part] = said;
      continue;
    }
    const kept: Record<string, unknown> = {};
    for (const [name, section] of Object.entries(said)) {
      if (names.has(name)) kept[name] = section;
      else if (part === 'defaults' || optional.has(name)) {
        if (ignored.length < maxIgnored) ignored.push(`/${part}/${clipped(name)}`);
      } else throw unknownSection(name, lineOf(`/enforced/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`));
    }
    parts[part] = kept;
  }
  return { parts, ignored };
}

function unknownSection(name: string, line: number): GatewayError {
  const near = nearestName(name, sectionNames);
  const mend =
    near === undefined
      ? 'Update Sluice; or list the section in optional_sections, if older versions may do without it.'
      : `Did you mean ${near}?`;
  return new GatewayError(
    'bundle.unknown_section',
    `${what}:${line}: it enforces "${clipped(name)}", which this version of Sluice does not know. ${mend}`,
    { param: `/enforced/${clipped(name)}` },
  );
}

function hasNames(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** What is enforced ends some day, whatever becomes of its publisher. */
function checkLife(payload: BundlePayload, enforces: boolean, lineOf: LineOf): void {
  const { issued_at: issued, expires_at: expires, not_before: begins } = payload;
  const wrong = (pointer: string, problem: string, mend: string): GatewayError =>
    shapeError(what, [{ pointer, line: lineOf(pointer), problem, mend }]);
  if (expires === undefined) {
    if (!enforces) return;
    throw wrong(
      '/expires_at',
      'expires_at is missing, and something is enforced',
      'Say until when it holds: expires_at, or expires_after: P90D in bundle.yaml',
    );
  }
  const lifeMs = Date.parse(expires) - Date.parse(issued);
  if (!(lifeMs > 0)) throw wrong('/expires_at', 'it lies before issued_at', 'Choose a later date');
  if (lifeMs > maxLifeMs) {
    throw wrong('/expires_at', 'it lies more than 400 days after issued_at', 'Choose an earlier date');
  }
  if (begins !== undefined && !(Date.parse(begins) < Date.parse(expires))) {
    throw wrong('/not_before', 'it lies after expires_at', 'Choose an earlier date');
  }
}

function clipped(text: string): string {
  const safe = printable(text);
  return safe.length > 80 ? `${safe.slice(0, 80)}…` : safe;
}
