/** Answers about masking and the firewall: what would leave, and what other rules would have done. */
import type { CallOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { ChangedEntry, OutcomeEntry } from '../../../shared/contract/policy.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { foundKinds, placeholderTags, type FoundKind, type KindCounts } from '../../../shared/domain/masking.ts';
import { namedSurfaces, pathOf, type NamedSurface } from '../../../shared/domain/request-shape.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { ControlNeeds, PolicyNeed, SimulatedRequest } from '../needs.ts';
import type { Handlers } from './handler.ts';
import { simulatedRequest } from './route.ts';

export function policyHandlers({ ledger, running, policy = {} }: ControlNeeds): Handlers {
  const need = running?.policy;
  const source: Partial<PolicyNeed> = need ?? policy;
  const mask = source.mask?.bind(source);
  const handlers: Handlers = mask === undefined ? {} : { 'policy.mask': ({ text }) => mask(text) };
  if (need === undefined) return handlers;
  return {
    ...handlers,
    ...releaseHandlers(need),
    'policy.examine': (input) => need.examine(simulatedRequest(input), undefined),
    'policy.backtest': async (input) => {
      const rules = input.rules === null ? undefined : await need.rulesWith(input.rules);
      return new Backtest(ledger, need, rules).run(input);
    },
  };
}

function releaseHandlers(need: PolicyNeed): Handlers {
  const waiting = need.releases?.bind(need);
  const release = need.release?.bind(need);
  return {
    ...(waiting && { 'policy.releases': () => ({ releases: [...waiting()] }) }),
    ...(release && {
      'policy.release'({ id, reason }) {
        const released = release(id, reason);
        if (released !== undefined) return released;
        throw new GatewayError('control.not_found', `No request waits for a reason as ${id} any more. Send it again.`);
      },
    }),
  };
}

/** So many bytes of requests make a page: a second or two of work, while others are served in between. */
const pageBytes = 8 * 1024 * 1024;

class Backtest {
  readonly #ledger: LedgerQueries;
  readonly #need: PolicyNeed;
  readonly #rules: unknown;
  /** Of the requests of this page. */
  #bytes = 0;

  constructor(ledger: LedgerQueries, need: PolicyNeed, rules: unknown) {
    this.#ledger = ledger;
    this.#need = need;
    this.#rules = rules;
  }

  async run(input: ParsedInput<'policy.backtest'>): Promise<CallOutput<'policy.backtest'>> {
    const { limit, since, until } = input;
    const counts = { examined: 0, not_recorded: 0, unusable: 0 };
    const changed: ChangedEntry[] = [];
    let before = input.before;
    let next: string | null = null;
    this.#bytes = 0;
    // One at a time, so that a page may end behind any of them.
    for (let left = limit; left > 0 && this.#bytes < pageBytes; left -= 1) {
      const page = await this.#ledger.log({ limit: 1, before, since, until, filter: {} });
      ({ next } = page);
      for (const entry of page.entries) {
        const told = await this.#one(entry);
        if (typeof told === 'string') counts[told] += 1;
        else {
          counts.examined += 1;
          if (told.changes.length > 0) changed.push(told);
        }
      }
      if (next === null) break;
      before = next;
    }
    return { ...counts, changed, next };
  }

  async #one(entry: ExchangeEntry): Promise<ChangedEntry | 'not_recorded' | 'unusable'> {
    const body = (await this.#ledger.bodiesOf(entry.request_id)).find(({ part }) => part === 'request');
    if (body === undefined) return 'not_recorded';
    const { bytes } = body;
    const request = bytes && requestOf(entry, bytes);
    if (bytes === undefined || request === undefined) return 'unusable';
    this.#bytes += bytes.length;
    const isRunning = this.#rules === undefined;
    // With nothing to compare with: it was refused for another reason before, answered from the cache, or is still running.
    if (isRunning && entry.attempts.length === 0 && !isRefusedByRules(entry)) return 'unusable';
    try {
      const running = outcomeOf(await this.#need.examine(request, undefined));
      const recorded = isRunning ? await this.#recorded(entry, running) : undefined;
      const [before, after] =
        recorded === undefined
          ? [running, outcomeOf(await this.#need.examine(request, this.#rules))]
          : [recorded, withReplaced(running, recorded, bytes)];
      const { request_id, at, key, client, model_asked } = entry;
      return { request_id, at, key, client, model_asked, changes: changesBetween(before, after), before, after };
    } catch (error) {
      // Its model or its key is not there any more: that is no change of these rules.
      if (error instanceof GatewayError) return 'unusable';
      throw error;
    }
  }

  /** What the ledger tells of an exchange: what it was refused with, its counts, what was found in its request. */
  async #recorded(entry: ExchangeEntry, running: OutcomeEntry): Promise<OutcomeEntry> {
    const { request_id, masked, masked_kinds, error } = entry;
    const whole = await this.#ledger.byRequestId(request_id);
    // What a rule found may have been in the answer, unless it finds something in the request.
    const ofAnswers = this.#need.answerRules();
    const speaking = rulesIn(running);
    const isOfRequest = (rule: string): boolean => !ofAnswers.has(rule) || speaking.has(rule);
    return {
      masked,
      masked_kinds: masked_kinds ?? {},
      safety: (whole?.safety ?? []).filter(({ source, rule }) => source !== 'answer' && isOfRequest(rule)),
      refusal: error !== null && isRefusedByRules(entry) ? { code: error, message: '' } : null,
    };
  }
}

/** Surfaces by the words for their paths. */
const surfaceNames: Readonly<Record<string, NamedSurface>> = {
  ...Object.fromEntries(namedSurfaces.map((name) => [name, name])),
  responses_compact: 'responses',
  messages_count_tokens: 'count_tokens',
  ...{ gemini_generate: 'gemini', gemini_stream: 'gemini' },
};

/** `undefined`: nobody knows where it was sent. */
function requestOf(entry: ExchangeEntry, body: Uint8Array): SimulatedRequest | undefined {
  const surface = surfaceNames[entry.surface];
  // The path of a Gemini request names its model.
  const path = surface && pathOf(surface, { model: entry.model_asked });
  if (path === undefined) return undefined;
  return { method: 'POST', path, headers: {}, body, key: entry.key ?? undefined, client: entry.client ?? undefined };
}

function outcomeOf({ masked, masked_kinds, safety, refusal }: OutcomeEntry): OutcomeEntry {
  return { masked, masked_kinds, safety, refusal };
}

const refusals: ReadonlySet<string> = new Set(['admit.firewall_blocked', 'admit.justification_required']);

function isRefusedByRules({ error }: ExchangeEntry): boolean {
  return refusals.has(error ?? '') || error?.startsWith('admit.masking_') === true;
}

/**
 * What is not in the record any more counts as it did: values of which placeholders were recorded, and secrets that were taken
 * out. A rule of the firewall that finds nothing there found what they stand for.
 */
function withReplaced(outcome: OutcomeEntry, recorded: OutcomeEntry, bytes: Uint8Array): OutcomeEntry {
  const gone = foundKinds.filter((kind) => countOf(recorded, kind) > countOf(outcome, kind));
  const isForSecrets =
    outcome.refusal === null && recorded.refusal !== null && recorded.safety.some(({ rule }) => rule === 'secrets');
  if (gone.length === 0 && !isForSecrets) return outcome;
  const placed = replacedIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  if (isForSecrets && placed.secrets !== undefined) return recorded;
  const counts: Partial<Record<FoundKind, number>> = { ...outcome.masked_kinds };
  let added = 0;
  for (const kind of gone) {
    const own = countOf(outcome, kind);
    const more = Math.min(placed[kind] ?? 0, countOf(recorded, kind) - own);
    if (more === 0) continue;
    counts[kind] = own + more;
    added += more;
  }
  if (added === 0) return outcome;
  const spoke = new Set(outcome.safety.map(({ rule }) => rule));
  const silent = recorded.safety.filter(({ rule }) => !spoke.has(rule));
  return {
    ...outcome,
    ...{ masked: outcome.masked + added, masked_kinds: counts },
    safety: [...outcome.safety, ...silent],
  };
}

/** A tag, a digit and five characters without vowels, as masking makes them. */
const placeholder = new RegExp(`(${Object.values(placeholderTags).join('|')})[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}`, 'g');
const kindsByTag = new Map<string, FoundKind>(foundKinds.map((kind) => [placeholderTags[kind], kind]));

/** What the recorder puts in the place of secrets, whether or not they were masked. */
const takenOut = '***';

function replacedIn(text: string): KindCounts {
  const counts: Partial<Record<FoundKind, number>> = {};
  const secrets = text.split(takenOut).length - 1;
  if (secrets > 0) counts.secrets = secrets;
  for (const [, tag = ''] of text.matchAll(placeholder)) {
    const kind = kindsByTag.get(tag);
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Empty when nothing a person would notice is different. */
function changesBetween(before: OutcomeEntry, after: OutcomeEntry): string[] {
  const changes: string[] = [];
  if (before.refusal === null && after.refusal !== null) changes.push(`refused: ${after.refusal.code}`);
  if (before.refusal !== null && after.refusal === null) changes.push(`no longer refused: ${before.refusal.code}`);
  for (const one of foundKinds) {
    const more = countOf(after, one) - countOf(before, one);
    // What is refused is not masked.
    if (more !== 0 && after.refusal === null && before.refusal === null)
      changes.push(`${more > 0 ? '+' : ''}${String(more)} masked: ${one}`);
  }
  const [then, now] = [rulesIn(before), rulesIn(after)];
  for (const [rule, action] of now) if (then.get(rule) !== action) changes.push(`${rule}: ${action}`);
  for (const rule of then.keys()) if (!now.has(rule)) changes.push(`${rule}: silent`);
  return changes;
}

function countOf({ masked_kinds }: OutcomeEntry, kind: FoundKind): number {
  return masked_kinds[kind] ?? 0;
}

function rulesIn({ safety }: OutcomeEntry): Map<string, string> {
  return new Map(safety.filter(({ source }) => source === 'firewall').map(({ rule, action }) => [rule, action]));
}
