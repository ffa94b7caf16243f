/** Diagnostics that hold nothing of anybody's, and the search over settings. */
import { describe, expect, it } from 'vitest';
import { diagnosticsOf } from '../../../../renderer/features/settings/diagnostics.ts';
import { foundSections } from '../../../../renderer/features/settings/rows.ts';
import type { AppSnapshot } from '../../../../shared/contract/snapshot.ts';

const mine = 'PRIVATE';
const problem = { file: `/${mine}/sluice.yaml`, line: 1, column: 1, path: mine, problem: mine, mend: mine };
const sums: AppSnapshot['today'] = {
  ...{ requests: 7, errors: 2, input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 },
  ...{ cost_usd: '1', known_cost_usd: '1', unknown_costs: 0, cache_hit_rate: null, cached: 0, cache_saved_usd: '0' },
};

/** A name of its owner in every place that can hold one. */
const snapshot: AppSnapshot = {
  status: {
    ...{ pid: 1, version: '1.2.3', started_at: '2026-11-29T00:00:00Z', uptime_ms: 61_000, data_directory: `/${mine}` },
    gateway: { urls: [`http://${mine}:1`], providers: 1, routes: 1, keys: 1, running: 3 },
    config: {
      ...{ file: `/${mine}`, snapshot: `sha256:${mine}`, problems: [problem] },
      ...{ warnings: [problem, problem], export_refused: mine },
    },
    ledger: {
      ...{
        state: 'failing',
        reason: mine,
        waiting: 4,
        dropped_opens: 0,
        dropped_closes: 1,
        interrupted: 0,
        notices: [mine],
      },
      journal: { state: 'writing', reason: mine },
    },
    health: [
      {
        ...{ provider: mine, model: mine, credential: mine, state: 'open', why: mine, until: null, ttft_p50_ms: null },
        ...{ ttft_p95_ms: null, tokens_per_second: null, running: 0, calls: 1, failures: 1, needs_attention: false },
      },
    ],
    ...{ offline: false, paused: null, pass_through_refused: null, bundles: [] },
  },
  host: { kind: 'headless' },
  model_choice: mine,
  profiles: [{ id: mine, name: mine }],
  profile: mine,
  providers: [
    {
      ...{
        id: mine,
        kind: 'openai',
        label: mine,
        base_url: `https://${mine}`,
        local: false,
        keyless: false,
        keys: [],
        models: 1,
      },
      ...{ proxy: mine, origin: { source: 'you', where: mine, locked: false, reason: mine } },
    },
  ],
  routes: [{ id: mine, alias: mine, strategy: mine, targets: [mine], origin: mine }],
  ...{ keys: [], budgets: [], favourites: [mine], welcomed: true, today: sums },
  policies: { masking: true, firewall: 2, recording: 'metadata', retention_days: 30 },
};

describe('diagnostics', () => {
  const text = diagnosticsOf({
    ...{ snapshot, userAgent: 'Browser/1', language: 'en', connection: 'live' },
    errors: ['upstream.503', 'upstream.503', null, `${mine} said no`],
  });

  it('holds no name, path or text of anybody', () => {
    expect(text).not.toContain(mine);
  });

  it('says what a report needs', () => {
    for (const line of ['sluice: 1.2.3', 'running: 3', 'providers: openai 1', 'config: problems 1, warnings 2'])
      expect(text.split('\n')).toContain(line);
    expect(text).toContain('errors: upstream.503 2, other 1');
    expect(text).toContain('ledger: failing, waiting 4, dropped 0/1');
  });
});

describe('the search over settings', () => {
  const sections = [
    { id: 'a', title: 'General', rows: [{ id: 'theme', label: 'Theme', words: 'dark light', content: null }] },
    { id: 'b', title: 'Network', rows: [{ id: 'port', label: 'Port', hint: 'Where it listens', content: null }] },
  ];
  const ids = (sought: string): readonly string[] =>
    foundSections(sections, sought).flatMap(({ rows }) => rows.map(({ id }) => id));

  it('finds by name, hint, further words and section, all of them', () => {
    expect(ids('')).toEqual(['theme', 'port']);
    expect(ids('DARK')).toEqual(['theme']);
    expect(ids('network listens')).toEqual(['port']);
    expect(ids('dark listens')).toEqual([]);
  });
});
