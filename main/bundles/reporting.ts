/** Telling publishers which version is in force here: only those who asked, and only once somebody agreed (BND-91). */
import type { CallOutput } from '../../shared/contract/contract.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { reportInterval } from './cards.ts';
import type { Follower } from './follower.ts';
import type { Following } from './following.ts';
import { isOfOnePublisher } from './merge/authority.ts';
import { keepRecord } from './remember.ts';
import { reportBody, sendReport } from './report.ts';
import { PollTimer } from './schedule.ts';
import type { BundleRecord } from './state.ts';

/** A first one is not sent by a whole fleet at once. */
const firstWithinMs = 600_000;
/** Timers know no longer waits; then it is looked at again. */
const longestWaitMs = 86_400_000;

export class Reporting {
  readonly #following: Following;
  readonly #running = new Set<Promise<void>>();

  constructor(following: Following) {
    this.#following = following;
  }

  /** Plans the next report, or none any more. */
  plan(follower: Follower): void {
    follower.reporting?.stop();
    follower.reporting = undefined;
    const following = this.#following;
    if (follower.isGone || following.signal.aborted || following.reportsTo(follower) === undefined) return;
    const interval = reportInterval(follower.standing.active?.bundle.payload.status?.interval);
    const last = following.recordOf(follower)?.report?.last_sent_at ?? undefined;
    const now = following.options.clock.now();
    const wait = last === undefined ? firstWithinMs * following.random() : Math.max(0, last + interval - now);
    follower.reporting = new PollTimer({
      clock: following.options.clock,
      random: () => following.random(),
      run: () => {
        this.#run(follower, wait > longestWaitMs);
      },
    });
    follower.reporting.set(Math.min(wait, longestWaitMs));
  }

  preview(follower: Follower): CallOutput<'bundles.report_preview'> {
    const url = follower.standing.active?.bundle.payload.status?.url ?? undefined;
    if (url === undefined) throw new GatewayError('control.not_found', 'This bundle asks for no report.');
    return { url, body: this.#body(follower) };
  }

  /** What is on its way ends. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #run(follower: Follower, isTooEarly: boolean): void {
    if (isTooEarly) {
      this.plan(follower);
      return;
    }
    const sending = this.#send(follower).finally(() => {
      this.#running.delete(sending);
      this.plan(follower);
    });
    this.#running.add(sending);
  }

  /** Never rejects: the next one says the same. */
  async #send(follower: Follower): Promise<void> {
    const following = this.#following;
    const { options, proxyOnly, signal } = following;
    try {
      await this.#named(follower);
      const url = following.reportsTo(follower);
      if (url === undefined) return;
      const { clock, limits, systemProxy } = options;
      const body = this.#body(follower);
      await sendReport({ ...{ url, body, clock, limits, proxyOnly, signal }, proxyFor: systemProxy });
    } catch (error) {
      if (signal.aborted) return;
      options.log.warn('a report was not sent', { key: follower.key, error: String(error) });
    }
    // A host that does not answer is not asked more often for it.
    await this.#keep(follower, (report) => ({ ...report, last_sent_at: options.clock.now() })).catch(() => undefined);
  }

  /** A name for this publisher alone, made when the first report is. */
  async #named(follower: Follower): Promise<void> {
    if (this.#following.recordOf(follower)?.report?.pseudonym) return;
    const pseudonym = Buffer.from(this.#following.options.host.randomBytes(16)).toString('hex');
    await this.#keep(follower, (report) => ({ ...report, pseudonym: report.pseudonym ?? pseudonym }));
  }

  async #keep(
    follower: Follower,
    change: (report: NonNullable<BundleRecord['report']>) => NonNullable<BundleRecord['report']>,
  ): Promise<void> {
    await keepRecord(this.#following, follower, (record) => ({
      ...record,
      report: change(record.report ?? { agreed: true, last_sent_at: null, pseudonym: null }),
    }));
  }

  /** Of its own publisher's bundles: what else is followed here is nobody's business. */
  #body(follower: Follower): string {
    const following = this.#following;
    const { options, target } = following;
    const told = follower.standing.active?.bundle;
    const own = following.followers.filter(({ standing: { active } }) => {
      if (told === undefined || active === undefined) return false;
      return active.bundle === told || isOfOnePublisher(active.bundle, told);
    });
    return reportBody({
      pseudonym: following.recordOf(follower)?.report?.pseudonym ?? '0'.repeat(32),
      ...{ labels: follower.source.labels, appVersion: options.appVersion, platform: options.platform },
      effectiveHash: target.snapshot.policy?.hash ?? '',
      bundles: own.flatMap((one) => {
        const { active, error } = one.standing;
        if (active === undefined) return [];
        const { id, epoch, version } = active.bundle.payload;
        const lastOk = following.recordOf(one)?.last_ok ?? null;
        return [
          {
            ...{ id, epoch, version, sha256: active.bundle.sha256 },
            activeSince: active.since,
            lastOk,
            error: error?.code,
          },
        ];
      }),
    });
  }
}
