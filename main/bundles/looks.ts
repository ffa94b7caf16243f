/** Looks at hosts: when, one at a time of each, and what becomes of what they serve (BND-51). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { refuse, stillThere, take } from './activate.ts';
import { pollOf } from './expiry.ts';
import { isUnreachable, lookError } from './followed.ts';
import type { FollowContext, Follower } from './follower.ts';
import { lookAt, type Look } from './looking.ts';
import { isStored } from './remember.ts';
import { nextPoll } from './schedule.ts';

/** What is refused for these reasons may do later, without a byte of it changing. */
const mayDoLater: ReadonlySet<string> = new Set([
  ...['bundle.not_yet_valid', 'bundle.app_too_old', 'bundle.lint', 'bundle.tests_failed', 'bundle.secret_found'],
  ...['bundle.schema', 'bundle.unknown_section', 'bundle.expired', 'bundle.clock_set_back', 'bundle.store'],
]);

export class Looks {
  readonly #context: FollowContext;
  readonly #after: (follower: Follower) => Promise<void>;

  /** `after` each look, whatever came of it. */
  constructor(context: FollowContext, after: (follower: Follower) => Promise<void>) {
    this.#context = context;
    this.#after = after;
  }

  /** At most one at a time of each. Never rejects. */
  async look(follower: Follower): Promise<void> {
    if (follower.isGone || follower.source.problem !== undefined) return;
    follower.looking ??= this.#look(follower).finally(() => {
      follower.looking = undefined;
    });
    await follower.looking;
  }

  async #look(follower: Follower): Promise<void> {
    const context = this.#context;
    const isOver = (): boolean => context.signal.aborted || follower.isGone;
    let retryAfterMs: number | undefined;
    try {
      const look = await this.#fetched(follower);
      retryAfterMs = look.kind === 'unchanged' ? look.retryAfterMs : undefined;
      await context.inTurn(() => this.#use(follower, look));
    } catch (error) {
      if (isOver()) return;
      retryAfterMs = waitOf(error);
      await context.inTurn(() => refuse(context, follower, error)).catch(() => undefined);
    }
    if (isOver()) return;
    const pollMs = pollOf(follower.standing.active?.bundle.payload);
    const { failures = 0 } = context.recordOf(follower) ?? {};
    follower.timer.set(nextPoll({ pollMs, failures, retryAfterMs, random: context.random() }), retryAfterMs);
    await this.#after(follower).catch(() => undefined);
  }

  async #fetched(follower: Follower): Promise<Look> {
    const { source, refused, fetchWhole, standing, trust } = follower;
    const { options, proxyOnly, signal } = this.#context;
    const { etag } = this.#context.recordOf(follower) ?? {};
    const known = refused === undefined ? (etag?.bundle ?? undefined) : refused.etag;
    const isWhole = fetchWhole || !(await isStored(this.#context, follower));
    const isHere = refused !== undefined || standing.active !== undefined || standing.inactive !== undefined;
    return await lookAt({
      ...{ options, source, proxyOnly, signal },
      etag: isWhole || !isHere ? undefined : known,
      trust: trust === undefined ? undefined : { bytes: trust, etag: isWhole ? undefined : (etag?.trust ?? undefined) },
      needsFreshness: standing.active?.bundle.trustDocument?.freshness !== undefined,
    });
  }

  /** In its turn. */
  async #use(follower: Follower, look: Look): Promise<void> {
    if (follower.isGone) return;
    await this.#context.refreshFilled();
    const { refused } = follower;
    if (look.kind === 'unchanged' && refused === undefined) {
      await stillThere(this.#context, follower, look.freshness);
      return;
    }
    const looked = look.kind === 'found' ? look.looked : refused;
    if (looked === undefined) return;
    follower.refused = undefined;
    try {
      await take(this.#context, follower, looked);
    } catch (error) {
      if (mayDoLater.has(lookError(error, 0).code)) follower.refused = looked;
      throw error;
    }
  }
}

/** What a host asked for. */
function waitOf(error: unknown): number | undefined {
  if (!(error instanceof GatewayError) || !isUnreachable(error.code)) return undefined;
  return error.retryAfterS === undefined ? undefined : error.retryAfterS * 1_000;
}

/**
 * Throws where one of them is not in force, or was not verified with its host just now. Where any are prescribed it is about those:
 * what people here follow besides, or may not, keeps no port closed.
 */
export function requireValid(all: readonly Follower[]): void {
  const prescribed = all.filter(({ source }) => source.managed);
  const followers = prescribed.length > 0 ? prescribed : all;
  if (followers.length === 0)
    throw new GatewayError('bundle.stale', 'A valid bundle is needed to start, and none is followed here.');
  for (const { standing, source } of followers) {
    const { error, active, inactive } = standing;
    const problem = source.problem ?? error;
    if (problem === undefined && (active !== undefined || inactive !== undefined)) continue;
    const why = problem?.message ?? 'its host was not reached';
    throw new GatewayError('bundle.stale', `A valid bundle is needed to start: ${source.url}: ${why}`);
  }
}
