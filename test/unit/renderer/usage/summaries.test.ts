import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  budgetSummary,
  errorSummary,
  latencySummary,
  trendSummary,
  yearSummary,
} from '../../../../renderer/features/usage/summaries.ts';
import { currentText, setLanguage, type Language, type Text } from '../../../../renderer/text/text.ts';

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
});

/** What is said in a language. */
async function said(language: Language, say: (text: Text) => string): Promise<string> {
  await setLanguage(language);
  return say(currentText()).replaceAll('\u00a0', ' ');
}

const facts = {
  measure: 'cost' as const,
  total: 12.5,
  isLeast: false,
  change: 0.25,
  largest: { name: 'opus', share: 0.6 },
  rose: { name: 'haiku', by: 2 },
};

describe('the sentence of a trend', () => {
  it('says the total, the change, the largest and what rose', async () => {
    expect(await said('en', (text) => trendSummary(text, facts))).toBe(
      '$12.50 in this range. 25% more than in the range before. Largest: opus with 60%. haiku rose most, by $2.00.',
    );
    expect(await said('de', (text) => trendSummary(text, facts))).toBe(
      '12,50 $ in diesem Zeitraum. 25 % mehr als im Zeitraum davor. Am größten: opus mit 60 %. haiku ist am stärksten gestiegen, um 2,00 $.',
    );
  });

  it('says nothing that is not known', async () => {
    const bare = { ...facts, change: null, largest: undefined, rose: undefined };
    expect(await said('en', (text) => trendSummary(text, { ...bare, isLeast: true }))).toBe(
      'At least $12.50 in this range.',
    );
    expect(await said('en', (text) => trendSummary(text, { ...bare, total: 0 }))).toBe(
      'Nothing was spent in this range.',
    );
    expect(await said('en', (text) => trendSummary(text, { ...bare, measure: 'requests', total: 0 }))).toBe(
      'Nothing in this range.',
    );
    expect(await said('en', (text) => trendSummary(text, { ...bare, measure: 'tokens', total: 1_200_000 }))).toBe(
      '1.2M tokens in this range.',
    );
    expect(await said('en', (text) => trendSummary(text, { ...bare, change: -0.5 }))).toContain('50% less');
    expect(await said('en', (text) => trendSummary(text, { ...bare, change: 0.001 }))).toContain('As much as');
  });
});

describe('the other sentences', () => {
  it('say how many failed and when most', async () => {
    const worst = { when: 'Monday', rate: 0.5 };
    expect(await said('en', (text) => errorSummary(text, { requests: 200, errors: 5, worst }))).toBe(
      '5 of 200 requests failed (2.5%). Worst: Monday with 50%.',
    );
    expect(await said('en', (text) => errorSummary(text, { requests: 200, errors: 0, worst: undefined }))).toBe(
      'None of 200 requests failed.',
    );
    expect(await said('de', (text) => errorSummary(text, { requests: 0, errors: 0, worst: undefined }))).toBe(
      'Nichts in diesem Zeitraum.',
    );
  });

  it('name the fastest and the slowest, as an estimate', async () => {
    const two = [
      { name: 'slow', p50: 3_000, p95: 9_000 },
      { name: 'fast', p50: 200, p95: null },
    ];
    expect(await said('en', (text) => latencySummary(text, two))).toBe(
      'Fastest: fast, ≈ 200 ms for half of its answers. Slowest: slow, ≈ 3 sec.',
    );
    expect(await said('en', (text) => latencySummary(text, two.slice(1)))).toBe(
      'fast: half of the answers within ≈ 200 ms, 95% within ≈ —.',
    );
    expect(await said('de', (text) => latencySummary(text, []))).toBe(
      'Keine vollständigen Antworten in diesem Zeitraum.',
    );
  });

  it('count the days of a year', async () => {
    const most = { at: new Date(2026, 10, 4).getTime(), count: 9 };
    expect(await said('en', (text) => yearSummary(text, { requests: 1_234, days: 1, most }))).toBe(
      '1,234 requests on 1 day of the past year. Most on Nov 4, 2026: 9.',
    );
    expect(await said('de', (text) => yearSummary(text, { requests: 0, days: 0, most: undefined }))).toBe(
      '0 Anfragen an 0 Tagen des vergangenen Jahres.',
    );
  });

  it('say where a budget leads only where there is a pace', async () => {
    const until = new Date(2026, 11, 1).getTime();
    const spent = { spent: 25, limit: 100, until, days: 7 };
    expect(await said('en', (text) => budgetSummary(text, { ...spent, projection: undefined }))).toBe(
      '$25.00 of $100.00 spent (25%); the window ends on Nov 30, 2026. There are too few days yet to say where it leads.',
    );
    expect(
      await said('en', (text) =>
        budgetSummary(text, { ...spent, projection: { low: 60, high: 130, verdict: 'between' } }),
      ),
    ).toContain('it will be $60.00 to $130.00: it may be more than the budget.');
    expect(
      await said('de', (text) =>
        budgetSummary(text, { ...spent, projection: { low: 110, high: 130, verdict: 'over' } }),
      ),
    ).toContain('in beiden Fällen mehr als das Budget.');
  });
});
