import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../../main/gateway/policies/budget-entries.ts';
import type { BudgetStanding, Shortage } from '../../../../main/gateway/policies/budget-types.ts';
import {
  moneyText,
  retryAfterOf,
  shortageError,
  shortageMessage,
  waitText,
  whoseText,
} from '../../../../main/gateway/policies/budget-wording.ts';
import { budgetEntry } from '../../../../shared/contract/budgets.ts';
import type { Budget } from '../../../../main/gateway/ports.ts';
import { budget, hourMs, noon, usd } from './budgets.ts';

describe('moneyText', () => {
  it.each<[bigint, string, string]>([
    [0n, '$0.00', '$0.00'],
    [5n * usd, '$5.00', '$5.00'],
    [1_204_500_000_000_000n, '$1,204.50', '$1,204.50'],
    [4_999_999_999_999n, '$4.99', '$5.00'],
    [120_000_000_000n, '$0.12', '$0.12'],
    [12_345_000_000n, '$0.0123', '$0.0124'],
    [123_456_789n, '$0.000123', '$0.000124'],
    [1n, '$0.000000000001', '$0.000000000001'],
    [999_999_999_999n, '$0.999', '$1.00'],
  ])('%d pico-USD are %s, or %s', (pico, down, up) => {
    expect(moneyText(pico)).toBe(down);
    expect(moneyText(pico, 'up')).toBe(up);
  });
});

describe('waitText', () => {
  it.each([
    [0, '1 s'],
    [58_001, '59 s'],
    [59_001, '1 min'],
    [60_000, '1 min'],
    [11_520_000, '3 h 12 min'],
    [2 * hourMs, '2 h'],
    [2 * hourMs + 1, '2 h 1 min'],
    [102 * hourMs, '4 d 6 h'],
    [72 * hourMs, '3 d'],
  ])('%d ms are %s', (ms, text) => {
    expect(waitText(ms)).toBe(text);
  });
});

describe('whoseText', () => {
  it.each<[Partial<Budget>, string, string]>([
    [{ scope: 'global' }, '', 'everyone together'],
    [{ scope: 'team', match: 'core' }, '', 'team "core"'],
    [{ scope: 'key', match: 'ci-*' }, '', 'all keys that fit "ci-*" together'],
    [{ scope: 'user' }, 'dana', 'user "dana"'],
    [{ scope: 'user' }, '-', 'everyone without a user together'],
    [{ scope: 'client' }, '*', 'all other clients together'],
    [{ scope: 'tag', match: 'project=web' }, '', 'tag "project=web"'],
    [{ scope: 'session' }, 'ide/s1', 'session "ide/s1"'],
    [{ scope: 'key', match: 'ide', period: 'session' }, 'ide/s1', 'session "ide/s1"'],
    [{ scope: 'client' }, 'x"\u001b[31m\ny', 'client "x\' y"'],
  ])('%j of %j is %s', (parts, subject, text) => {
    expect(whoseText({ budget: budget(parts), subject })).toBe(text);
  });
});

const core = budget({ id: 'core-day', scope: 'team', match: 'core' });
const short: Shortage = {
  claim: { budget: core, subject: '' },
  kind: 'short',
  remaining: 0n,
  limit: 5n * usd,
  resetsAt: noon + 11_520_000,
  reason: undefined,
  asked: usd / 5n,
  reserved: 0n,
  at: noon,
};

describe('a shortage in words', () => {
  it('names whose it is, the limit, the time to reset and the mend', () => {
    expect(shortageMessage(short)).toBe(
      'Budget "core-day" (sluice.yaml, line 58): team "core" has used $5.00 of $5.00 for the day; 3 h 12 min to reset. ' +
        '`sluice budgets raise core-day 1.00` gives more for today.',
    );
    expect(retryAfterOf(short)).toBe(11_520);
  });

  it('says what is left and what is kept back', () => {
    const some = { ...short, remaining: usd / 10n, reserved: 2n * usd };
    expect(shortageMessage(some)).toContain(
      'has used $4.90 of $5.00 for the day, $2.00 of it kept back for requests that are running; $0.10 is left, and this request may cost $0.20; 3 h 12 min to reset.',
    );
  });

  it('promises no time to a request that never fits, nor to a session', () => {
    const large = { ...short, remaining: 5n * usd, asked: 7n * usd };
    expect(shortageMessage(large)).toMatch(
      /this request may cost \$7\.00, which is more than all of it\. `sluice budgets raise core-day 2\.00`/,
    );
    expect(retryAfterOf(large)).toBeUndefined();
    const session = budget({ id: 'talk', scope: 'session', period: 'session' });
    const talk = { ...short, claim: { budget: session, subject: "ide/it's" }, resetsAt: undefined };
    expect(shortageMessage(talk)).toBe(
      `Budget "talk" (sluice.yaml, line 58): session "ide/it's" has used $5.00 of $5.00 for this session. ` +
        "`sluice budgets raise talk 1.00 --subject 'ide/it'\\''s'` gives more for this session.",
    );
    expect(retryAfterOf(talk)).toBeUndefined();
  });

  it('suggests a round sum that is enough for the request', () => {
    const raise = (limit: bigint, asked: bigint): string | undefined =>
      /raise core-day (\S+)`/.exec(
        shortageMessage({ ...short, asked, claim: { budget: { ...core, limit }, subject: '' } }),
      )?.[1];
    expect(raise(5n * usd, 1n)).toBe('1.00');
    expect(raise(10n * usd, 3n * usd)).toBe('5.00');
    expect(raise(100n * usd, 1n)).toBe('20.00');
    expect(raise(1n, 1n)).toBe('0.01');
    expect(raise(1n, 40n * usd)).toBe('50.00');
  });

  it('of what a team enforces names the rule and whom to ask, and suggests no raise', () => {
    const policy = {
      ...{ rule: 'acme-core@12:/budgets/core-day', origin: 'team bundle acme-core@12, line 58' },
      ...{ reason: 'Agreed for this year', contact: '#llm-platform' },
    };
    const text = shortageMessage({ ...short, claim: { budget: { ...core, policy }, subject: '' } });
    expect(text).toContain(
      '3 h 12 min to reset. Blocked by team policy "Agreed for this year" (acme-core@12, line 58): nobody here gives more. Ask: #llm-platform.',
    );
    expect(text).not.toContain('raise');
  });

  it('says why nothing is known', () => {
    const unknown: Shortage = { ...short, kind: 'unknown', reason: 'its journal cannot be written' };
    expect(shortageMessage(unknown)).toMatch(
      /^Budget "core-day" \(.*\) of team "core" refuses: its journal cannot be written\./,
    );
    expect(shortageError(unknown)).toMatchObject({ code: 'admit.budget_unavailable', retryAfterS: undefined });
  });

  it('is an error that names the rule, and the alias to send the request to', () => {
    expect(shortageError(short)).toMatchObject({
      ...{ code: 'admit.budget_exhausted', status: 429, retryAfterS: 11_520, details: { rule: 'core-day' } },
    });
    const downgrade = { ...core, action: { kind: 'downgrade', alias: 'cheap' } as const };
    const error = shortageError({ ...short, claim: { budget: downgrade, subject: '' } });
    expect(error.details).toEqual({ rule: 'core-day', alias: 'cheap' });
  });
});

describe('entryOf', () => {
  const standing: BudgetStanding = {
    claim: { budget: { ...core, alertAt: [0.8, 1] }, subject: '' },
    since: noon - 12 * hourMs,
    resetsAt: noon + 12 * hourMs,
    ...{ spent: 4n * usd, reserved: usd / 2n, raised: usd, alerted: [], unknown: undefined },
    exhaustedAt: noon + 3 * hourMs,
  };

  it('shows a standing as the contract has it', () => {
    const entry = entryOf(standing, noon);
    expect(budgetEntry.parse(entry)).toEqual(entry);
    expect(entry).toEqual({
      ...{ id: 'core-day', scope: 'team', match: 'core', subject: null, period: 'day' },
      ...{ since: '2026-11-25T00:00:00.000Z', resets_at: '2026-11-26T00:00:00.000Z' },
      ...{ limit_usd: '5', raised_usd: '1', spent_usd: '4', reserved_usd: '0.5', remaining_usd: '1.5' },
      ...{ action: 'reject', state: 'ok', reason: null, exhausted_at: '2026-11-25T15:00:00.000Z' },
      ...{ forecast: 'at this pace: Wednesday 15:00', origin: 'sluice.yaml, line 58', enforced: false },
    });
  });

  it.each<[Partial<BudgetStanding>, string]>([
    [{ spent: (6n * usd * 8n) / 10n, alerted: [0.8] }, 'alerted'],
    // A raise gave it room again.
    [{ raised: 5n * usd, alerted: [0.8] }, 'ok'],
    [{ spent: 6n * usd, alerted: [1] }, 'exhausted'],
    [{ spent: 6n * usd, unknown: 'lost' }, 'unknown'],
    [{ reserved: 2n * usd }, 'ok'],
  ])('%o is %s', (parts, state) => {
    expect(entryOf({ ...standing, ...parts }, noon).state).toBe(state);
  });

  it('never shows less than nothing as left, and sessions without times', () => {
    const talk = budget({
      id: 'talk',
      scope: 'session',
      period: 'session',
      action: { kind: 'downgrade', alias: 'cheap' },
    });
    const session = { ...standing, since: undefined, resetsAt: undefined, exhaustedAt: undefined, spent: 9n * usd };
    expect(entryOf({ ...session, claim: { budget: talk, subject: 'ide/s1' } }, noon)).toMatchObject({
      ...{ subject: 'ide/s1', match: null, since: null, resets_at: null, remaining_usd: '0', forecast: null },
      ...{ action: 'downgrade:cheap', state: 'exhausted' },
    });
  });
});
