/** Following team bundles: opened on the data directory, and what the rest of the product may ask of it. */
import { join } from 'node:path';
import type { AppStatus } from '../../shared/contract/app.ts';
import type { BundleCard } from '../../shared/contract/bundles.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import { openAuditLog } from './audit-log.ts';
import { openBundleFiles } from './bundle-files.ts';
import { agreeToReport, decide } from './consent.ts';
import { appliedNow, effectiveView } from './effective-view.ts';
import { Enrolment } from './enrolment.ts';
import type { Bundles, BundlesOptions, BundleTarget } from './face.ts';
import { Following } from './following.ts';
import type { Follower } from './follower.ts';
import { historyOf } from './history.ts';
import { Reporting } from './reporting.ts';
import { openBundleState } from './state.ts';

/** Opens what is remembered of bundles. Rejects with `bundle.store` where the directory cannot be used at all. */
export async function openBundles(options: BundlesOptions): Promise<Bundles> {
  const { directory, host, clock, log } = options;
  const state = await openBundleState({ directory, installKey: host.installKey, clock, log });
  const files = openBundleFiles({ directory, log });
  const auditLog = await openAuditLog({ file: join(directory, 'audit.jsonl'), clock, log });
  if (state.alert !== undefined)
    void auditLog.append({ action: 'reject', bundle: null, version: null, detail: state.alert });
  return new OpenBundles(new Following({ options, state, files, auditLog }));
}

class OpenBundles implements Bundles {
  readonly #following: Following;
  readonly #enrolment: Enrolment;
  readonly #reporting: Reporting;

  constructor(following: Following) {
    this.#following = following;
    this.#enrolment = new Enrolment(following);
    this.#reporting = new Reporting(following);
    following.onFollowed = (follower) => {
      this.#reporting.plan(follower);
    };
  }

  async restore(enrolled: Parameters<Bundles['restore']>[0]): ReturnType<Bundles['restore']> {
    return await this.#following.restore(enrolled);
  }

  async start(target: BundleTarget): Promise<void> {
    await this.#following.start(target);
  }

  get mustLookFirst(): boolean {
    return this.#following.mustLookFirst;
  }

  enrolledChanged(): void {
    this.#following.reconcile().catch((error: unknown) => {
      if (this.#following.signal.aborted) return;
      this.#following.options.log.error('what is followed cannot be changed', { error: String(error) });
    });
  }

  wake(): void {
    for (const { timer } of this.#following.followers) timer.wake();
    this.#following.ageSoon();
  }

  standing(): AppStatus['bundles'] {
    const cards = this.#following.followers.map((follower) => this.#following.cardOf(follower));
    return cards.map(({ key, name, state, version, state_reason: reason }) => ({ key, name, state, version, reason }));
  }

  list(): CallOutput<'bundles.list'> {
    const following = this.#following;
    return {
      bundles: following.followers.map((follower) => following.cardOf(follower)),
      effective_hash: following.hash,
      closed: following.closed(),
    };
  }

  async preview(input: ParsedInput<'bundles.preview'>): Promise<CallOutput<'bundles.preview'>> {
    return await this.#enrolment.preview(input);
  }

  async join(input: ParsedInput<'bundles.join'>): Promise<CallOutput<'bundles.join'>> {
    return await this.#enrolment.join(input);
  }

  async confirmTrust(input: ParsedInput<'bundles.confirm_trust'>): Promise<CallOutput<'bundles.confirm_trust'>> {
    return await this.#enrolment.confirmTrust(input);
  }

  async leave(input: ParsedInput<'bundles.leave'>): Promise<CallOutput<'bundles.leave'>> {
    return await this.#enrolment.leave(input);
  }

  async check({ key }: ParsedInput<'bundles.check'>): Promise<CallOutput<'bundles.check'>> {
    const following = this.#following;
    const chosen = key === undefined ? following.followers : [following.find(key)];
    await Promise.all(chosen.map((follower) => following.look(follower)));
    return { bundles: chosen.map((follower) => following.cardOf(follower)) };
  }

  async approve({ key, ...decision }: ParsedInput<'bundles.approve'>): Promise<CallOutput<'bundles.approve'>> {
    return await this.#decided(key, (follower) => decide(this.#following, follower, decision));
  }

  async report({ key, agreed }: ParsedInput<'bundles.report'>): Promise<CallOutput<'bundles.report'>> {
    return await this.#decided(key, (follower) => agreeToReport(this.#following, follower, agreed));
  }

  async #decided(key: string, work: (follower: Follower) => Promise<void>): Promise<BundleCard> {
    const following = this.#following;
    return await following.inTurn(async () => {
      const follower = following.find(key);
      await work(follower);
      this.#reporting.plan(follower);
      following.changed();
      return following.cardOf(follower);
    });
  }

  reportPreview({ key }: ParsedInput<'bundles.report_preview'>): CallOutput<'bundles.report_preview'> {
    return this.#reporting.preview(this.#following.find(key));
  }

  async history({ key }: ParsedInput<'bundles.history'>): Promise<CallOutput<'bundles.history'>> {
    return { revisions: await historyOf(this.#following, this.#following.find(key)) };
  }

  async effective(input: ParsedInput<'bundles.effective'>): Promise<CallOutput<'bundles.effective'>> {
    return effectiveView(await appliedNow(this.#following.target), input);
  }

  async audit({ limit }: ParsedInput<'bundles.audit'>): Promise<CallOutput<'bundles.audit'>> {
    const { entries, intact } = await this.#following.auditLog.read(limit);
    return { entries: [...entries], intact };
  }

  note(action: string, detail: string): void {
    void this.#following.auditLog.append({ action, bundle: null, version: null, detail });
  }

  async stop(): Promise<void> {
    await this.#following.stop();
    await this.#reporting.stop();
  }
}
