/** Stage attempt: retries and fallbacks until the commit point; after it only where the route says so (RTE-41, RTE-47). */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { AttemptKind, Permit, Target } from '../exchange.ts';
import type { Credential } from '../ports.ts';
import type { CredentialPick } from './credentials.ts';
import { afterFailure, canDoBetter, mayFallBack, type AttemptFailure } from './failure.ts';
import { OneAttempt, type AnswerEnd, type AttemptsInput, type OneOutcome } from './one-attempt.ts';
import { pause } from './stop-signal.ts';

export type AttemptsOutcome =
  | { readonly kind: 'committed'; readonly target: Target; readonly done: Promise<AnswerEnd> }
  | { readonly kind: 'failed'; readonly failures: readonly AttemptFailure[] }
  /** The client left. */
  | { readonly kind: 'gone' };

/** The tries of one exchange. `next` is called once, and once more for each answer that broke and is to be gone on with. */
export class Attempts {
  readonly #input: AttemptsInput;
  readonly #failures: AttemptFailure[] = [];
  readonly #limit: number;
  #count = 0;
  /** Of the target that is tried. */
  #index = 0;
  /** Credentials tried at that target, and tries there. */
  #tried = new Set<string>();
  #tries = 0;
  /** Targets asked so far, those beside another one too. */
  readonly #asked = new Set<Target>();
  #continues = false;

  constructor(input: AttemptsInput) {
    this.#input = input;
    this.#limit = input.plan.maxAttempts;
  }

  /** Tries until one answer is committed or nothing is left to try. */
  async next(): Promise<AttemptsOutcome> {
    const { plan, stopped } = this.#input;
    for (let target = plan.targets[this.#index]; target !== undefined; target = plan.targets[this.#index]) {
      const outcome = await this.#tryTarget(target);
      if (outcome !== undefined) return outcome;
      if (stopped.reason !== undefined) return this.#stopped(target, stopped.reason);
      if (!this.#goToNextTarget()) break;
    }
    return { kind: 'failed', failures: this.#failures };
  }

  /**
   * The committed answer broke: `next` will ask the target after it, or the same one once more where it is the last.
   * `false` when the route allows no further attempt.
   */
  goOn(target: Target): boolean {
    if (this.#count >= this.#limit) return false;
    const at = this.#input.plan.targets.indexOf(target);
    this.#index = at + 1 < this.#input.plan.targets.length ? at + 1 : at;
    this.#startTarget();
    this.#continues = true;
    return true;
  }

  #startTarget(): void {
    this.#tried = new Set();
    this.#tries = 0;
  }

  /** Tries one target until it commits or is to be tried no more. */
  async #tryTarget(target: Target): Promise<AttemptsOutcome | undefined> {
    const { stopped, plan, credentials } = this.#input;
    for (;;) {
      const preferred = this.#index === 0 ? plan.credentialName : undefined;
      const pick = credentials.pick(target.provider, target.model, {
        tried: this.#tried,
        preferred,
        insisted: plan.routeId === undefined,
      });
      if (pick.kind !== 'chosen') {
        if (this.#tries === 0) this.#passOver(target, pickError(pick, target));
        return undefined;
      }
      const given = this.#input.permit(target);
      const permit = given instanceof Promise ? await given : given;
      if (permit instanceof GatewayError) {
        this.#passOver(target, permit);
        return undefined;
      }
      const outcome = await this.#tryOnce(target, pick.credential, permit);
      if (outcome.kind === 'committed')
        return { kind: 'committed', target: outcome.attempt.target, done: outcome.done };
      if (outcome.kind === 'gone') return outcome;
      if (outcome.kind === 'lost' || stopped.reason !== undefined || this.#count >= this.#limit) return undefined;
      if (outcome.attempt.target !== target) {
        // A second request beside the first had content, and failed before it was whole: the first was slow and nothing worse.
        if (this.#hasFailed(target) || !mayFallBack(plan, outcome.failure)) return undefined;
        continue;
      }
      const waitMs = this.#waitAfter(outcome);
      if (waitMs === undefined) return undefined;
      if (waitMs > 0) await pause(waitMs, stopped);
      if (stopped.reason !== undefined) return undefined;
    }
  }

  async #tryOnce(target: Target, credential: Credential, permit: Permit): Promise<OneOutcome> {
    const kind = this.#kind();
    const { hedge } = this.#input;
    if (hedge !== undefined && kind === 'first') return await this.#tryHedged(target, { credential, permit }, hedge);
    return this.#noted(await this.#start(target, credential, kind, permit).run());
  }

  #hasFailed(target: Target): boolean {
    return this.#failures.some((failure) => failure.target === target);
  }

  /** How long to wait before the same target is tried again; `undefined`: not again. */
  #waitAfter({ attempt, failure }: Extract<OneOutcome, { kind: 'failed' }>): number | undefined {
    const { provider, model } = failure.target;
    const { plan, credentials, health, random } = this.#input;
    const verdict = afterFailure({
      failure,
      retry: provider.retry,
      tries: this.#tries,
      othersLeft: credentials.left(provider, model, { tried: this.#tried, insisted: plan.routeId === undefined }),
      allowsTwice: plan.fallbackOn.includes('error'),
      draw: random.next(),
    });
    if (verdict.kind === 'other-credential') return 0;
    if (verdict.kind === 'next-target' || !health.takeRetry(provider)) return undefined;
    this.#tried.delete(attempt.credential.name);
    return verdict.ms;
  }

  /** The first try, and another beside it when it takes longer than usual. */
  async #tryHedged(
    target: Target,
    { credential, permit }: { readonly credential: Credential; readonly permit: Permit },
    hedge: NonNullable<AttemptsInput['hedge']>,
  ): Promise<OneOutcome> {
    const { plan } = this.#input;
    const first = this.#start(target, credential, 'first', permit);
    const running = first.run();
    const early = await earlyOutcome(running, hedge.afterMs);
    if (early !== undefined) return this.#noted(early);
    // Its answer has begun, and is held back.
    if (first.hasContent) return this.#noted(await running);
    const beside = plan.targets[this.#index + 1] ?? target;
    const pick = this.#input.credentials.pick(beside.provider, beside.model, { tried: new Set() });
    if (pick.kind !== 'chosen' || this.#count >= this.#limit || !hedge.mayStart()) return this.#noted(await running);
    const allowed = await this.#input.permit(beside);
    // Nobody is refused for want of a second request.
    if (allowed instanceof GatewayError) return this.#noted(await running);
    // While it was asked for, the first may have begun to answer.
    if (first.hasContent || first.isOver) {
      allowed.end({ state: 'released', cost: 0, usage: undefined, usageSource: 'none' });
      return this.#noted(await running);
    }
    const second = this.#start(beside, pick.credential, 'hedge', allowed);
    first.rival = second;
    second.rival = first;
    return await this.#race(running, second.run());
  }

  /** The first with content wins; one that fails leaves the answer to the other. */
  async #race(first: Promise<OneOutcome>, second: Promise<OneOutcome>): Promise<OneOutcome> {
    const early = await Promise.race([first, second]);
    if (early.kind === 'committed' || early.kind === 'gone') return this.#noted(early);
    this.#noted(early);
    const [one, other] = await Promise.all([first, second]);
    return this.#noted(one === early ? other : one);
  }

  #start(target: Target, credential: Credential, kind: AttemptKind, permit: Permit): OneAttempt {
    this.#count++;
    this.#tries++;
    this.#asked.add(target);
    const seat = this.#input.begin(target, credential, kind, permit);
    return new OneAttempt({ shared: this.#input, target, credential, seat, isLast: () => this.#isLast(target) });
  }

  /** Nobody else would be asked if this target kept silent. */
  #isLast(target: Target): boolean {
    // Where the route does not go on from a silent target there is nobody to leave it for.
    if (!this.#input.plan.fallbackOn.includes('ttft')) return true;
    const { targets } = this.#input.plan;
    if (this.#count >= this.#limit) return true;
    for (let at = targets.indexOf(target) + 1; at < targets.length; at++) {
      const later = targets[at];
      if (later !== undefined && !this.#asked.has(later)) return false;
    }
    return true;
  }

  #noted(outcome: OneOutcome): OneOutcome {
    if (outcome.kind !== 'failed') return outcome;
    this.#failures.push(outcome.failure);
    // Of two side by side at one target, both keys were tried.
    if (outcome.attempt.target === this.#input.plan.targets[this.#index])
      this.#tried.add(outcome.attempt.credential.name);
    this.#input.onFailure(outcome.failure.error);
    return outcome;
  }

  #kind(): AttemptKind {
    if (this.#continues) return 'continue';
    if (this.#count === 0) return 'first';
    return this.#tries > 0 ? 'retry' : 'fallback';
  }

  /** `false`: the route ends here. */
  #goToNextTarget(): boolean {
    const last = this.#failures[this.#failures.length - 1];
    const { plan } = this.#input;
    if (this.#count >= this.#limit) return false;
    if (last !== undefined && !this.#continues && !mayFallBack(plan, last)) return false;
    let index = Math.max(this.#index, last === undefined ? 0 : plan.targets.indexOf(last.target));
    for (index++; ; index++) {
      const target = plan.targets[index];
      if (target === undefined) return false;
      // One that was asked beside another has had its try.
      if (this.#asked.has(target)) continue;
      if (last === undefined || canDoBetter(target, last)) break;
    }
    this.#index = index;
    this.#startTarget();
    return true;
  }

  #stopped(target: Target, reason: 'gone' | GatewayError): AttemptsOutcome {
    if (reason === 'gone') return { kind: 'gone' };
    if (this.#failures[this.#failures.length - 1]?.error !== reason)
      this.#failures.push({ target, error: reason, answer: undefined });
    return { kind: 'failed', failures: this.#failures };
  }

  /** A target that cannot be asked is passed over, which the record tells: nothing was sent. */
  #passOver(target: Target, error: GatewayError): void {
    this.#failures.push({ target, error, answer: undefined });
    this.#input.onPassedOver(target, error);
  }
}

/** The outcome if it comes within `ms`. */
async function earlyOutcome(running: Promise<OneOutcome>, ms: number): Promise<OneOutcome | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  const outcome = await Promise.race([running, late]);
  clearTimeout(timer);
  return outcome;
}

function pickError(pick: Exclude<CredentialPick, { kind: 'chosen' }>, target: Target): GatewayError {
  const { id } = target.provider;
  if (pick.kind === 'none')
    return new GatewayError('route.no_credential', `The request could not be sent: ${pick.reason}.`);
  const seconds = Math.max(1, Math.ceil(pick.inMs / 1000));
  const when = `it can be asked again in ${String(seconds)} s`;
  if (pick.state === 'limited') {
    return new GatewayError('attempt.rate_limited', `Provider "${id}" limits the rate of "${target.model}"; ${when}.`, {
      retryAfterS: seconds,
    });
  }
  return new GatewayError('route.no_target', `"${id}/${target.model}" rests after failures: ${pick.why}; ${when}.`, {
    retryAfterS: seconds,
  });
}
