import { describe, expect, it } from 'vitest';
import { createText } from '../../../../shared/text/text.ts';
import { en } from '../../../../renderer/text/en.ts';
import { entryOfOrigin, exceptionText, valueText, webAddress } from '../../../../renderer/ui/team-value.ts';
import { entry } from './entries.ts';

const text = createText('en', 'en-US', en);

describe('a value that a bundle decided', () => {
  it.each([
    [true, 'on'],
    [false, 'off'],
    [32_000, '32,000'],
    [{ alert_at: [0.8] }, 'alert_at: 0.8'],
    [null, '—'],
    ['block', 'block'],
    [[], 'nothing'],
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'a, b, c, d, e, f and 2 more'],
    [{ count: 20_000 }, '20,000 words'],
    [{ id: 'calm', rpm: 600, topics: [], auth: { slot: 'main' } }, 'rpm: 600 · auth: {"slot":"main"}'],
  ])('%j reads as %s', (value, expected) => {
    expect(valueText(value, text)).toBe(expected);
  });

  it('is cut short where it is long', () => {
    expect(valueText('x'.repeat(5_000), text).length).toBeLessThan(300);
  });
});

describe('the request for an exception', () => {
  it('names bundle, line, rule, value, reason and reference, and what the file says as what is wanted', () => {
    const given = entry('/masking/enabled', true, { reason: 'Customer data', ref: 'DPO-7', yours: false });
    expect(exceptionText(given, text).split('\n')).toEqual([
      'Request for an exception (Sluice)',
      'Team bundle: acme-core@12, line 58',
      'Rule: /masking/enabled',
      'In force: on',
      'Reason given: Customer data',
      'Reference: DPO-7',
      '',
      'Wanted instead: off',
      'Why:',
    ]);
  });

  it('leaves out what nobody said', () => {
    const bare = entryOfOrigin({
      source: 'team',
      where: 'team bundle acme-core@12, line 58',
      locked: true,
      reason: null,
    });
    expect(exceptionText(bare, text).split('\n')).toEqual([
      'Request for an exception (Sluice)',
      'Team bundle: acme-core@12, line 58',
      '',
      'Wanted instead:',
      'Why:',
    ]);
  });
});

describe('what the reading of the config tells', () => {
  it('says who, where and whether it is locked', () => {
    const locked = { source: 'team', where: 'team bundle acme-core@12, line 58', locked: true, reason: 'Why' } as const;
    expect(entryOfOrigin(locked)).toMatchObject({ bundle: 'acme-core@12', line: 58, mode: 'enforced', reason: 'Why' });
    expect(entryOfOrigin({ ...locked, locked: false }).mode).toBe('default');
  });
});

describe('an address in a bundle', () => {
  it('leads somewhere only over the web', () => {
    expect(webAddress('https://wiki.acme.example/llm')).toBe('https://wiki.acme.example/llm');
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'wiki', '', null, undefined])
      expect(webAddress(url)).toBeUndefined();
  });
});
