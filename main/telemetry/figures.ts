/** What is counted of exchanges: the tallies, and how a closed record adds to them. */
import { foundKinds } from '../../shared/domain/masking.ts';
import type { AttemptRecord, ExchangeRecord } from '../gateway/exchange.ts';
import { noTarget, type Names, type TargetName } from './names.ts';
import { Spread, Tally } from './tally.ts';

/** Up to the fifteen minutes a long answer may take. */
const durationBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 900];
const firstTokenBounds = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 40, 60];

/** In the exposition, by name; the last part of a name is its unit (`_total` counts). */
function createTallies() {
  const target = ['provider', 'model'];
  return {
    requests: new Tally({
      name: 'sluice_requests_total',
      help: 'Exchanges that ended.',
      labels: ['surface', ...target, 'status_class', 'outcome'],
    }),
    tokens: new Tally({
      name: 'sluice_tokens_total',
      help: 'Tokens of all tries. The kinds are disjoint: they add up.',
      labels: ['kind', ...target],
    }),
    /** In pico-USD. */
    cost: new Tally({ name: 'sluice_cost_usd_total', help: 'Cost of all tries, US dollars.', labels: target }),
    costUnknown: new Tally({
      name: 'sluice_cost_unknown_total',
      help: 'Tries that were sent and whose cost is not known.',
      labels: target,
    }),
    attempts: new Tally({
      name: 'sluice_attempts_total',
      help: 'Tries at targets, and targets that were passed over.',
      labels: ['provider', 'kind', 'result'],
    }),
    fallbacks: new Tally({
      name: 'sluice_fallbacks_total',
      help: 'Tries at a next target after one failed.',
      labels: ['from', 'to'],
    }),
    refusals: new Tally({
      name: 'sluice_refusals_total',
      help: 'Requests that were refused before anything was sent.',
      labels: ['code'],
    }),
    cacheAnswers: new Tally({
      name: 'sluice_cache_answers_total',
      help: 'Exchanges answered from the exact cache.',
      labels: target,
    }),
    rateLimited: new Tally({
      name: 'sluice_rate_limited_total',
      help: 'Exchanges in which a limit of this gateway refused a target or all of them.',
      labels: ['limit'],
    }),
    masked: new Tally({
      name: 'sluice_masked_total',
      help: 'Values that were replaced before they left, by what they are.',
      labels: ['kind'],
    }),
    firewall: new Tally({
      name: 'sluice_firewall_total',
      help: 'Exchanges in which a rule of the firewall found something.',
      labels: ['rule', 'action'],
    }),
    budgetAlerts: new Tally({
      name: 'sluice_budget_alerts_total',
      help: 'Shares of budgets that were reached.',
      labels: ['budget'],
    }),
    healthChanges: new Tally({
      name: 'sluice_health_changes_total',
      help: 'Targets and credentials that changed to a state.',
      labels: ['provider', 'state'],
    }),
  };
}

function createSpreads() {
  const labels = ['provider', 'model'];
  return {
    duration: new Spread(
      { name: 'sluice_request_duration_seconds', help: 'Head read to end of answer.', labels },
      durationBounds,
    ),
    firstToken: new Spread(
      { name: 'sluice_time_to_first_token_seconds', help: 'Head read to first content of a stream.', labels },
      firstTokenBounds,
    ),
  };
}

/** Our own limit, whichever way it refused. */
const rateLimited = 'admit.rate_limited';

export class Figures {
  readonly tallies = createTallies();
  readonly spreads = createSpreads();
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  exchange(record: ExchangeRecord): void {
    const answered = record.outcome === 'complete';
    const target = record.target === undefined ? noTarget : this.#names.target(record.target, answered);
    const { tallies, spreads } = this;
    tallies.requests.add([
      this.#names.word('surface', record.surface),
      ...pair(target),
      classOf(record.status),
      record.outcome,
    ]);
    if (record.cache !== undefined) tallies.cacheAnswers.add(pair(target));
    if (record.durationMs !== undefined) spreads.duration.observe(pair(target), record.durationMs / 1_000);
    if (record.stream && record.ttftMs !== undefined) spreads.firstToken.observe(pair(target), record.ttftMs / 1_000);
    this.#attempts(record.attempts);
    if (record.outcome === 'failed' && record.error !== undefined && !record.attempts.some(wasSent)) {
      this.refused(record.error);
    }
    this.#limited(record);
    this.#safety(record);
  }

  /** A request that was refused, by its code. */
  refused(code: string): void {
    this.tallies.refusals.add([this.#names.word('code', code)]);
  }

  #attempts(attempts: readonly AttemptRecord[]): void {
    const { tallies } = this;
    let before: string | undefined;
    for (const attempt of attempts) {
      const name = this.#names.target(attempt.target, attempt.error === undefined && wasSent(attempt));
      tallies.attempts.add([name.provider, attempt.kind, resultOf(attempt)]);
      if (!wasSent(attempt)) continue;
      if (attempt.kind === 'fallback' && before !== undefined) tallies.fallbacks.add([before, name.provider]);
      before = name.provider;
      if (attempt.cost === undefined) tallies.costUnknown.add(pair(name));
      else if (attempt.cost > 0) tallies.cost.add(pair(name), Math.round(attempt.cost));
      this.#tokens(attempt, name);
    }
  }

  #tokens({ usage }: AttemptRecord, name: TargetName): void {
    if (usage === undefined) return;
    const kinds = {
      input: usage.inputTokens,
      cache_read: usage.cacheReadTokens,
      cache_write: usage.cacheWriteTokens,
      output: usage.outputTokens,
    };
    for (const [kind, count] of Object.entries(kinds)) {
      if (count > 0) this.tallies.tokens.add([kind, ...pair(name)], Math.round(count));
    }
  }

  #safety({ masked = {}, safety }: ExchangeRecord): void {
    for (const kind of foundKinds) {
      const count = masked[kind] ?? 0;
      if (count > 0) this.tallies.masked.add([kind], count);
    }
    // A rule may find several things in one exchange.
    const found = new Map(
      safety.flatMap(({ source, rule, action }): [string, readonly [string, string]][] =>
        source === 'firewall' ? [[`${action} ${rule}`, [rule, action]]] : [],
      ),
    );
    for (const [rule, action] of found.values())
      this.tallies.firewall.add([this.#names.word('firewall', rule), action]);
  }

  #limited({ attempts, error, rule }: ExchangeRecord): void {
    const last = attempts.findLast((attempt) => !wasSent(attempt) && attempt.error?.startsWith('admit.') === true);
    // The rule in the record is that of the last refusal.
    if (error === rateLimited || last?.error === rateLimited) {
      this.tallies.rateLimited.add([this.#names.word('limit', rule ?? '')]);
    } else if (attempts.some((attempt) => attempt.error === rateLimited)) this.tallies.rateLimited.add(['']);
  }
}

/** Not merely passed over. */
export function wasSent(attempt: AttemptRecord): boolean {
  return attempt.credential !== undefined;
}

function pair({ provider, model }: TargetName): readonly [string, string] {
  return [provider, model];
}

function classOf(status: number | undefined): string {
  return status === undefined ? 'none' : `${String(Math.floor(status / 100))}xx`;
}

function resultOf(attempt: AttemptRecord): string {
  if (!wasSent(attempt)) return 'passed_over';
  if (attempt.error === undefined) return 'ok';
  return attempt.error === 'client_gone' ? 'abandoned' : 'failed';
}
