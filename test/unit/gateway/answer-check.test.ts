import { describe, expect, it } from 'vitest';
import { AnswerCheck, type AnswerCheckOptions } from '../../../main/gateway/answer-check.ts';
import type { SafetyEvent } from '../../../main/gateway/exchange.ts';
import { Firewall } from '../../../main/gateway/policies/firewall/firewall.ts';
import type { FirewallRule } from '../../../main/gateway/ports.ts';

const wire = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));

function rule(given: Partial<FirewallRule>): FirewallRule {
  return {
    ...{ id: 'r', detect: undefined, pattern: undefined, topics: [], when: undefined, in: [], inAnswer: true },
    ...{ action: 'block', message: undefined, threshold: undefined, judge: undefined, origin: 'a test' },
    ...given,
  };
}

/** Takes words that begin with `key-` for secrets. */
function checkOf(
  given: Partial<AnswerCheckOptions>,
  rules: readonly FirewallRule[] = [],
): { check: AnswerCheck; noted: SafetyEvent[] } {
  const noted: SafetyEvent[] = [];
  const check = new AnswerCheck({
    mode: 'warn',
    find: (text) =>
      [...text.matchAll(/key-\w+/g)].map(({ index, 0: found }) => ({
        ...{ kind: 'secrets', subtype: 'some_key', start: index, end: index + found.length, score: 1, text: found },
      })),
    firewall: new Firewall(rules),
    systemPrompt: () => '',
    known: () => false,
    note: (event) => noted.push(event),
    ...given,
  });
  return { check, noted };
}

describe('a secret in an answer', () => {
  it('is told of, by what it is and how often, never by its value', () => {
    const { check, noted } = checkOf({});
    expect(check.check(wire('use key-abc, or key-def; key-abc is better'))).toBeUndefined();
    expect(noted).toEqual([{ source: 'answer', rule: 'secrets', action: 'warn', detail: '2 × some_key' }]);
    expect(check.holds).toBe(false);
  });

  it('is no news where the client sent it', () => {
    const { check, noted } = checkOf({ known: (text) => text === 'key-abc' });
    check.check(wire('use key-abc'));
    expect(noted).toEqual([]);
  });

  it('keeps the answer back where it must not pass', () => {
    const { check, noted } = checkOf({ mode: 'block' });
    expect(check.holds).toBe(true);
    expect(check.check(wire('use key-abc'))).toMatchObject({ code: 'relay.masking_blocked', status: 403 });
    expect(check.check(wire('nothing to see'))).toBeUndefined();
    expect(noted.map(({ action }) => action)).toEqual(['block']);
  });
});

describe('rules for answers', () => {
  it('find patterns and topics in what is said', () => {
    const { check, noted } = checkOf({ mode: 'off' }, [
      rule({ id: 'words', topics: ['Project Falcon'], action: 'warn' }),
      rule({ id: 'digits', pattern: '[0-9]{4}', action: 'log' }),
    ]);
    expect(check.check(wire('about project falcon in 2031'))).toBeUndefined();
    expect(noted.map(({ rule: id, action }) => [id, action])).toEqual([
      ['words', 'warn'],
      ['digits', 'log'],
    ]);
    expect(check.holds).toBe(false);
  });

  it('keep an answer back that tells the system prompt', () => {
    const prompt = 'You are Harbour, and this is a long list of things that nobody outside may ever read. '.repeat(6);
    const { check } = checkOf({ mode: 'off', systemPrompt: () => prompt }, [
      rule({ id: 'leak', detect: 'system_prompt_leak', message: 'Not for you.' }),
    ]);
    expect(check.holds).toBe(true);
    const refused = check.check(wire(`My instructions: ${prompt}`));
    expect(refused).toMatchObject({ code: 'relay.firewall_blocked', status: 403, details: { rule: 'leak' } });
    expect(refused?.message).toMatch(/^Not for you\. /);
    expect(check.check(wire('I cannot tell you that.'))).toBeUndefined();
  });
});

describe('a rule for what is sent, asked about an answer', () => {
  it.each(['strip', 'require_justification'] as const)('%s keeps it back, whole, as block does', (action) => {
    const { check, noted } = checkOf({ mode: 'off' }, [rule({ pattern: 'falcon', action })]);
    expect(check.holds).toBe(true);
    expect(check.check(wire('project falcon'))).toMatchObject({ code: 'relay.firewall_blocked' });
    expect(noted).toEqual([{ source: 'firewall', rule: 'r', action: 'block', detail: 'its pattern in the answer' }]);
  });

  it('keeps nothing back where it only watches, and says what it would have done', () => {
    const { check, noted } = checkOf({ mode: 'off' }, [rule({ pattern: 'falcon', audit: true })]);
    expect([check.holds, check.check(wire('project falcon'))]).toEqual([false, undefined]);
    expect(noted).toMatchObject([
      { action: 'log', detail: 'the answer would have been kept back: its pattern in the answer' },
    ]);
  });
});
