/** Values of the config and of bundles in the words of people, by the place they stand in: never `limit_usd: 25 · action: alert`. */
import type { Strategy } from '../../shared/config/route.ts';
import { budgetPeriods, budgetScopes } from '../../shared/contract/words.ts';
import { foundKinds } from '../../shared/domain/masking.ts';
import type { MessageKey, Text } from '../text/text.ts';
import { actionText, ruleSentence, whoOf, type RuleLooks } from './policy-words.ts';

export type ValueWords = Pick<Text, 't' | 'count' | 'money' | 'percent'>;
type Fields = Readonly<Record<string, unknown>>;

/** A value of a few words, by its place. */
const words: Readonly<Record<string, Readonly<Record<string, MessageKey>>>> = {
  '/masking/min_level': { warn: 'policies.word.warn', mask: 'policies.do.mask', block: 'policies.word.block' },
  '/masking/answers': { off: 'policies.word.off', warn: 'policies.word.warn', block: 'policies.word.block' },
  '/masking/media': { pass: 'policies.word.pass', block: 'policies.word.block' },
  '/masking/on_failure': { warn: 'policies.word.warn', block: 'policies.word.block' },
  '/models/require/data_policy.training': { false: 'common.no' },
  '/routes_default': {
    continue: 'locked.access.routesDefault.continue',
    deny: 'locked.access.routesDefault.deny',
  },
  '/logging/content': {
    off: 'policies.content.off',
    metadata: 'policies.content.metadata',
    redacted: 'policies.content.redacted',
    full: 'policies.content.full',
  },
  '/logging/export': { none: 'team.value.export.none', local: 'team.value.export.local' },
  '/app/auto_update': {
    off: 'settings.updates.way.off',
    notify: 'settings.updates.way.notify',
    on: 'settings.updates.way.automatic',
  },
  '/app/allow_user_bundles': { true: 'team.value.allowed', false: 'team.value.refused' },
  '/app/allow_lan_bind': { true: 'team.value.allowed', false: 'team.value.refused' },
  '/app/allow_keyless': { true: 'team.value.allowed', false: 'team.value.refused' },
  '/app/proxy_only': { true: 'common.yes', false: 'common.no' },
  '/mode': { audit: 'team.mode.audit', enforce: 'team.value.mode.enforce' },
  '/layer': { mdm: 'team.layer.mdm', org: 'team.layer.org', team: 'team.layer.team' },
  '/offline/on_expiry': {
    warn: 'team.value.expiry.warn',
    restrict: 'team.value.expiry.restrict',
    block: 'team.value.expiry.block',
  },
  '/freshness_required': { true: 'common.yes', false: 'common.no' },
};

/** Entries with a name of their own: what of them is told, and in what words. */
const entries: readonly (readonly [lead: string, told: (fields: Fields, text: ValueWords) => Told])[] = [
  ['/budgets/', budgetTold],
  ['/rate_limits/', rateTold],
  ['/firewall/', ruleTold],
  ['/masking/detectors/', maskTold],
  ['/masking/patterns/', maskTold],
  ['/models/aliases/', routeTold],
  ['/routes/', routeTold],
  ['/providers/define/', providerTold],
  ['/templates/', templateTold],
];

interface Told {
  readonly text: string;
  /** Fields that need no telling any more; what else there is follows as it is written. */
  readonly done: readonly string[];
}

/** `undefined` where there are no better words for it than its own. */
export function toldInWords(pointer: string, value: unknown, text: ValueWords): ValueInWords | undefined {
  const place = plainPlace(pointer);
  if (value === undefined || value === null) return undefined;
  if (place === '/models/require/data_policy.retention' && typeof value === 'number')
    return { text: text.t('locked.access.retention.days', { count: value }), rest: {} };
  const known = Object.hasOwn(words, place) ? words[place] : undefined;
  if (known !== undefined) {
    const key = typeof value === 'string' || typeof value === 'boolean' ? String(value) : '';
    const word = Object.hasOwn(known, key) ? known[key] : undefined;
    return word === undefined ? undefined : { text: text.t(word), rest: {} };
  }
  const entry = entries.find(([lead]) => place.startsWith(lead) && place.length > lead.length);
  if (entry === undefined || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { text: told, done } = entry[1](value as Fields, text);
  if (told === '') return undefined;
  return { text: told, rest: Object.fromEntries(Object.entries(value).filter(([name]) => !done.includes(name))) };
}

export interface ValueInWords {
  readonly text: string;
  /** What of it has no words here. */
  readonly rest: Fields;
}

/** Without the part of the bundle it stands in: `/enforced/models/deny` is `/models/deny`. */
export function plainPlace(pointer: string): string {
  return pointer.replace(/^\/(?:enforced|defaults)(?=\/)/, '');
}

// ---------------------------------------------------------------- money and rates

function budgetTold(fields: Fields, { t, money, percent }: ValueWords): Told {
  const scope = budgetScopes.find((one) => one === fields['scope']);
  const period = budgetPeriods.find((one) => one === fields['period']);
  const { limit_usd: limit, match, action = 'reject', alert_at: alerts } = fields;
  if (scope === undefined || period === undefined || typeof limit !== 'string') return { text: '', done: [] };
  const sentence = t('policies.budget.sentence', {
    who: whoOf(scope, typeof match === 'string' ? match : null, t),
    limit: money(limit),
    period: t(`policies.period.${period}`),
    action: actionText(String(action), t),
  });
  const shares = Array.isArray(alerts) ? alerts.filter((one) => typeof one === 'number') : [];
  const told = shares.map((one) => percent(one)).join(', ');
  return {
    text: told === '' ? sentence : `${sentence} ${t('team.value.alerts', { shares: told })}`,
    done: ['id', 'scope', 'match', 'limit_usd', 'period', 'action', 'alert_at'],
  };
}

const rates = [
  ['rpm', 'policies.limit.rpm'],
  ['tpm', 'policies.limit.tpm'],
  ['max_parallel_requests', 'policies.limit.parallel'],
] as const;

function rateTold(fields: Fields, { t, count }: ValueWords): Told {
  const scope = budgetScopes.find((one) => one === fields['scope']);
  if (scope === undefined) return { text: '', done: [] };
  const { match } = fields;
  const figures = rates.flatMap(([name, label]) => {
    const figure = fields[name];
    return typeof figure === 'number' ? [`${t(label)}: ${count(figure)}`] : [];
  });
  const text = [whoOf(scope, typeof match === 'string' ? match : null, t), ...figures].join(' · ');
  return { text, done: ['id', 'scope', 'match', ...rates.map(([name]) => name)] };
}

// ---------------------------------------------------------------- what leaves

const ruleActions: Readonly<Record<string, MessageKey>> = {
  block: 'policies.action.block',
  require_justification: 'policies.action.require_justification',
  strip: 'policies.action.strip',
  warn: 'policies.action.warn',
  log: 'policies.action.log',
};

function ruleTold(fields: Fields, { t }: ValueWords): Told {
  const { action: named = 'block' } = fields;
  const action = typeof named === 'string' && Object.hasOwn(ruleActions, named) ? ruleActions[named] : undefined;
  const looks = ruleLooks(fields);
  if (action === undefined || looks === undefined) return { text: '', done: [] };
  const { message } = fields;
  const told = typeof message === 'string' && message !== '' ? ` · “${message}”` : '';
  return {
    text: `${t(action)}: ${ruleSentence(looks, t)}${told}`,
    done: ['id', 'action', 'detect', 'pattern', 'topics', 'when', 'in', 'message'],
  };
}

const rulePlaces = ['system', 'user', 'assistant', 'tool', 'answer'] as const;

/** Only what there are words for. */
function ruleLooks({ detect, pattern, topics, when, in: places }: Fields): RuleLooks | undefined {
  const known = [...foundKinds, 'prompt_injection', 'system_prompt_leak'].find((one) => one === detect);
  if (detect !== undefined && known === undefined) return undefined;
  return {
    ...(known === undefined ? {} : { detect: known as NonNullable<RuleLooks['detect']> }),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(Array.isArray(topics) ? { topics: topics.filter((one) => typeof one === 'string') } : {}),
    ...(when === undefined ? {} : { when: when as RuleLooks['when'] }),
    ...(Array.isArray(places) ? { in: rulePlaces.filter((one) => places.includes(one)) } : {}),
  };
}

const maskModes: Readonly<Record<string, MessageKey>> = {
  mask: 'policies.mode.mask',
  block: 'policies.mode.block',
  warn: 'policies.mode.warn',
  off: 'policies.mode.off',
};

function maskTold(fields: Fields, { t }: ValueWords): Told {
  const { pattern, mode = 'mask', restore, replace } = fields;
  const word = maskModes[String(mode)];
  if (word === undefined) return { text: '', done: [] };
  const isKept = replace === 'hash' || restore === false;
  const told = [
    ...(typeof pattern === 'string' ? [pattern] : []),
    t(word),
    ...(mode === 'mask' && isKept ? [t('team.value.notRestored')] : []),
  ];
  return {
    text: told.join(' · '),
    done: ['id', 'pattern', 'mode', 'restore', ...(replace === 'format' ? [] : ['replace'])],
  };
}

// ---------------------------------------------------------------- who answers

/** But one after the other, which their order says by itself. */
const strategies: readonly Strategy[] = [
  ...(['single', 'weighted', 'lowest_cost', 'lowest_latency', 'least_busy', 'conditional', 'auto'] as const),
];
/** What every route falls back on unless it says otherwise. */
const usualReasons = JSON.stringify({ on: ['error', 'timeout', 'ttft', 'rate_limited'] });

function routeTold(fields: Fields, { t }: ValueWords): Told {
  const { targets, on_break: onBreak, fallbacks } = fields;
  if (!Array.isArray(targets)) return { text: '', done: [] };
  const strategy = strategies.find((one) => one === fields['strategy']);
  const names = targets.map(targetName).join(strategy === undefined ? ' → ' : ', ');
  // What every route does unless it says otherwise is no news.
  const usual = [
    ...(onBreak === 'fail' ? ['on_break'] : []),
    ...(JSON.stringify(fallbacks) === usualReasons ? ['fallbacks'] : []),
  ];
  return {
    text: strategy === undefined || targets.length < 2 ? names : `${t(`routes.strategy.${strategy}`)}: ${names}`,
    done: ['id', 'alias', 'strategy', 'targets', ...usual],
  };
}

function targetName(target: unknown): string {
  if (typeof target === 'string') return target;
  const { provider, model, alias } = (target ?? {}) as Fields;
  return typeof alias === 'string' ? alias : [provider, model].filter((one) => typeof one === 'string').join('/');
}

function providerTold({ kind, base_url: address }: Fields): Told {
  return {
    text: [kind, address].filter((one) => typeof one === 'string').join(', '),
    done: ['id', 'kind', 'base_url'],
  };
}

function templateTold({ title, body }: Fields): Told {
  const told = [title, body].filter((one) => typeof one === 'string');
  return { text: told.join(': '), done: ['id', 'title', 'body', 'variables'] };
}
