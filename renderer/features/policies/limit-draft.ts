/** A limit of requests or tokens while it is edited, and what the file says of it. */
import type { RateLimitSettings } from '../../../shared/config/policy.ts';

export const limitScopes = ['global', 'key', 'team', 'provider', 'model'] as const;

export interface LimitDraft {
  readonly id: string;
  readonly scope: RateLimitSettings['scope'];
  readonly match: string;
  readonly rpm: string;
  readonly tpm: string;
  readonly parallel: string;
}

export const freshLimit: LimitDraft = { id: '', scope: 'key', match: '', rpm: '60', tpm: '', parallel: '' };

export function draftOfLimit(limit: RateLimitSettings): LimitDraft {
  const { id, scope, match = '', rpm, tpm, max_parallel_requests } = limit;
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return { id, scope, match, rpm: text(rpm), tpm: text(tpm), parallel: text(max_parallel_requests) };
}

/** What is no number is passed on as it is, so that the check of the file names it. What the form does not show of `before` stays. */
export function limitOfDraft(
  { id, scope, match, rpm, tpm, parallel }: LimitDraft,
  before?: RateLimitSettings,
): Record<string, unknown> {
  const count = (name: string, text: string): Record<string, unknown> => {
    const typed = text.trim();
    return typed === '' ? {} : { [name]: /^\d+$/.test(typed) ? Number(typed) : typed };
  };
  return {
    ...{ id, scope },
    ...(match.trim() === '' || scope === 'global' ? {} : { match: match.trim() }),
    ...count('rpm', rpm),
    ...count('tpm', tpm),
    ...count('max_parallel_requests', parallel),
    ...(before?.burst === undefined ? {} : { burst: before.burst }),
    ...(before?.when === undefined ? {} : { when: before.when }),
  };
}
