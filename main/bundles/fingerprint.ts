/** Fingerprints of trust documents: as text, as words to read out, and in links; and where the files beside a bundle are. */
import { createHash } from 'node:crypto';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { fingerprintWordList } from './fingerprint-words.ts';

/** 43 characters of base64url: 256 bits. */
const fingerprintForm = /^[A-Za-z0-9_-]{43}$/;
/** 64 bits: nobody finds a second trust document with the same words, and people still read them to the end. */
const wordCount = 8;
const maxLinkLength = 4_096;

/** base64url of the SHA-256 of the payload of a trust document (BND-15). */
export function fingerprintOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('base64url');
}

/** Whether a text is written as fingerprints are. */
export function isFingerprint(text: string): boolean {
  return fingerprintForm.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** Eight words for two people to compare. Throws `bundle.malformed` for what is no fingerprint. */
export function fingerprintWords(fingerprint: string): string[] {
  if (!isFingerprint(fingerprint)) throw noLink('This is not a fingerprint: it has 43 letters, digits, "-" and "_"');
  const bytes = Buffer.from(fingerprint, 'base64url').subarray(0, wordCount);
  return [...bytes].map((byte) => fingerprintWordList[byte] ?? '');
}

// ---------------------------------------------------------------- links

export interface BundleLink {
  /** Without fragment: what is fetched. */
  readonly url: string;
  readonly fingerprint?: string;
  readonly org?: string;
}

/**
 * Reads `https://HOST/NAME.sluice#sluice1=FINGERPRINT&org=acme`, and the same within `sluice://join?url=…`. Throws `bundle.malformed`
 * for anything else; a fingerprint that cannot be read is never taken for none.
 */
export function parseBundleLink(link: string): BundleLink {
  const text = link.trim();
  if (text.length > maxLinkLength) throw noLink('This link is too long');
  const url = addressOf(text);
  return url.protocol === 'sluice:' ? innerLink(url) : plainLink(url);
}

function addressOf(text: string): URL {
  if (!URL.canParse(text)) {
    throw noLink('This is not a link to a bundle. It reads https://HOST/NAME.sluice#sluice1=FINGERPRINT');
  }
  return new URL(text);
}

function innerLink(url: URL): BundleLink {
  const inner = url.searchParams.getAll('url');
  const target = inner[0];
  if (url.hostname !== 'join' || inner.length !== 1 || target === undefined) {
    throw noLink('This is not a link to a bundle. It reads sluice://join?url=ADDRESS');
  }
  // Browsers part an unescaped fragment from the address that it belongs to.
  const whole = url.hash !== '' && !target.includes('#') ? `${target}${url.hash}` : target;
  const address = addressOf(whole);
  if (address.protocol === 'sluice:') throw noLink('This link leads to another link of its own kind');
  return plainLink(address);
}

function plainLink(url: URL): BundleLink {
  if (!['https:', 'http:', 'file:'].includes(url.protocol)) {
    throw noLink('A bundle has an address that begins with https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw noLink('The address holds a user name or password. Take it out, and give a token if the host needs one');
  }
  const fragment = new URLSearchParams(url.hash.slice(1));
  url.hash = '';
  for (const name of fragment.keys()) {
    if (fragment.getAll(name).length > 1) throw noLink(`The link says ${JSON.stringify(name.slice(0, 40))} twice`);
    if (/^sluice(?!1$)\d+$/.test(name)) throw noLink('This link is for a newer version of Sluice. Update Sluice');
  }
  const fingerprint = fragment.get('sluice1');
  const org = fragment.get('org');
  if (fingerprint !== null && !isFingerprint(fingerprint)) {
    throw noLink('The fingerprint in this link is cut off or damaged. Copy the link anew');
  }
  if (org !== null && !/^[a-z0-9][a-z0-9-]{1,62}$/.test(org)) {
    throw noLink('The name of the publisher in this link is damaged. Copy the link anew');
  }
  return {
    url: url.href.replace(/#$/, ''),
    ...(fingerprint === null ? {} : { fingerprint }),
    ...(org === null ? {} : { org }),
  };
}

function noLink(problem: string): GatewayError {
  return new GatewayError('bundle.malformed', `${problem}.`);
}

// ---------------------------------------------------------------- the files beside it

/** Where the trust document of a bundle is: `X.trust.sluice` beside `X.sluice`. */
export function trustAddress(address: string): string {
  return beside(address, 'trust');
}

/** Where it is said that a bundle still is the newest: `X.freshness.sluice` beside `X.sluice`. */
export function freshnessAddress(address: string): string {
  return beside(address, 'freshness');
}

/** Of addresses and of paths of files. */
function beside(address: string, kind: string): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const end = isUrl ? address.search(/[?#]|$/) : address.length;
  const rest = address.slice(end).replace(/#.*$/s, '');
  return `${address.slice(0, end).replace(/\.sluice$/, '')}.${kind}.sluice${isUrl ? rest : ''}`;
}
