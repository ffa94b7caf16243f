import { describe, expect, it } from 'vitest';
import { steadySystem, withoutReminders } from '../../../../main/gateway/dialects/agent-noise.ts';

describe('withoutReminders', () => {
  it.each([
    ['plain', 'plain'],
    ['a < b and c > d', 'a < b and c > d'],
    ['<system-reminder>x</system-reminder>do it', 'do it'],
    ['do <system-reminder>x</system-reminder>it<system-reminder>\ny\n</system-reminder>', 'do it'],
    ['<environment_context>\n  <cwd>/home</cwd>\n</environment_context>', ''],
    ['<task>keep me</task><environment_details>t</environment_details>', '<task>keep me</task>'],
    ['<system-reminder>never closed', '<system-reminder>never closed'],
    ['</system-reminder>', '</system-reminder>'],
  ])('%j → %j', (text, left) => {
    expect(withoutReminders(text)).toBe(left);
  });

  it('ends for a text of nothing but openings', () => {
    const text = '<env>'.repeat(200_000);
    expect(withoutReminders(text)).toBe(text);
    expect(withoutReminders(`${text}</env>x`)).toBe('x');
  });
});

describe('steadySystem', () => {
  it('is the same whatever the day, the hour and the counters', () => {
    const at = (when: string): string =>
      steadySystem(`You are a helper.\nToday's date: ${when}. Turn of 15000 tokens.`);
    expect(at('2026-11-22 09:15')).toBe(at('2026-12-07 23:59'));
    expect(at('Sunday, November 22, 2026 9:15 AM')).toBe(at('Monday, December 7, 2026 11:02 PM'));
    expect(steadySystem('call 0b8c8a0e-1c1d-4c8e-9a59-aa0c8d5e1f11')).toBe(
      steadySystem('call ffffffff-aaaa-4bbb-8ccc-1234567890ab'),
    );
  });

  it('keeps what is said', () => {
    expect(steadySystem('Never touch main.')).toBe('Never touch main.');
    expect(steadySystem('Never touch main.')).not.toBe(steadySystem('Always touch main.'));
  });

  it('has nothing of the bill', () => {
    expect(steadySystem('x-anthropic-billing-header: cc_version=2.1.330.382; cc_entrypoint=sdk-cli;')).toBe('');
  });
});
