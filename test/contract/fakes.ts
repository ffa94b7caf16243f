// Stands for the gateway where the tests of the contract ask about routing, policies, health and budgets.
import type { Gateway } from '../../main/gateway/gateway.ts';
import type { BudgetsNeed, PolicyNeed, RoutingNeed } from '../../main/control/needs.ts';
import type { HealthEntry } from '../../shared/contract/app.ts';
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { decision } from '../component/ledger/exchanges.ts';

/** Derives from what was kept, and says what it was given. */
export const routing: RoutingNeed = {
  explain: (made, snapshot) => ({ verified: 'same', note: JSON.stringify([made, snapshot]) }),
  simulate: async ({ path, body }) => {
    if (JSON.stringify(body).includes('nobody-has-it')) throw new GatewayError('route.no_target', 'Nobody has it.');
    return { decision: decision({ reason: path }) };
  },
};

/** Replaces one word, and knows no other rules than those of a file. */
export const policy: PolicyNeed = {
  mask: async (text) => ({
    enabled: true,
    masked: text.replaceAll('secret', 'SECRET7kq2mb'),
    findings: [...text.matchAll(/secret/g)].map(({ index }) => ({
      ...{ kind: 'secrets', what: 'word', start: index, end: index + 6, mode: 'mask', placeholder: 'SECRET7kq2mb' },
    })),
  }),
  examine: async ({ path, body }, rules) => {
    if (JSON.stringify(body).includes('nobody-has-it')) throw new GatewayError('route.no_target', 'Nobody has it.');
    return {
      ...{ enabled: true, target: 'demo/echo', body: path, masked: 0, masked_kinds: {}, refusal: null },
      safety: rules === undefined ? [] : [{ source: 'firewall', rule: 'x', action: 'warn', detail: 'a word' }],
    };
  },
  rulesWith: async ({ file, text }) => {
    if (!text.startsWith('firewall')) throw new GatewayError('config.invalid', `${file}:1:1: no section.`);
    return {};
  },
  answerRules: () => new Set(),
};

export const resting: HealthEntry = {
  provider: 'openai',
  model: 'gpt-5',
  credential: 'main',
  state: 'open',
  why: '5 of 8 calls failed (503)',
  until: '2026-11-25T12:00:30.000Z',
  ttft_p50_ms: 400,
  ttft_p95_ms: null,
  tokens_per_second: 61.5,
  running: 0,
  calls: 8,
  failures: 5,
  needs_attention: false,
};

export function budget(given: Partial<BudgetEntry>): BudgetEntry {
  return {
    ...{ id: 'all', scope: 'global', match: null, subject: null, period: 'month', since: '2026-11-01T00:00:00Z' },
    ...{ resets_at: '2026-12-01T00:00:00Z', limit_usd: '100', raised_usd: '0', spent_usd: '1', reserved_usd: '0' },
    ...{ remaining_usd: '99', action: 'reject', state: 'ok', reason: null, exhausted_at: null, forecast: null },
    origin: 'sluice.yaml, line 4',
    ...given,
  };
}

/** One budget for everybody, and one that each user has. */
export const budgets: BudgetsNeed = {
  list: () => [budget({}), budget({ id: 'each', scope: 'user', subject: 'dana' })],
  raise: async ({ id, subject, amountPico, note }) => {
    if (id === 'none') return 'not_found';
    if (id === 'each' && subject === undefined) return 'needs_subject';
    return budget({ id, raised_usd: picoToUsd(amountPico), reason: note === '' ? null : note });
  },
  accept: () => 2,
};

/** Pauses, and refuses nothing. */
export function pausing(now: () => number): Pick<Gateway, 'pause' | 'resume' | 'paused'> {
  let paused: Gateway['paused'];
  return {
    pause: (until) => void (paused = { since: now(), until }),
    resume: () => void (paused = undefined),
    get paused() {
      return paused;
    },
  };
}
