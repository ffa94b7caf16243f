// What a new version would have meant for the requests of last week: told from what is recorded of them, and from nothing else.
import { describe, expect, it } from 'vitest';
import { impactOf } from '../../../main/bundles/changes.ts';
import { replay, type ImpactRow } from '../../../main/bundles/impact.ts';
import { kindsFor, syntheticSnapshot } from '../../../main/bundles/synthetic-config.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { bundleWith, now, tools } from './trial-support.ts';

type Fields = Readonly<Record<string, unknown>>;

async function under(enforced: Fields): Promise<Snapshot> {
  const bundles = [bundleWith({ enforced, defaults: {} })];
  const made = await syntheticSnapshot({ bundles, user: undefined, kinds: kindsFor(bundles), now });
  if (made.kind === 'refused') throw new Error(made.text);
  return made.snapshot;
}

const exchange = (number: number, model_asked: string, more: Partial<ImpactRow> = {}): ImpactRow => ({
  ...{ request_id: `req_${number}`, at: '2026-11-28T10:00:00Z', surface: 'chat', model_asked },
  ...{ target: model_asked, cost_usd: '0.50', error: null, ...more },
});

describe('impact', () => {
  it('counts the requests that would have been refused, and what they cost', async () => {
    const rows = [
      exchange(1, 'openai/gpt-x-preview', { cost_usd: '1.10' }),
      exchange(2, 'openai/gpt-x-preview', { surface: 'responses', cost_usd: '2' }),
      exchange(3, 'openai/gpt-5.2'),
      exchange(4, 'anthropic/claude-x-preview', { surface: 'messages', cost_usd: null }),
    ];
    const [before, after] = [await under({}), await under({ models: { deny: ['*/*-preview*'] } })];
    expect(await impactOf({ rows, before, after, decide: tools.decide })).toEqual({
      ...{ examined: 4, refused: 3, cost_usd: '3.1' },
      examples: [
        '2 × openai/gpt-x-preview: acme-core@12:/models/deny',
        '1 × anthropic/claude-x-preview: acme-core@12:/models/deny',
      ],
    });
  });

  it('says what would be let through again', async () => {
    const rows = [exchange(1, 'openai/gpt-x-preview', { target: null, error: 'admit.model_denied' })];
    const [before, after] = [await under({ models: { deny: ['*/*-preview*'] } }), await under({})];
    const { changed } = await replay({ rows, before, after, decide: tools.decide });
    expect(changed.map(({ row, kind }) => [row.request_id, kind])).toEqual([['req_1', 'allowed']]);
  });

  it('knows how much a request said', async () => {
    const usage = { input_tokens: 400, cache_read_tokens: 700, cache_write_tokens: 0 };
    const rows = [
      exchange(1, 'openai/gpt-5.2', { usage }),
      exchange(2, 'openai/gpt-5.2', { usage: { input_tokens: 900 } }),
    ];
    const [before, after] = [await under({}), await under({ models: { max_context_tokens: 1_000 } })];
    const { changed } = await replay({ rows, before, after, decide: tools.decide });
    expect(changed.map(({ row, outcome }) => [row.request_id, outcome.code])).toEqual([
      ['req_1', 'admit.context_denied'],
    ]);
  });

  it('is silent about rules of content and of money, which nobody can know', async () => {
    const rows = [exchange(1, 'openai/gpt-5.2')];
    const strict = {
      firewall: [{ id: 'all', pattern: '.', action: 'block' }],
      budgets: [{ id: 'none', scope: 'global', limit_usd: '0', period: 'day' }],
    };
    const [before, after] = [await under({}), await under(strict)];
    expect(await impactOf({ rows, before, after, decide: tools.decide })).toMatchObject({
      examined: 1,
      refused: 0,
      cost_usd: '0',
    });
  });

  it('leaves out what metadata tell too little of', async () => {
    const rows = [
      exchange(1, 'openai/gpt-5.2', { surface: 'audio' }),
      exchange(2, 'nobody/knows', { target: null, error: 'route.model_not_found' }),
      { ...exchange(3, ''), model_asked: null },
    ];
    const snapshot = await under({});
    const found = await replay({ rows, before: snapshot, after: snapshot, decide: tools.decide });
    expect(found).toEqual({ examined: 0, changed: [] });
  });
});
