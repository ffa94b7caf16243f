/** What becomes of a bundle as time passes: it is about to expire, has expired, and its grace is over (BND-64, `offline`). */
import { durationMs, type BundlePayload } from '../../shared/bundle/payload.ts';
import type { LayeredBundle } from './types.ts';

const dayMs = 86_400_000;
/** What an administrator needs to publish the next one; of a bundle made for days a part of them. */
const longestNoticeMs = 7 * dayMs;
const defaultGraceMs = 14 * dayMs;
const defaultPollMs = 15 * 60_000;
const [shortestPollMs, longestPollMs] = [5 * 60_000, dayMs];

export interface Age {
  readonly phase: 'valid' | 'expiring' | 'expired' | 'over';
  /** What its own rule says once grace is over. */
  readonly layered: LayeredBundle['expired'];
  /** When the phase changes next, milliseconds since 1970; `undefined`: never. */
  readonly nextAt: number | undefined;
}

/** `now` never goes back: the latest time that was ever seen. */
export function ageOf(payload: Pick<BundlePayload, 'issued_at' | 'expires_at' | 'offline'>, now: number): Age {
  if (payload.expires_at === undefined) return { phase: 'valid', layered: undefined, nextAt: undefined };
  const expiresAt = Date.parse(payload.expires_at);
  const lifetime = Math.max(0, expiresAt - Date.parse(payload.issued_at));
  const noticeAt = expiresAt - Math.min(longestNoticeMs, lifetime / 10);
  const overAt = graceEndsAt(payload) ?? expiresAt;
  if (now < noticeAt) return { phase: 'valid', layered: undefined, nextAt: noticeAt };
  if (now < expiresAt) return { phase: 'expiring', layered: undefined, nextAt: expiresAt };
  if (now < overAt) return { phase: 'expired', layered: undefined, nextAt: overAt };
  const action = payload.offline?.on_expiry ?? 'warn';
  return { phase: 'over', layered: action === 'warn' ? undefined : action, nextAt: undefined };
}

/** Milliseconds since 1970. */
export function graceEndsAt({
  expires_at,
  offline,
}: Pick<BundlePayload, 'expires_at' | 'offline'>): number | undefined {
  if (expires_at === undefined) return undefined;
  return Date.parse(expires_at) + (offline?.grace === undefined ? defaultGraceMs : durationMs(offline.grace));
}

/** How often its host is looked at; never more often than every five minutes, whatever it says (BND-51). */
export function pollOf(payload: Pick<BundlePayload, 'offline'> | undefined): number {
  const asked = payload?.offline?.poll;
  if (asked === undefined) return defaultPollMs;
  return Math.min(longestPollMs, Math.max(shortestPollMs, durationMs(asked)));
}
