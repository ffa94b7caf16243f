/** A decision as people and programs are told it: costs as decimal dollars, names as everywhere in `--json`. */
import type { CandidateEntry, DecisionEntry, FactsEntry, PinEntry } from '../../shared/contract/route.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import type { Decision } from '../ledger/ledger.ts';

type Candidate = Decision['candidates'][number];

/** `omitted`: candidates that were left out when it was kept. */
export function decisionEntryOf(decision: Decision, omitted: number): DecisionEntry {
  const { rule, session, pin } = decision;
  return {
    asked: decision.asked,
    chosen: decision.chosen ?? null,
    reason: decision.reason,
    rule: rule === undefined ? null : `${rule.id} (${rule.origin})`,
    route: rule === undefined ? null : { ...rule },
    skipped: (decision.skipped ?? []).map(({ id, why }) => ({ id, why })),
    facts: factsOf(decision),
    candidates: decision.candidates.map(candidateOf),
    order: [...decision.order],
    pin: pin === undefined ? null : pinOf(pin),
    session:
      session === undefined
        ? null
        : {
            target: `${session.providerId}/${session.model}`,
            credential: session.credential ?? null,
            cached_tokens: session.cachedTokens,
            cache_left_ms: session.cacheLeftMs,
            turns: session.turns,
            expected_turns: session.expectedTurns,
          },
    offline: decision.offline ?? false,
    key: decision.principal.key,
    counterfactual: counterfactualOf(decision),
    omitted,
    snapshot: decision.snapshot,
    seed: String(decision.draw),
  };
}

function factsOf({ facts, session }: Decision): FactsEntry {
  const { promptType, language, pins } = facts;
  return present({
    model: facts.model,
    surface: facts.surface,
    at: new Date(facts.at).toISOString(),
    tokens: facts.tokens,
    max_tokens: facts.maxTokens,
    client: facts.client,
    type: promptType === undefined ? undefined : (promptType.type ?? null),
    conf: promptType?.confidence,
    difficulty: promptType?.difficulty,
    lang: language === undefined ? undefined : (language.code ?? null),
    lang_conf: language?.confidence,
    ...facts.has,
    tags: facts.tags && { ...facts.tags },
    texts: facts.matches && { ...facts.matches },
    session: facts.session && { key: facts.session.key, source: facts.session.source },
    session_turn: session === undefined ? undefined : session.turns + 1,
    tool_loop: pins?.toolLoop,
    signed_reasoning: pins?.signedReasoning,
    provider_ids: pins?.providerIds,
  });
}

function candidateOf(candidate: Candidate): CandidateEntry {
  const { via, quality, cost } = candidate;
  return present({
    target: candidate.target,
    id: candidate.id,
    via: via && [...via],
    dropped: candidate.dropped,
    dropped_by: candidate.droppedBy,
    note: candidate.note,
    quality: quality && ([...quality] as [number, number, number]),
    cost_usd: cost === undefined || cost === null ? cost : picoToUsd(cost),
    ttft_ms: candidate.ttftMs,
    total_ms: candidate.totalMs,
    score: candidate.score,
    health: candidate.health && healthOf(candidate.health),
  });
}

function healthOf(health: NonNullable<Candidate['health']>): NonNullable<CandidateEntry['health']> {
  return present({
    state: health.state,
    why: health.why,
    wait_ms: health.waitMs,
    share: health.share,
    ttft_p50_ms: health.ttft?.p50,
    ttft_p95_ms: health.ttft?.p95,
    tokens_per_second: health.speed,
    running: health.running,
    capacity: health.capacity,
  });
}

function pinOf({ kind, target, kept, why, switching }: NonNullable<Decision['pin']>): PinEntry {
  return {
    kind,
    target,
    kept,
    why,
    switching:
      switching === undefined
        ? null
        : {
            to: switching.to,
            cached_tokens: switching.cachedTokens,
            cost_usd: picoToUsd(switching.cost),
            gain_usd: picoToUsd(switching.gain),
            expected_turns: switching.expectedTurns,
            balance_usd: picoToUsd(switching.balance),
          },
  };
}

/** What the candidate of the highest quality would have cost more, where another was chosen and both prices are known. */
function counterfactualOf({ candidates, chosen }: Decision): DecisionEntry['counterfactual'] {
  const able = candidates.filter(({ dropped, quality }) => dropped === undefined && quality !== undefined);
  const best = able.toSorted((a, b) => (b.quality?.[0] ?? 0) - (a.quality?.[0] ?? 0))[0];
  const used = able.find(({ target }) => target === chosen);
  if (best === undefined || used === undefined || best.target === used.target) return null;
  if (typeof best.cost !== 'number' || typeof used.cost !== 'number') return null;
  const difference = picoToUsd(best.cost - used.cost);
  return { if_asked_best: difference.startsWith('-') ? difference : `+${difference}` };
}

/** Without what is `undefined`, which JSON has not either: the same in process and over a socket. */
function present<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
