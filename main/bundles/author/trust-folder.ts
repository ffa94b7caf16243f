/** The trust documents of a repository: `trust/root-1.json`, `trust/root-2.json` …, each signed by the one before it and by itself. */
import { mkdir, readFile } from 'node:fs/promises';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { trustPayload, trustSchemaId, type TrustPayload } from '../../../shared/bundle/payload.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { writeFileAtomic } from '../../kit/atomic-file.ts';
import { envelopeJson, readEnvelope, signEnvelope } from '../envelope.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { keyIdOf, publicKeyOf } from '../keys.ts';
import { readTrustChain, walkTrust, type TrustedRoot } from '../trust.ts';
import { momentText, newestEpoch } from './compile.ts';
import { refuse } from './problems.ts';

export interface TrustFolder {
  /** The same as it was in each epoch, the newest first: for what was signed before keys were retired. */
  readonly earlier: readonly string[];
  /** The chain as it is published: a list of envelopes. */
  readonly chain: string;
  readonly inForce: TrustedRoot;
  /** Of the newest document: for links that are made now. */
  readonly fingerprint: string;
}

/** `undefined` where there is none. Throws the `bundle.*` that is wrong with the chain. */
export async function readTrustFolder(root: string, now: number): Promise<TrustFolder | undefined> {
  const newest = await newestEpoch(root);
  if (newest === 0) return undefined;
  const envelopes: Uint8Array[] = [];
  for (let epoch = 1; epoch <= newest; epoch += 1) {
    const name = rootName(epoch);
    const bytes = await readFile(join(root, name)).catch(() => undefined);
    if (bytes === undefined)
      throw new GatewayError(
        'bundle.trust_gap',
        `${name} is not there, and ${rootName(newest)} is. Take it from the history of the repository.`,
      );
    checkDocument(bytes, name);
    envelopes.push(bytes);
  }
  try {
    return folderOf(envelopes, now);
  } catch (error) {
    throw isWaiting(error) || isOver(error) ? withMend(error, rootName(newest)) : error;
  }
}

function checkDocument(bytes: Uint8Array, name: string): void {
  try {
    readEnvelope(bytes, name);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const reason = error.message.replace(`${name}: `, '').replace(/\.$/, '');
    refuse(
      { file: name, line: 1, column: 1 },
      `this is no trust document: ${reason}`,
      'Take it from the history of the repository',
    );
  }
}

/** Whether more have to sign. */
export function isWaiting(error: unknown): error is GatewayError {
  return (
    error instanceof GatewayError &&
    (error.code === 'bundle.trust_not_signed' || error.code === 'bundle.threshold_not_met')
  );
}

function isOver(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'bundle.trust_expired';
}

/** Clients can only wait; whoever has the files can do something about it. */
function withMend(error: GatewayError, file: string): GatewayError {
  const mend = isOver(error)
    ? 'Make it: sluice bundle rotate --root-key FILE.'
    : `${file} waits for signatures: sluice bundle sign ${file} --key FILE; or remove it.`;
  return new GatewayError(error.code, `${error.message} ${mend}`, { cause: error });
}

function folderOf(envelopes: readonly Uint8Array[], now: number): TrustFolder {
  const chain = chainText(envelopes);
  const links = readTrustChain(Buffer.from(chain));
  const inForce = walkTrust(links, { pin: undefined, stored: undefined, now });
  const earlier = envelopes.slice(1).map((_, index) => chainText(envelopes.slice(0, index + 1)));
  return { chain, earlier: earlier.reverse(), inForce, fingerprint: links.at(-1)?.fingerprint ?? '' };
}

export function rootName(epoch: number): string {
  return join('trust', `root-${epoch}.json`);
}

function chainText(envelopes: readonly Uint8Array[]): string {
  return `${JSON.stringify(
    envelopes.map((bytes) => envelopeJson(readEnvelope(bytes))),
    undefined,
    1,
  )}\n`;
}

// ---------------------------------------------------------------- the next one

export interface Rotation {
  /** Needed of the first one; later ones keep it. */
  readonly org: string | undefined;
  readonly addRoots: readonly string[];
  readonly addSigners: readonly string[];
  /** Ids of keys, or public keys. */
  readonly retire: readonly string[];
  /** Ids of bundles that the signers may sign; `undefined`: as before. */
  readonly bundles: readonly string[] | undefined;
  readonly rootThreshold: number | undefined;
  readonly signerThreshold: number | undefined;
  readonly freshness:
    { readonly keys: readonly string[]; readonly maxAge: string; readonly required: boolean } | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly now: number;
  /** Private keys of root, of before and from now on. */
  readonly keys: readonly KeyObject[];
}

export interface Rotated {
  readonly file: string;
  readonly document: TrustPayload;
  /** The chain with it; `undefined` until enough have signed. */
  readonly folder: TrustFolder | undefined;
  /** Why it is not in force yet. */
  readonly missing: string | undefined;
}

/**
 * Writes the next trust document, or the first one. Where more root keys must sign than were given, it waits for
 * `sluice bundle sign`. Throws `control.invalid_input` for what does not go together.
 */
export async function rotateTrust(root: string, rotation: Rotation): Promise<Rotated> {
  // One that expired is what the next one is for.
  const before = await readTrustFolder(root, 0);
  const document = nextDocument(before?.inForce.document, rotation);
  const payload = Buffer.from(`${JSON.stringify(document, undefined, 1)}\n`);
  const known = new Set([...document.root.keys, ...(before?.inForce.document.root.keys ?? [])].map(keyIdOf));
  for (const key of rotation.keys) {
    const id = keyIdOf(publicKeyOf(key));
    if (!known.has(id))
      throw wrong(`The key ${id} is no root key, of before or from now on. Give root keys with --root-key.`);
  }
  const envelope = signEnvelope('trust', payload, rotation.keys);
  const file = rootName(document.epoch);
  const { folder, missing } = await tryChain(root, before, envelope, rotation.now);
  await mkdir(join(root, 'trust'), { recursive: true });
  const written = await writeFileAtomic(join(root, file), envelope.toString('utf8'), { mode: 0o644, expected: null });
  if (written === 'changed') throw wrong(`${file} is there already, and is not replaced.`);
  return { file, document, folder, missing };
}

async function tryChain(
  root: string,
  before: TrustFolder | undefined,
  envelope: Uint8Array,
  now: number,
): Promise<Pick<Rotated, 'folder' | 'missing'>> {
  const earlier: Uint8Array[] = [];
  for (let epoch = 1; epoch <= (before?.inForce.epoch ?? 0); epoch += 1)
    earlier.push(await readFile(join(root, rootName(epoch))));
  try {
    return { folder: folderOf([...earlier, envelope], now), missing: undefined };
  } catch (error) {
    if (isWaiting(error)) return { folder: undefined, missing: error.message };
    throw error;
  }
}

function nextDocument(before: TrustPayload | undefined, rotation: Rotation): TrustPayload {
  const { org = before?.org, keys } = rotation;
  if (org === undefined) throw wrong('The first trust document says whose it is: give --org.');
  if (before !== undefined && org !== before.org)
    throw wrong(`These are the documents of ${before.org}, and stay so: leave --org out.`);
  const firstRoots = before === undefined ? keys.map(publicKeyOf) : [];
  const retired = new Set(rotation.retire);
  const isKept = (key: string): boolean => !retired.has(key) && !retired.has(keyIdOf(key));
  const roots = unique([...(before?.root.keys ?? firstRoots), ...rotation.addRoots]).filter(isKept);
  const signers = unique([...(before?.signers.keys ?? []), ...rotation.addSigners]).filter(isKept);
  checkRetired(rotation, before);
  const document = {
    schema: trustSchemaId,
    org,
    epoch: (before?.epoch ?? 0) + 1,
    expires: momentText(rotation.expires),
    root: { threshold: rotation.rootThreshold ?? before?.root.threshold ?? 1, keys: roots },
    signers: {
      threshold: rotation.signerThreshold ?? before?.signers.threshold ?? 1,
      keys: signers,
      bundles: rotation.bundles ?? before?.signers.bundles ?? ['*'],
    },
    ...freshnessOf(before, rotation),
  };
  const problem = problemOf(document);
  if (problem !== undefined) throw wrong(problem);
  const checked = trustPayload.safeParse(document);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw wrong(`The trust document would not be valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
}

function freshnessOf(before: TrustPayload | undefined, { freshness }: Rotation): Pick<TrustPayload, 'freshness'> {
  if (freshness === undefined) return before?.freshness === undefined ? {} : { freshness: before.freshness };
  if (freshness.keys.length === 0) return {};
  return { freshness: { keys: [...freshness.keys], max_age: freshness.maxAge, required: freshness.required } };
}

interface Quorum {
  readonly threshold: number;
  readonly keys: readonly string[];
}

function problemOf({ root, signers }: { readonly root: Quorum; readonly signers: Quorum }): string | undefined {
  if (root.keys.length === 0) return 'No root key is left. Give the next one with --add-root.';
  if (signers.keys.length === 0) return 'Nobody may sign bundles. Give a public key with --add-signer.';
  if (root.threshold > root.keys.length)
    return `${root.threshold} root keys must sign, and there ${root.keys.length === 1 ? 'is' : 'are'} ${root.keys.length}. Give --root-threshold.`;
  if (signers.threshold > signers.keys.length)
    return `${signers.threshold} signers must sign, and there ${signers.keys.length === 1 ? 'is' : 'are'} ${signers.keys.length}. Give --signer-threshold.`;
  return undefined;
}

/** A key that is not there is a slip, and the one that was meant would stay. */
function checkRetired({ retire }: Rotation, before: TrustPayload | undefined): void {
  const known = new Set(
    [...(before?.root.keys ?? []), ...(before?.signers.keys ?? [])].flatMap((key) => [key, keyIdOf(key)]),
  );
  const stranger = retire.find((key) => !known.has(key));
  if (stranger !== undefined)
    throw wrong(
      `There is no key ${stranger} to retire. ${before === undefined ? 'Nobody may sign yet' : `\`sluice bundle inspect ${rootName(before.epoch)}\` shows them`}.`,
    );
}

function unique(keys: readonly string[]): string[] {
  return [...new Map(keys.map((key) => [keyIdOf(key), key])).values()];
}

function wrong(message: string): GatewayError {
  return new GatewayError('control.invalid_input', message);
}

/** Fingerprint of a key: for people who compare one by voice. */
export function keyFingerprint(publicKey: string): string {
  return fingerprintOf(Buffer.from(publicKey));
}
