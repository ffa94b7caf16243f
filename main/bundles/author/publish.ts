/** Signs a bundle and writes the files that a static host serves: the bundle last, so that nobody meets half of a version. */
import type { KeyObject } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustPayload } from '../../../shared/bundle/payload.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { writeFileAtomic } from '../../kit/atomic-file.ts';
import { matchesAny } from '../../kit/glob.ts';
import { signEnvelope } from '../envelope.ts';
import { keyIdOf, publicKeyOf } from '../keys.ts';
import { readTrusted } from '../read.ts';
import { documentOf, readTrustChain } from '../trust.ts';
import type { TrustedBundle } from '../types.ts';
import { bundlePage } from './page.ts';
import { namesOf } from './repository.ts';
import type { TrustFolder } from './trust-folder.ts';

const anyApp = '9999.0.0';

/** The highest version in a folder of published bundles; 0 where there is none. */
export async function highestVersion(out: string, id: string): Promise<number> {
  const numbers = (await namesOf(out)).map((name) =>
    name.startsWith(`${id}.`) ? Number(/^(\d{1,15})\.sluice$/.exec(name.slice(id.length + 1))?.[1] ?? 0) : 0,
  );
  return Math.max(0, ...numbers);
}

export interface SealInput {
  readonly payload: string;
  readonly trust: TrustFolder;
  readonly keys: readonly KeyObject[];
  readonly now: number;
}

export interface Sealed {
  readonly envelope: string;
  readonly bundle: TrustedBundle;
}

/** Signs, and verifies what was made as every client will. Throws the `bundle.*` they would. */
export function sealBundle({ payload, trust, keys, now }: SealInput): Sealed {
  checkSigners(trust.inForce.document, keys);
  const missing = missingSigners(trust, keys);
  if (missing > 0)
    throw new GatewayError(
      'bundle.threshold_not_met',
      `${missing + keys.length} signers must sign, and ${keys.length} did. Give --key FILE,FILE; or let each sign where their key is: sluice bundle sign --output FILE.`,
    );
  return verifySealed(signEnvelope('bundle', Buffer.from(payload), keys), trust, now);
}

/** The envelope alone, with too few signatures for anybody to take it. Throws for keys that are no signers. */
export function signPartly({ payload, trust, keys }: Omit<SealInput, 'now'>): string {
  checkSigners(trust.inForce.document, keys);
  return signEnvelope('bundle', Buffer.from(payload), keys).toString('utf8');
}

/** How many more signers have to sign. */
export function missingSigners({ inForce }: TrustFolder, keys: readonly KeyObject[]): number {
  const distinct = new Set(keys.map((key) => keyIdOf(publicKeyOf(key)))).size;
  return Math.max(inForce.document.signers.threshold - distinct, 0);
}

/** What was signed, taken as every client will take it. Throws the `bundle.*` they would. */
export function verifySealed(envelope: Uint8Array, trust: TrustFolder, now: number): Sealed {
  const bundle = readTrusted({
    bundle: envelope,
    trust: Buffer.from(trust.chain),
    pin: trust.fingerprint,
    stored: { trust: undefined, highest: undefined },
    now,
    appVersion: anyApp,
  });
  const { signers } = trust.inForce.document;
  if (!matchesAny(signers.bundles, bundle.payload.id))
    throw new GatewayError(
      'bundle.id_mismatch',
      `The signers may sign ${signers.bundles.join(', ')}, and this is ${bundle.payload.id}. \`sluice bundle rotate --bundles\` changes that.`,
    );
  return { envelope: Buffer.from(envelope).toString('utf8'), bundle };
}

/** Said with what mends it, before clients say it in their words. */
function checkSigners({ root, signers, epoch }: TrustPayload, keys: readonly KeyObject[]): void {
  const known = new Set(signers.keys.map(keyIdOf));
  const roots = new Set(root.keys.map(keyIdOf));
  for (const key of keys) {
    const id = keyIdOf(publicKeyOf(key));
    if (known.has(id)) continue;
    if (roots.has(id))
      throw new GatewayError(
        'bundle.unknown_key',
        `The key ${id} is a root key: it says who signs, and signs no bundle. Give the key of a signer: \`sluice bundle inspect ${join('trust', `root-${epoch}.json`)}\` names them.`,
      );
    throw new GatewayError(
      'bundle.unknown_key',
      `The key ${id} is no signer in epoch ${epoch}. Sign with a signer (\`sluice bundle inspect\` names those who signed before), or, where this key is new, let a root key add it: sluice bundle rotate --add-signer ${publicKeyOf(key)} --root-key FILE.`,
    );
  }
}

/** The epoch that the chain in a folder of published files goes to; 0 where there is none that can be read. */
export async function publishedEpoch(out: string, id: string): Promise<number> {
  try {
    const newest = readTrustChain(await readFile(join(out, `${id}.trust.sluice`))).at(-1);
    return newest === undefined ? 0 : documentOf(newest).epoch;
  } catch {
    return 0;
  }
}

export interface WriteInput {
  /** Absolute. */
  readonly out: string;
  readonly sealed: Sealed;
  readonly trust: TrustFolder;
  /** Folder of the host, with a slash at its end. */
  readonly url: string | undefined;
}

export interface Published {
  readonly files: readonly string[];
  /** For the team; with `url` alone. */
  readonly link: string | undefined;
}

/** Throws `bundle.rollback` where this version is there already: its copy never changes. */
export async function writeBundle({ out, sealed, trust, url }: WriteInput): Promise<Published> {
  const { id, version } = sealed.bundle.payload;
  await mkdir(out, { recursive: true });
  const copy = `${id}.${version}.sluice`;
  const isNew = await writeFileAtomic(join(out, copy), sealed.envelope, { mode: publicMode, expected: null });
  if (isNew === 'changed')
    throw new GatewayError(
      'bundle.rollback',
      `${copy} is published already, and never changes. Publish a higher version.`,
    );
  const link = url === undefined ? undefined : linkTo(url, sealed.bundle, trust);
  const rest: readonly (readonly [string, string])[] = [
    [`${id}.trust.sluice`, trust.chain],
    ['index.html', bundlePage({ bundle: sealed.bundle, trust, link })],
    [`${id}.sluice`, sealed.envelope],
  ];
  for (const [name, text] of rest) await writeFileAtomic(join(out, name), text, { mode: publicMode });
  return { files: [copy, ...rest.map(([name]) => name)], link };
}

/** A host's process must be able to read them. */
const publicMode = 0o644;

/** `https://HOST/acme-core.sluice#sluice1=FINGERPRINT&org=acme` */
export function linkTo(url: string, bundle: TrustedBundle, trust: TrustFolder): string {
  const address = new URL(`${bundle.payload.id}.sluice`, url).href;
  return `${address}#${fragmentOf(trust)}`;
}

export function fragmentOf({ fingerprint, inForce }: TrustFolder): string {
  return `sluice1=${fingerprint}&org=${inForce.document.org}`;
}
