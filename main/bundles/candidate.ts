/** The checks between the bytes of a host and what is in force, in the order of BND-60. Each refusal has a code of its own. */
import { createHmac } from 'node:crypto';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { ConfigError } from '../config/problems.ts';
import type { TriedTeam } from '../config/store.ts';
import type { Secret } from '../kit/secret.ts';
import { atOnce, inTurns, nextTurn, type Steps } from '../kit/steps.ts';
import type { BundleTarget } from './face.ts';
import { inLayerOrder } from './followed.ts';
import { lintSteps } from './lint.ts';
import { conflictsOf, createTeamLayer } from './merge/merge.ts';
import { trustedSteps, unsignedBundle, type ReadTrustedInput, type VerifiedBundle } from './read.ts';
import { readyPatterns } from './ready-patterns.ts';
import { runTests } from './run-tests.ts';
import type { Source } from './sources.ts';
import type { GatewayTools, LayerConflict, LayeredBundle, ReadBundle, TrustedBundle } from './types.ts';

export interface VerifyInput extends Omit<ReadTrustedInput, 'now' | 'pin' | 'org'> {
  readonly source: Source;
  /** What was confirmed here, where the link named nothing. */
  readonly confirmed: string | undefined;
  /** Of the clock, milliseconds since 1970. */
  readonly now: number;
  /** The latest time that was ever seen: a clock that is set back makes nothing younger. */
  readonly latest: number;
}

/** With what it rests on; nothing where it is not signed, or by one key that was pinned. */
export type Verified = TrustedBundle & Pick<VerifiedBundle, 'root'>;

/** Verified, then read. What is not signed is taken from files of this machine alone, and nobody vouched for it. */
export function verified(input: VerifyInput): Verified {
  return atOnce(verifiedSteps(input));
}

/** The same in steps. */
export function* verifiedSteps(input: VerifyInput): Steps<Verified> {
  const { source, confirmed, now, latest, bundle, appVersion } = input;
  const { pin = confirmed, org } = source;
  try {
    return yield* trustedSteps({ ...input, pin, org, now: Math.max(now, latest) });
  } catch (error) {
    if (isCode(error, 'bundle.not_signed') && source.local && pin === undefined && input.stored.trust === undefined)
      return { ...unsignedBundle(bundle, { appVersion }), root: undefined };
    if (isCode(error, 'bundle.expired') && now < latest) throw setBack(now, latest, error);
    throw error;
  }
}

/** It would be valid, were it as early as this machine says. */
function setBack(now: number, latest: number, cause: unknown): GatewayError {
  const [says, was] = [now, latest].map((moment) => new Date(moment).toISOString());
  return new GatewayError(
    'bundle.clock_set_back',
    `The clock of this machine says ${String(says)}, but it was ${String(was)} already, and the bundle has expired since. Set the clock, or ask for a new version. Where the clock was wrong then: end Sluice and move bundles/state.json of its data folder away; what is in force stays so.`,
    { cause },
  );
}

function isCode(error: unknown, code: GatewayError['code']): boolean {
  return error instanceof GatewayError && error.code === code;
}

// ---------------------------------------------------------------- whether it is for this machine

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly labels: Readonly<Record<string, string>>;
  readonly installKey: Secret;
}

export interface NotHere {
  /** `rollout`: it comes to this machine later; what holds meanwhile stays. */
  readonly why: 'applies_to' | 'rollout';
  readonly text: string;
}

/** Why a bundle, verified or not, is not for this machine. */
export function notHere({ payload }: ReadBundle, { platform, labels, installKey }: Machine): NotHere | undefined {
  const { applies_to, rollout } = payload;
  if (applies_to?.os !== undefined && !applies_to.os.some((os) => os === platform))
    return { why: 'applies_to', text: `It is for ${applies_to.os.join(', ')}, and this machine is ${platform}.` };
  for (const [name, values] of Object.entries(applies_to?.labels ?? {})) {
    const own = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (own !== undefined && values.includes(own)) continue;
    const is = own === undefined ? 'has no such label' : `is "${own}"`;
    return { why: 'applies_to', text: `It is for ${name}: ${values.join(', ')}, and this machine ${is}.` };
  }
  if (rollout === undefined || shareOf(installKey, rollout.salt) < rollout.percent) return undefined;
  const text = `Version ${payload.version} comes to ${rollout.percent} % of all machines first, and this is none of them.`;
  return { why: 'rollout', text };
}

/** 0 to 100, the same for a machine and a salt whenever it is asked; says nothing of the key. */
export function shareOf(installKey: Secret, salt: string): number {
  const digest = createHmac('sha256', installKey.reveal()).update(`sluice rollout\0${salt}`).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100;
}

// ---------------------------------------------------------------- whether it can be run

export interface TrialInput {
  readonly candidate: LayeredBundle;
  /** All others that are in force. */
  readonly others: readonly LayeredBundle[];
  readonly target: Pick<BundleTarget, 'tryTeam'>;
  readonly tools: GatewayTools;
  readonly now: number;
}

export interface Tried extends TriedTeam {
  readonly conflicts: readonly LayerConflict[];
  readonly cases: number;
  /** What is worth a look and refuses nothing. */
  readonly warnings: readonly string[];
}

/** Everything that can be wrong with what it says. Changes nothing. */
export async function tryBundle({ candidate, others, target, tools, now }: TrialInput): Promise<Tried> {
  const { bundle } = candidate;
  await readyPatterns(bundle.payload);
  const { problems, warnings } = await inTurns(lintSteps(bundle, tools));
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length > 1 ? ` (${problems.length - 1} more like it)` : '';
    const where = `${first.pointer}, line ${bundle.lineOf(first.pointer)}`;
    throw new GatewayError(first.code, `${where}: ${first.text}${more}. ${first.mend}`, { param: first.pointer });
  }
  const all = inLayerOrder([...others, candidate]);
  await nextTurn();
  const conflicts = conflictsOf(all);
  await nextTurn();
  const tried = await compiled(target, all);
  const { cases, failures } = await runTests({
    bundles: [bundle],
    suites: bundle.payload.tests,
    ...{ decide: tools.decide, now },
  });
  const [failure] = failures;
  if (failure !== undefined) {
    const count = failures.length === 1 ? 'A decision test' : `${failures.length} of its ${cases} decision tests`;
    throw new GatewayError(
      'bundle.tests_failed',
      `${count} of the bundle failed here. ${failure.suite}, "${failure.case}": ${failure.text}`,
    );
  }
  return { ...tried, conflicts, cases, warnings: warnings.map(({ pointer, text }) => `${pointer}: ${text}`) };
}

async function compiled(target: Pick<BundleTarget, 'tryTeam'>, all: readonly LayeredBundle[]): Promise<TriedTeam> {
  try {
    return await target.tryTeam(all.length === 0 ? undefined : createTeamLayer(all));
  } catch (error) {
    throw refusedByConfig(error);
  }
}

/** What the store cannot run is the fault of what was added to it: the message names the place, in the bundle or the file. */
export function refusedByConfig(error: unknown): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new GatewayError('bundle.lint', `With the config file of this machine it cannot be run. ${error.message}`, {
    cause: error,
  });
}
