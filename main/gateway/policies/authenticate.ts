/** Policy authenticate: one extractor for every place a key may stand, then a constant-time look-up (SEC-11, SEC-12). */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { KeyTable, VirtualKey } from '../ports.ts';

/** Where a presented credential stood. */
interface Presented {
  readonly value: string;
  readonly place: string;
  readonly isPathToken: boolean;
}

/** Keys of ours are far shorter; vendors' OAuth tokens can be long. */
const longestCredential = 4096;
const credentialCharacters = /^[\x21-\x7e]+$/;
const ourKey = /^sk-sluice-/;

export interface CredentialPlaces {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values as they were sent: of two `Authorization` headers Node keeps the first and says nothing. */
  readonly rawHeaders: readonly string[];
  readonly pathToken: string | undefined;
  readonly queryKeys: readonly string[];
}

export interface Authenticated {
  readonly key: VirtualKey;
  /** A client's own login beside a path token: never an identity, at most passed to its issuer (SEC-47). */
  readonly foreignCredential: string | undefined;
}

/**
 * Throws `admit.key_missing`, `admit.key_invalid`, `admit.key_disabled`, `admit.key_expired` or `admit.key_conflict`. `now` is
 * epoch ms.
 */
export function authenticate(places: CredentialPlaces, keys: KeyTable, now: number): Authenticated {
  const presented = extract(places);
  const token = presented.find((one) => one.isPathToken);
  const others = presented.filter((one) => !one.isPathToken);
  const distinct = new Set(others.map((one) => one.value));
  if (token === undefined) {
    if (distinct.size > 1) throw conflict(others);
    const only = others[0];
    if (only === undefined) {
      throw new GatewayError(
        'admit.key_missing',
        'No key was sent. Send a Sluice key as "Authorization: Bearer sk-sluice-…" or "x-api-key"; make one with: sluice keys create --name NAME.',
      );
    }
    return { key: check(only, keys, now), foreignCredential: undefined };
  }
  const rival = others.find((one) => ourKey.test(one.value) && one.value !== token.value);
  if (rival !== undefined) throw conflict([token, rival]);
  const foreign = [...distinct].filter((value) => value !== token.value);
  if (foreign.length > 1) throw conflict(others);
  return { key: check(token, keys, now), foreignCredential: foreign[0] };
}

function extract(places: CredentialPlaces): Presented[] {
  const found: Presented[] = [];
  const { headers } = places;
  if (isDoubled('authorization', places.rawHeaders)) {
    throw new GatewayError('admit.key_conflict', 'The header Authorization was sent twice.');
  }
  const authorization = single(headers, 'authorization');
  // An empty header, or "Bearer" with nothing behind it, is how some clients say "none".
  if (authorization !== undefined && !/^(?:Bearer)?$/i.test(authorization.trim())) {
    const match = /^Bearer[ ]+(.+)$/i.exec(authorization.trim());
    if (match === null) {
      throw new GatewayError('admit.key_invalid', 'The Authorization header must be "Bearer " and a key.');
    }
    add(found, (match[1] ?? '').trim(), 'Authorization', false);
  }
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key'] as const) {
    const value = single(headers, name);
    if (value !== undefined) add(found, value.trim(), name, false);
  }
  for (const key of places.queryKeys) add(found, key, '?key=', false);
  if (places.pathToken !== undefined) add(found, places.pathToken, '/c/<key>/', true);
  return found;
}

function isDoubled(name: string, rawHeaders: readonly string[]): boolean {
  let seen = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i];
    if (sent?.length !== name.length || sent.toLowerCase() !== name) continue;
    if (seen) return true;
    seen = true;
  }
  return false;
}

function single(headers: CredentialPlaces['headers'], name: string): string | undefined {
  const value = headers[name];
  // Node joins most repeated headers; an array or a joined list in a credential header is two credentials.
  if (Array.isArray(value)) throw new GatewayError('admit.key_conflict', `The header ${name} was sent twice.`);
  return value;
}

function add(found: Presented[], value: string, place: string, isPathToken: boolean): void {
  if (value === '' && !isPathToken) return;
  if (value === '' || value.length > longestCredential || !credentialCharacters.test(value)) {
    throw new GatewayError('admit.key_invalid', `The key in ${place} is malformed.`);
  }
  found.push({ value, place, isPathToken });
}

function check(presented: Presented, keys: KeyTable, now: number): VirtualKey {
  const key = keys.find(presented.value);
  if (key === undefined) {
    const hint = ourKey.test(presented.value)
      ? 'It may have been revoked: sluice keys list shows which are valid.'
      : 'Sluice takes its own keys (sk-sluice-…), not a provider’s; make one with: sluice keys create --name NAME.';
    throw new GatewayError('admit.key_invalid', `The key in ${presented.place} is not known here. ${hint}`);
  }
  if (key.disabled) {
    throw new GatewayError(
      'admit.key_disabled',
      `The key "${key.name}" is disabled (${key.origin}). Enable it with: sluice keys enable ${key.id}.`,
    );
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new GatewayError(
      'admit.key_expired',
      `The key "${key.name}" expired on ${new Date(key.expiresAt).toISOString()}. Open it again with: sluice keys update ${key.id} --expires 30d.`,
    );
  }
  return key;
}

function conflict(presented: readonly Presented[]): GatewayError {
  const places = [...new Set(presented.map((one) => one.place))].join(' and ');
  return new GatewayError('admit.key_conflict', `Two different keys were sent (${places}). Send one.`);
}

const windowMs = 60_000;
const failuresPerWindow = 60;
const maxPeers = 10_000;

/**
 * Slows guessing down (SEC-16): after 60 wrong keys in a minute a peer's further wrong keys get 429. Valid keys are never affected,
 * so that a guesser on this machine cannot lock the owner out.
 */
export class FailureThrottle {
  readonly #peers = new Map<string, { count: number; since: number }>();

  /** Notes a failure; `true` when this peer has had too many. `now` is monotonic ms. */
  fail(peer: string, now: number): boolean {
    let entry = this.#peers.get(peer);
    if (entry === undefined || now - entry.since > windowMs) {
      if (this.#peers.size >= maxPeers) this.#peers.clear();
      entry = { count: 0, since: now };
      this.#peers.set(peer, entry);
    }
    entry.count++;
    return entry.count > failuresPerWindow;
  }
}
