// What people are told of a new version: every change, in words, and whether it allows less or more.
import { describe, expect, it } from 'vitest';
import { describeChanges } from '../../../main/bundles/changes.ts';
import { bundleWith, defaults, enforced } from './trial-support.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `tightens /enforced/models/deny: 1 model newly blocked: x`. */
function told(before: Fields | undefined, after: Fields): string[] {
  const old = before === undefined ? undefined : bundleWith(before).payload;
  return describeChanges(old, bundleWith(after).payload).map(
    ({ effect, pointer, text }) => `${effect} ${pointer}: ${text}`,
  );
}

/** From one to another of what is enforced, and nothing else. */
const from = (before: Fields, after: Fields): string[] => told({ enforced: before }, { enforced: after });

describe('a change is told', () => {
  it('never where nothing changed but version and words of the publisher', () => {
    expect(told({}, { version: 13, changelog: 'again', issued_at: '2026-11-21T09:00:00Z' })).toEqual([]);
  });

  it('in whichever order names are written', () => {
    const budget = { id: 'day', scope: 'user', limit_usd: '1', period: 'day' };
    const again = Object.fromEntries(Object.entries(budget).reverse());
    expect(from({ budgets: [budget] }, { budgets: [again] })).toEqual([]);
  });

  it('of lists that deny, with what is new and what is gone, what tightens first', () => {
    const before = { models: { deny: ['a/x', 'a/y'] } };
    const after = { models: { deny: ['a/y', 'b/1', 'b/2', 'b/3', 'b/4', 'b/5', 'b/6'] } };
    expect(from(before, after)).toEqual([
      'tightens /enforced/models/deny: 6 models newly blocked: b/1, b/2, b/3, b/4, b/5 and 1 more',
      'loosens /enforced/models/deny: 1 model no longer blocked: a/x',
    ]);
  });

  it('of lists that allow: none allows all', () => {
    const some = { providers: { allow: ['openai', 'ollama'] } };
    expect(from({}, some)).toEqual(['tightens /enforced/providers/allow: Only 2 providers allowed: openai, ollama']);
    expect(from(some, {})).toEqual([
      'loosens /enforced/providers/allow: Every provider is allowed; before only openai, ollama',
    ]);
    expect(from(some, { providers: { allow: ['openai', 'xai'] } })).toEqual([
      'tightens /enforced/providers/allow: 1 provider no longer allowed: ollama',
      'loosens /enforced/providers/allow: 1 provider newly allowed: xai',
    ]);
    expect(from({}, { tools: { allow: [] } })).toEqual(['tightens /enforced/tools/allow: No tool is allowed any more']);
  });

  it('of limits: less is stricter, and none is the mildest', () => {
    const limit = (max_output_tokens: number): Fields => ({ models: { max_output_tokens } });
    expect(from({}, limit(32_000))).toEqual([
      'tightens /enforced/models/max_output_tokens: Most tokens of an answer: 32,000',
    ]);
    expect(from(limit(32_000), limit(64_000))).toEqual([
      'loosens /enforced/models/max_output_tokens: Most tokens of an answer: 64,000; before 32,000',
    ]);
    expect(from(limit(32_000), {})).toEqual([
      'loosens /enforced/models/max_output_tokens: Most tokens of an answer: no longer set; before 32,000',
    ]);
  });

  it('of budgets by limit and by what happens then', () => {
    const budget = (limit_usd: string, action: string): Fields => ({
      budgets: [{ id: 'day', scope: 'user', limit_usd, period: 'day', action }],
    });
    const path = '/enforced/budgets/day';
    expect(from({}, budget('25', 'reject'))).toEqual([
      `tightens ${path}: Budget "day" is new: $25 a day, by user, then reject`,
    ]);
    expect(from(budget('25', 'reject'), budget('9', 'reject'))).toEqual([
      `tightens ${path}: Budget "day": limit_usd 9 (before 25)`,
    ]);
    expect(from(budget('25', 'reject'), budget('9', 'alert'))).toEqual([
      `loosens ${path}: Budget "day": limit_usd 9 (before 25), action alert (before reject)`,
    ]);
    expect(from(budget('25', 'reject'), {})).toEqual([
      `loosens ${path}: Budget "day" is gone: $25 a day, by user, then reject`,
    ]);
  });

  it('of rules of the firewall and of masking by how severe they are', () => {
    const rule = (action: string): Fields => ({ firewall: [{ id: 'falcon', pattern: 'falcon', action }] });
    expect(from(rule('block'), rule('warn'))).toEqual([
      'loosens /enforced/firewall/falcon: Firewall rule "falcon": action warn (before block)',
    ]);
    expect(from(rule('warn'), rule('strip'))[0]).toMatch(/^tightens /);
    expect(from({}, rule('log'))[0]).toMatch(/^neutral /);
    const found = (...detectors: readonly unknown[]): Fields => ({ masking: { detectors } });
    expect(from(found('iban'), found({ id: 'iban', mode: 'block' }, 'email'))).toEqual([
      'tightens /enforced/masking/detectors/iban: Masking of "iban": mode block (before not set)',
      'tightens /enforced/masking/detectors/email: Masking of "email" is new: mask',
    ]);
    expect(from({}, found('iban'))).toEqual([
      'tightens /enforced/masking/detectors/iban: Masking of "iban" is new: mask, and what is not named of bank_account with it',
    ]);
  });

  it('of terms by their number, since they may be the secret', () => {
    const terms = (...list: readonly string[]): Fields => ({ masking: { terms: list } });
    const changes = from(terms('Falcon', 'Kestrel'), terms('Kestrel', 'Osprey', 'Merlin'));
    expect(changes).toEqual([
      'tightens /enforced/masking/terms: 2 terms newly masked',
      'loosens /enforced/masking/terms: 1 term no longer masked',
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/Falcon|Osprey/);
  });

  it('of how strictly things are recorded and done', () => {
    const before = { logging: { content: 'metadata', retention_days: 30 }, app: { allow_lan_bind: false } };
    const after = { logging: { content: 'full', retention_days: 7 }, app: { allow_lan_bind: true, proxy_only: true } };
    expect(from(before, after)).toEqual([
      'tightens /enforced/logging/retention_days: Days for which records are kept: 7; before 30',
      'tightens /enforced/app/proxy_only: Only through the proxy of the system: on',
      'loosens /enforced/logging/content: What is recorded of requests: full; before metadata',
      'loosens /enforced/app/allow_lan_bind: Listening for other machines: on; before off',
    ]);
  });

  it('of suggestions without calling them stricter or milder', () => {
    const [before, after] = [
      { models: { aliases: { best: 'a/1' } } },
      { models: { aliases: { best: 'a/2' }, deny: ['b/*'] } },
    ];
    expect(told({ defaults: before }, { defaults: after })).toEqual([
      'neutral /defaults/models/deny: Suggested: 1 model newly blocked: b/*',
      'neutral /defaults/models/aliases/best: Suggested: Alias "best" is a/2; before a/1',
    ]);
  });

  it('of the bundle as a whole', () => {
    const before = { mode: 'enforce', offline: { on_expiry: 'block' } };
    const after = { mode: 'audit', offline: { on_expiry: 'block', poll: 'PT1H' }, secrets: [] };
    expect(told(before, after)).toEqual([
      'loosens /mode: How it holds: audit; before enforce',
      'neutral /offline/poll: How often its host is asked: PT1H; before not set',
      'neutral /secrets: 1 secret slot no longer needed: azure-eu',
    ]);
  });

  it('of a first version: all that it brings', () => {
    const changes = told(undefined, { enforced, defaults });
    expect(changes).toContain('tightens /enforced/models/deny: 1 model newly blocked: */*-preview*');
    expect(changes).toContain('neutral /secrets: 1 secret slot to fill in: azure-eu');
    expect(changes.filter((text) => text.startsWith('loosens'))).toEqual([]);
  });
});
