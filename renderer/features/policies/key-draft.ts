/** A virtual key while it is made or edited, and what the call is given of it. */
import type { CallInput } from '../../../shared/contract/contract.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';

export interface KeyDraft {
  readonly name: string;
  /** One in each line, or with commas between. */
  readonly models: string;
  readonly deniedModels: string;
  readonly providers: string;
  readonly deniedProviders: string;
  readonly perDay: string;
  readonly perMonth: string;
  readonly rpm: string;
  readonly tpm: string;
  readonly parallel: string;
  readonly client: string;
  readonly team: string;
  readonly user: string;
  /** `2026-12-31`; empty: never. */
  readonly expires: string;
}

export const freshKey: KeyDraft = {
  ...{ name: '', models: '', deniedModels: '', providers: '', deniedProviders: '', perDay: '', perMonth: '' },
  ...{ rpm: '', tpm: '', parallel: '', client: '', team: '', user: '', expires: '' },
};

const listText = (names: readonly string[], usual: readonly string[]): string =>
  names.length === usual.length && names.every((name, index) => name === usual[index]) ? '' : names.join(', ');

export function draftOfKey(key: KeyEntry): KeyDraft {
  const plain = (period: string): string => key.budgets.find((one) => one.period === period)?.limit_usd ?? '';
  const count = (value: number | null): string => (value === null ? '' : String(value));
  return {
    name: key.name,
    models: listText(key.allowed_models, ['*']),
    deniedModels: listText(key.denied_models, []),
    providers: listText(key.allowed_providers, ['*']),
    deniedProviders: listText(key.denied_providers, []),
    perDay: plain('day'),
    perMonth: plain('month'),
    rpm: count(key.rate_limits.rpm),
    tpm: count(key.rate_limits.tpm),
    parallel: count(key.rate_limits.max_parallel_requests),
    client: key.metadata['client'] ?? '',
    team: key.metadata['team'] ?? '',
    user: key.metadata['user'] ?? '',
    expires: key.expires_at?.slice(0, 10) ?? '',
  };
}

export function listOf(text: string): string[] {
  return [...new Set(text.split(/[,\n]/).map((one) => one.trim()))].filter((one) => one !== '');
}

export type KeyField = keyof KeyDraft;

/** Fields that cannot be sent as they are. */
export function draftProblems(draft: KeyDraft): readonly KeyField[] {
  const isAmount = (text: string): boolean =>
    text.trim() === '' || (/^\d{1,12}(\.\d{1,12})?$/.test(text.trim()) && Number(text) > 0);
  const isCount = (text: string): boolean => text.trim() === '' || (/^\d{1,9}$/.test(text.trim()) && Number(text) > 0);
  return [
    ...(draft.name.trim() === '' || draft.name.trim().length > 64 ? ['name' as const] : []),
    ...(['perDay', 'perMonth'] as const).filter((field) => !isAmount(draft[field])),
    ...(['rpm', 'tpm', 'parallel'] as const).filter((field) => !isCount(draft[field])),
  ];
}

type Settings = Omit<CallInput<'keys.update'>, 'id' | 'name'>;
type NewBudget = NonNullable<Settings['budgets']>[number];

/** What `before` has beyond the two sums of the form stays: other periods, time zones, actions. */
function budgetsOf(draft: KeyDraft, before: KeyEntry | undefined): NewBudget[] {
  const kept = before?.budgets ?? [];
  const amounts = { day: draft.perDay.trim(), month: draft.perMonth.trim() } as const;
  const asInput = ({
    limit_usd,
    period,
    timezone,
    reset_day,
    alert_at,
    action,
  }: KeyEntry['budgets'][number]): NewBudget => ({
    ...{ limit_usd, period, alert_at, action },
    ...(timezone === null ? {} : { timezone }),
    ...(reset_day === null ? {} : { reset_day }),
  });
  const changed = kept.flatMap((budget, index) => {
    const isInForm = budget.period === 'day' || budget.period === 'month';
    if (!isInForm || kept.findIndex(({ period }) => period === budget.period) !== index) return [asInput(budget)];
    const amount = amounts[budget.period as 'day' | 'month'];
    return amount === '' ? [] : [{ ...asInput(budget), limit_usd: amount }];
  });
  const fresh = (['day', 'month'] as const)
    .filter((period) => amounts[period] !== '' && !kept.some((one) => one.period === period))
    .map((period) => ({ period, limit_usd: amounts[period] }));
  return [...changed, ...fresh];
}

export function settingsOf(draft: KeyDraft, before?: KeyEntry): Settings {
  const list = (text: string): string[] | null => (listOf(text).length === 0 ? null : listOf(text));
  const count = (text: string): number | null => (text.trim() === '' ? null : Number(text));
  const budgets = budgetsOf(draft, before);
  const labels = Object.fromEntries(
    (['client', 'team', 'user'] as const).flatMap((name) => {
      const value = draft[name].trim();
      if (value === '' && before?.metadata[name] === undefined) return [];
      return [[name, value === '' ? null : value]];
    }),
  );
  const expires = draft.expires === (before?.expires_at?.slice(0, 10) ?? '') ? undefined : draft.expires;
  return {
    models: list(draft.models),
    denied_models: list(draft.deniedModels),
    providers: list(draft.providers),
    denied_providers: list(draft.deniedProviders),
    budgets: budgets.length === 0 ? null : budgets,
    rpm: count(draft.rpm),
    tpm: count(draft.tpm),
    max_parallel_requests: count(draft.parallel),
    ...(Object.keys(labels).length === 0 ? {} : { metadata: labels }),
    // The end of that day, where whoever chose it is.
    ...(expires === undefined
      ? {}
      : { expires_at: expires === '' ? null : new Date(`${expires}T23:59:59`).toISOString() }),
  };
}
