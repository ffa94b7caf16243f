/** Decisions of people here about what a signature does not allow by itself: kept, and in force when they resolve (BND-71). */
import type { BundleConsent } from '../../shared/contract/bundles.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { activeOf, gateFor } from './activate.ts';
import type { FollowContext, Follower } from './follower.ts';
import { withDecision } from './gate.ts';
import type { Held } from './held.ts';
import { gateRecord, keepRecord } from './remember.ts';
import type { BundleRecord } from './state.ts';

export interface Decision {
  readonly pointer: string;
  readonly value_hash: string;
  readonly approved: boolean;
}

/** In its turn. Rejects where nothing of the kind waits. */
export async function decide(context: FollowContext, follower: Follower, decision: Decision): Promise<void> {
  const { source, standing } = follower;
  if (standing.active?.bundle.fingerprint !== undefined && source.pin === undefined && !standing.confirmed)
    throw new GatewayError(
      'control.refused',
      'Nobody confirmed yet whose bundle this is. Compare its fingerprint with its publisher and confirm it first.',
    );
  const consent = follower.standing.active?.consents.find(
    ({ pointer, value_hash, state }) =>
      pointer === decision.pointer &&
      value_hash === decision.value_hash &&
      (state === 'waiting' || state === 'declined'),
  );
  if (consent === undefined)
    throw new GatewayError('control.not_found', 'This change does not wait for consent, or is another one by now.');
  await keepRecord(context, follower, (record) => ({
    ...decided(record, decision, context.options.clock.now()),
    ...(consent.kind === 'report' ? { report: agreed(record.report, decision.approved) } : {}),
  }));
  context.audit('approve', follower, `${decision.approved ? 'Approved' : 'Declined'}: ${consent.text}`);
  await regate(context, follower);
}

/** In its turn. */
export async function agreeToReport(context: FollowContext, follower: Follower, isAgreed: boolean): Promise<void> {
  const isReport = ({ kind }: BundleConsent): boolean => kind === 'report';
  const consent = follower.standing.active?.consents.find(isReport);
  const now = context.options.clock.now();
  await keepRecord(context, follower, (record) => ({
    ...(consent === undefined ? record : decided(record, { ...consent, approved: isAgreed }, now)),
    report: agreed(record.report, isAgreed),
  }));
  context.audit('approve', follower, isAgreed ? 'It is told what is in force.' : 'It is told nothing any more.');
  await regate(context, follower);
}

function decided(record: BundleRecord, { pointer, value_hash, approved }: Decision, at: number): BundleRecord {
  return { ...record, approvals: [...withDecision(record.approvals, { pointer, value_hash, approved, at })] };
}

function agreed(report: BundleRecord['report'], isAgreed: boolean): BundleRecord['report'] {
  return { ...(report ?? { last_sent_at: null, pseudonym: null }), agreed: isAgreed };
}

/** In its turn: what waits for consent is looked at anew. */
export async function regate(context: FollowContext, follower: Follower): Promise<void> {
  const { active } = follower.standing;
  if (active === undefined) return;
  const gate = gateFor(context, follower, active.bundle.payload);
  const shown = active.consents.filter(({ state }) => state === 'shown');
  const next = activeOf(active.bundle, gate, active.since, undefined);
  follower.standing.active = { ...next, consents: [...next.consents, ...shown] };
  if (sameHeld(gate.held, active.held)) return;
  try {
    await context.putInForce();
    await keepRecord(context, follower, (record) => ({ ...record, ...gateRecord(gate) }));
  } catch (error) {
    // What is not kept would be otherwise after the next start.
    follower.standing.active = active;
    await context.putInForce();
    throw error;
  }
}

function sameHeld(a: Held, b: Held): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b]);
}
