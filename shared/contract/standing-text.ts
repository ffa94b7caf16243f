/** The same in words, for tray and popover: each says what it knows of, and an unknown sum is never 0 (UX-43). */
import type { Language, Values } from '../text/words.ts';
import type { AppSnapshot } from './snapshot.ts';
import { nameOf, type BundleTrouble, type Issue, type Standing, type StandingBudget } from './standing.ts';

type Key =
  | `tray.${'running' | 'attention' | 'paused' | 'stopped'}`
  | `tray.status.${'running' | 'attention' | 'stopped' | 'block' | 'blockUntil' | 'pass' | 'passUntil'}`
  | `tray.spend${'' | '.budget' | '.named'}`
  | `tray.issue.${'listen' | 'offline' | 'unknown' | 'config' | 'ledger' | 'readOnly' | 'budget' | 'exhausted'}`
  | `tray.issue.${'key' | 'refused' | 'refusedWhy' | 'resting' | 'restingUntil' | 'served' | 'failures' | 'failuresMany'}`
  | `tray.issue.bundle.${BundleTrouble}`
  | 'tray.budget.all'
  | 'tray.pause.pass.rule'
  | 'tray.model.via';

/** What of a catalogue and its formats is needed here. */
export interface StandingWords {
  readonly locale: string;
  readonly t: (key: Key, values?: Values) => string;
  readonly money: (usd: string | null) => string;
  readonly sum: (usd: string | null, known: string) => string;
  readonly percent: (share: number) => string;
  readonly dateTime: (at: string) => string;
}

/** As many failed requests as are counted. */
export const countedFailures = 50;

/** `Running on 127.0.0.1:4790`, `Paused by you until 14:30: requests are refused`. */
export function statusText({ state, address, paused }: Standing, words: StandingWords, now: number): string {
  if (paused !== null && state === 'paused') {
    const mode = paused.mode === 'block' ? 'block' : 'pass';
    return paused.until === null
      ? words.t(`tray.status.${mode}`)
      : words.t(`tray.status.${mode}Until`, { time: momentText(paused.until, words, now) });
  }
  return words.t(`tray.status.${state === 'paused' ? 'stopped' : state}`, { address: address ?? '—' });
}

/** Why requests cannot be let through: the instance says it in English, with the place in the bundle that it is because of. */
export function passRefusedText(
  refused: string,
  { t, language }: Pick<StandingWords, 't'> & { readonly language: Language },
): string {
  const [, bundle] = /\(([a-z0-9][a-z0-9-]*@\d+), line \d+\)/.exec(refused) ?? [];
  return language === 'en' || bundle === undefined ? refused : t('tray.pause.pass.rule', { bundle });
}

/** `$3.42 of $10.00 today`; a budget that is not the day's for everything stands beside what was spent today. */
export function spendText({ spent, budget }: Standing, words: StandingWords): string {
  const today = words.t('tray.spend', { spent: words.sum(spent.usd, spent.known) });
  if (budget === undefined) return today;
  const text = budgetText(budget, words);
  return budget.name === null && budget.period === 'day' ? text : `${today} · ${text}`;
}

function budgetText({ name, period, spent, limit, isKnown }: StandingBudget, words: StandingWords): string {
  const values = { spent: words.sum(isKnown ? spent : null, spent), limit: words.money(limit), period };
  return name === null ? words.t('tray.spend.budget', values) : words.t('tray.spend.named', { ...values, name });
}

export function issueText(issue: Issue, words: StandingWords, now: number): string {
  const { t } = words;
  switch (issue.kind) {
    case 'config':
      return t('tray.issue.config', { count: issue.count });
    case 'ledger':
      return t(issue.isReadOnly ? 'tray.issue.readOnly' : 'tray.issue.ledger');
    case 'budget': {
      const { name, share, isExhausted } = issue.budget;
      const values = { name: name ?? t('tray.budget.all'), share: words.percent(share), period: issue.budget.period };
      return t(isExhausted ? 'tray.issue.exhausted' : 'tray.issue.budget', values);
    }
    case 'bundle':
      return t(`tray.issue.bundle.${issue.trouble}`, { name: issue.name });
    case 'key':
      return t('tray.issue.key', { provider: issue.provider });
    case 'refused':
      return issue.reason === undefined
        ? t('tray.issue.refused', { provider: issue.provider })
        : t('tray.issue.refusedWhy', { provider: issue.provider, reason: issue.reason });
    case 'resting':
      return restingText(issue, words, now);
    case 'failures':
      return t(issue.count < countedFailures ? 'tray.issue.failures' : 'tray.issue.failuresMany', {
        count: issue.count,
      });
    default:
      return t(`tray.issue.${issue.kind}`);
  }
}

function restingText(
  { provider, until, served }: Extract<Issue, { readonly kind: 'resting' }>,
  words: StandingWords,
  now: number,
): string {
  if (served !== undefined) return words.t('tray.issue.served', { provider, other: served.by, alias: served.alias });
  return until === undefined
    ? words.t('tray.issue.resting', { provider })
    : words.t('tray.issue.restingUntil', { provider, time: momentText(until, words, now) });
}

/** The clock alone within half a day, with its date otherwise. */
function momentText(at: string, { locale, dateTime }: StandingWords, now: number): string {
  if (Date.parse(at) - now > 12 * 3_600_000) return dateTime(at);
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(Date.parse(at));
}

export interface NamedChoice {
  readonly id: string;
  readonly label: string;
}

/** What can be chosen to answer every conversation, without asking which models there are. */
export interface ModelChoices {
  /** `null`: the rules decide. */
  readonly chosen: NamedChoice | null;
  readonly favourites: readonly NamedChoice[];
  /** Those that can be asked for by their names, each once. */
  readonly aliases: readonly NamedChoice[];
}

export function modelChoices(
  snapshot: Pick<AppSnapshot, 'model_choice' | 'favourites' | 'routes' | 'providers'>,
  words: Pick<StandingWords, 't'>,
): ModelChoices {
  const { model_choice: chosen, favourites, routes } = snapshot;
  const choice = (id: string): NamedChoice => ({ id, label: modelText(id, snapshot, words) });
  const aliases = [...new Set(routes.map(({ alias }) => alias))].filter((alias) => !/[*?]/.test(alias));
  return {
    chosen: chosen === null ? null : choice(chosen),
    favourites: favourites.map(choice),
    aliases: aliases.map((alias) => ({ id: alias, label: alias })),
  };
}

/** `claude-sonnet via Anthropic`; an alias is its own name. */
function modelText(
  id: string,
  { providers, routes }: Pick<AppSnapshot, 'routes' | 'providers'>,
  { t }: Pick<StandingWords, 't'>,
): string {
  const slash = id.indexOf('/');
  const provider = providers.find((one) => one.id === id.slice(0, slash));
  if (provider === undefined || routes.some(({ alias }) => alias === id)) return id;
  return t('tray.model.via', { model: id.slice(slash + 1), provider: nameOf({ providers }, provider.id) });
}
