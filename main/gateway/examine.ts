/** What masking and firewall would do: with a text, or with a request that is not sent anywhere. */
import { totalOf, type FoundKind, type KindCounts, type MaskMode } from '../../shared/domain/masking.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { SafetyEvent } from './exchange.ts';
import type { RuleCounts } from './policies/masking/body-scan.ts';
import { modeOf, modesAt } from './policies/masking/kind-modes.ts';
import { planFor, readFacts, type PlanDeps } from './plan-exchange.ts';
import type { Snapshot } from './ports.ts';
import { ExchangeProtection, type ProtectionDeps } from './protection.ts';
import type { GuardRules } from './guard.ts';
import type { Protections } from './protections.ts';
import { askedRequest, type SimulatedRequest } from './simulate.ts';

export type ExamineDeps = PlanDeps & Pick<ProtectionDeps, 'ports'> & { readonly protections: Protections };

/** Something that was found in a text: UTF-16 offsets, and what stands for it in the masked text. */
export interface ExaminedFinding {
  readonly kind: FoundKind;
  readonly subtype: string;
  readonly start: number;
  readonly end: number;
  readonly mode: Exclude<MaskMode, 'off'>;
  /** `undefined` unless its mode is `mask`. */
  readonly placeholder: string | undefined;
}

export interface ExaminedText {
  readonly masked: string;
  readonly findings: readonly ExaminedFinding[];
}

/** Whose conversations `examineText` is in: nobody's. */
const nobody = '';

/** A text as a user's message to a provider that no exception is made for. Throws `admit.masking_failed`. */
export async function examineText(
  text: string,
  snapshot: Snapshot,
  { protections, ports }: Pick<ExamineDeps, 'protections'> & { readonly ports: Pick<ExamineDeps['ports'], 'clock'> },
): Promise<ExaminedText> {
  const { masking } = snapshot;
  if (masking === undefined) return { masked: text, findings: [] };
  const modes = modesAt(masking, { provider: nobody, route: undefined, client: undefined });
  const { placeholders } = protections.conversations.anew().of(nobody, 'examined');
  const findings: ExaminedFinding[] = [];
  let masked = '';
  let at = 0;
  const { engine } = await protections.of(snapshot);
  for (const finding of await engine.lookAt(text, ports.clock)) {
    const { kind, subtype, start, end, text: value } = finding;
    const mode = modeOf(modes, finding);
    // Looked for by the firewall alone.
    if (mode === undefined) continue;
    const placeholder = mode === 'mask' ? placeholders.placeholder(kind, value) : undefined;
    findings.push({ kind, subtype, start, end, mode, placeholder });
    if (placeholder === undefined) continue;
    masked += text.slice(at, start) + placeholder;
    at = end;
  }
  return { masked: masked + text.slice(at), findings };
}

/** Rules to examine with in place of the running ones; what was made ready for them is kept as long as they are. */
export type ExaminedRules = GuardRules;

/** The same request is to go the same way whenever it is examined: of targets that are drawn, the one in the middle. */
const middle = 0.5;

export interface ExaminedRequest {
  /** The target that would be asked first. */
  readonly target: string | undefined;
  /** What it would be sent, less what an adapter changes; the client's own body where it would be sent nothing. */
  readonly body: Buffer;
  readonly counts: KindCounts;
  readonly masked: number;
  /** The same by kinds and by ids of patterns. */
  readonly maskedRules: RuleCounts;
  readonly safety: readonly SafetyEvent[];
  /** Why nothing would be sent. */
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
}

/** Sends and keeps nothing. Throws `identify.*`, `read.*`, `route.*` and `control.not_found` as `simulate` does. */
export async function examineRequest(
  asked: SimulatedRequest,
  snapshot: Snapshot,
  rules: ExaminedRules | undefined,
  deps: ExamineDeps,
): Promise<ExaminedRequest> {
  const examined = rules === undefined ? snapshot : { ...snapshot, ...rules };
  const request = askedRequest(asked, examined);
  const read = readFacts(request);
  const { ports } = deps;
  const random = { next: () => middle, id: (count: number) => ports.random.id(count) };
  const { plan, facts } = planFor(request, read, { ...deps, ports: { clock: ports.clock, random } });
  const safety: SafetyEvent[] = [];
  let counts: KindCounts = {};
  const protection = new ExchangeProtection(
    {
      input: { ...request, requestId: 'examined' },
      document: read.document,
      facts,
      recorder: {
        safety: (event) => safety.push(event),
        masked: (found) => {
          counts = found;
        },
      },
    },
    {
      ports,
      protections: asideOf(deps.protections, rules),
      judge: { known: () => undefined, isAttack: () => Promise.resolve(true), isOwn: () => false },
    },
  );
  const [target] = plan.targets;
  const told = target === undefined ? undefined : `${target.provider.id}/${target.model}`;
  try {
    await protection.admit(plan);
    const sent = target === undefined ? undefined : await protection.sent(read.document, target);
    const body = sent?.document?.bytes ?? sent?.body ?? request.body;
    const { lastRules: maskedRules } = protection;
    return { target: told, body, counts, masked: totalOf(counts), maskedRules, safety, refusal: undefined };
  } catch (error) {
    if (!(error instanceof GatewayError) || !error.code.startsWith('admit.')) throw error;
    const refusal = { code: error.code, message: error.message };
    return { target: told, body: request.body, counts: {}, masked: 0, maskedRules: {}, safety, refusal };
  }
}

/** What a request that runs would learn stays out of its conversation, and what others taught it out of this. */
function asideOf(protections: Protections, rules: ExaminedRules | undefined): ProtectionDeps['protections'] {
  return {
    conversations: protections.conversations.anew(),
    signed: protections.signed,
    turns: protections.turns,
    of: (snapshot) => (rules === undefined ? protections.of(snapshot) : protections.tried(rules)),
  };
}
