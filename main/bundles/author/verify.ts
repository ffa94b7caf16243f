/** Verifies a signed bundle that lies in a file, with the trust documents beside it, before anything in it is read. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isErrno } from '../../kit/atomic-file.ts';
import { checkSize, readEnvelope } from '../envelope.ts';
import { isFingerprint, parseBundleLink, trustAddress } from '../fingerprint.ts';
import { readTrusted } from '../read.ts';
import type { TrustedBundle } from '../types.ts';
import { refuse } from './problems.ts';

/** As for bundles as they are published: the newest app reads what any older one does. */
const anyApp = '9999.0.0';

export interface VerifyFileOptions {
  /** Absolute. */
  readonly path: string;
  /** As the person named it. */
  readonly shown: string;
  /** A fingerprint or a link with one: pinned. A file of trust documents: believed as it is. `undefined`: those beside the bundle. */
  readonly trust: string | undefined;
  /** Trust documents that are at hand, as their own publisher has them: in place of all else. */
  readonly chain?: string | undefined;
  /** Of the file of trust documents, where `trust` names one: what relative names begin at. */
  readonly cwd?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface VerifiedFile {
  readonly bundle: TrustedBundle;
  /** What says that the signers may sign: a fingerprint that was given, a file that was given, or only what lay beside it. */
  readonly by: 'fingerprint' | 'file' | 'beside';
}

/** Rejects with the `bundle.*` that is wrong with it. An expired bundle is as good as another: when it ends is told. */
export async function verifyFile(options: VerifyFileOptions): Promise<VerifiedFile> {
  const { path, shown, trust, now } = options;
  const bytes = await readSigned(path, shown);
  // What is no signed file at all is told by its own name, whatever lies beside it.
  readEnvelope(bytes, shown);
  const pin = pinOf(trust);
  const given = trust !== undefined && pin === undefined ? resolve(options.cwd ?? '', trust) : undefined;
  if (given !== undefined && trust !== undefined && looksLikeFingerprint(trust) && !existsSync(given))
    throw new GatewayError(
      'control.invalid_input',
      `"${trust}" is neither a fingerprint nor a file. A fingerprint has 43 letters, digits, "-" and "_": copy it once more.`,
    );
  const chain =
    options.chain === undefined
      ? await (given === undefined ? readBeside(trustBeside(path)) : readSigned(given, trust ?? given))
      : Buffer.from(options.chain);
  const bundle = readTrusted({
    bundle: bytes,
    trust: chain,
    pin,
    stored: { trust: undefined, highest: undefined },
    now,
    appVersion: anyApp,
    allowExpired: true,
  });
  const isGiven = given !== undefined || options.chain !== undefined;
  return { bundle, by: pin !== undefined ? 'fingerprint' : isGiven ? 'file' : 'beside' };
}

/** One letter too few, too many or wrong: no file is called so. */
function looksLikeFingerprint(text: string): boolean {
  return /^[\w-]{36,50}$/.test(text);
}

/** The fingerprint in a text: alone, or in a link to a bundle; `undefined` for anything else, as a file. */
export function pinOf(text: string | undefined): string | undefined {
  if (text === undefined || isFingerprint(text)) return text;
  if (!/^(?:https?|file|sluice):\/\//.test(text)) return undefined;
  const { fingerprint } = parseBundleLink(text);
  if (fingerprint !== undefined) return fingerprint;
  throw new GatewayError(
    'bundle.fingerprint_mismatch',
    'This link has no fingerprint. Give one that has: …#sluice1=FINGERPRINT.',
  );
}

/** `acme-core.trust.sluice`, also beside `acme-core.12.sluice`. */
function trustBeside(path: string): string {
  return trustAddress(join(dirname(path), basename(path).replace(/\.\d+(?=\.sluice$)/, '')));
}

/** The bytes of a file that a person named. Throws `AuthorError` where it is none, and `bundle.too_large`. */
export async function readSigned(path: string, shown: string): Promise<Uint8Array> {
  const place = { file: shown, line: 1, column: 1 };
  const facts = await stat(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR'))
      return refuse(place, 'this does not exist', 'Give a file that `sluice bundle publish` or `rotate` wrote');
    throw error;
  });
  if (!facts.isFile()) refuse(place, 'this is no file', 'Give a file that `sluice bundle publish` or `rotate` wrote');
  checkSize(facts.size, shown);
  return readFile(path);
}

async function readBeside(path: string): Promise<Uint8Array> {
  const name = basename(path);
  try {
    checkSize((await stat(path)).size, name);
    return await readFile(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT'))
      throw new GatewayError(
        'bundle.not_signed',
        `${name} does not exist, and without it nothing can be verified. Give --trust: a fingerprint, a link that has it, or a file of trust documents such as trust/root-1.json.`,
      );
    throw error;
  }
}
