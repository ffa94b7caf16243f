// Stands for the gateway where the tests of the contract ask about routing, policies, health and budgets.
import type { Gateway } from '../../main/gateway/gateway.ts';
import type { DesktopNeed } from '../../main/control/desktop-need.ts';
import type { BudgetsNeed, PolicyNeed, RoutingNeed } from '../../main/control/needs.ts';
import type { HealthEntry } from '../../shared/contract/app.ts';
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { noticeKinds, type DesktopState } from '../../shared/contract/desktop.ts';
import { release } from './fake-bundles.ts';
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
  releases: () => [release],
  release: (id) => (id === release.id ? { ...release, released: true } : undefined),
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
    ...{
      remaining_usd: '99',
      action: 'reject',
      state: 'ok',
      reason: null,
      exhausted_at: null,
      enforced: false,
      forecast: null,
    },
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
export function pausing(now: () => number): Pick<Gateway, 'pause' | 'resume' | 'paused' | 'passThroughRefused'> {
  let paused: Gateway['paused'];
  return {
    passThroughRefused: () => undefined,
    pause: (until, mode = 'block') => void (paused = { mode, since: now(), until }),
    resume: () => void (paused = undefined),
    get paused() {
      return paused;
    },
  };
}

const desktopState: DesktopState = {
  platform: 'linux',
  preferences: {
    ...{ language: 'system', theme: 'system', open_at_login: false, tray_title: 'off', tray_meter: false },
    ...{ shortcut: null, notices: allNotices(true), quiet_hours: null, updates: 'off' },
  },
  login: { opens: false, supported: true, reason: null },
  tray: { shown: true, reason: null },
  shortcut: { registered: false, reason: null },
  updates: {
    ...{ supported: false, reason: 'A checkout.', state: 'idle', version: null },
    ...{ progress: null, last_checked_at: null, error: null },
  },
  safe_mode: null,
};

function allNotices(on: boolean): DesktopState['preferences']['notices'] {
  return Object.fromEntries(noticeKinds.map((kind) => [kind, on])) as DesktopState['preferences']['notices'];
}

/** A desktop on which everything works at once. */
export const desktop: DesktopNeed = {
  state: () => desktopState,
  set: async () => desktopState,
  copy: async (what) => ({ cleared_after_s: what === 'base_url' ? null : 30 }),
  copyText: async () => ({ cleared_after_s: null }),
  openExternal: async (url) => url.startsWith('https:'),
  show: async () => true,
  reveal: async (id) => {
    if (id === 'nothing') throw new GatewayError('control.not_found', 'There is no such secret.');
    return true;
  },
  closeWindow: () => undefined,
  link: () => undefined,
  linkDone: () => undefined,
  checkForUpdates: async () => desktopState.updates,
  installUpdate: async () => desktopState.updates,
};
