import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { anthropicMessages } from '../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import type { Survey } from '../../../../main/gateway/dialects/dialect.ts';
import { openaiChat } from '../../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { sessionOf } from '../../../../main/gateway/routing/session-key.ts';
import { captured, surveyed } from '../dialects/support.ts';

const chat = (body: object): Survey => surveyed(openaiChat, body);
const hello = {
  messages: [
    { role: 'system', content: 's' },
    { role: 'user', content: 'hello' },
  ],
};

describe('sessionOf', () => {
  it('goes by the first of the headers and fields there are', () => {
    const headers: Record<string, string> = {
      'x-sluice-tag-session': 'a',
      'x-claude-code-session-id': 'b',
      'session-id': 'c',
      session_id: 'd',
      agent_thread_id: 'e',
      'x-session-affinity': 'f',
      'x-session-id': 'g',
    };
    const body = { ...hello, prompt_cache_key: 'h' };
    const expected = [
      ['tag:a', 'x-sluice-tag-session'],
      ['claude-code:b', 'x-claude-code-session-id'],
      ['codex:c', 'session-id'],
      ['codex:d', 'session_id'],
      ['zed:e', 'agent_thread_id'],
      ['session:f', 'x-session-affinity'],
      ['session:g', 'x-session-id'],
      ['prompt_cache_key:h', 'prompt_cache_key'],
    ];
    const names = Object.keys(headers);
    for (const [key, source] of expected) {
      expect(sessionOf(headers, chat(body))).toEqual({ key, source });
      Reflect.deleteProperty(headers, names.shift() ?? '');
    }
    expect(sessionOf(headers, chat(hello))).toMatchObject({ source: 'opening' });
  });

  it('is the same for one conversation of Claude Code with and without its header', () => {
    const requests = captured('claude-code', /\/messages/) as (ReturnType<typeof captured>[number] & {
      headers: Record<string, string>;
    })[];
    for (const { headers, body } of requests) {
      const survey = surveyed(anthropicMessages, body);
      const key = `claude-code:${headers['x-claude-code-session-id'] ?? ''}`;
      expect(sessionOf(headers, survey)?.key).toBe(key);
      expect(sessionOf({}, survey)).toEqual({ key, source: 'metadata.user_id' });
    }
  });

  it('is the same for one thread of Codex with and without its headers', () => {
    const requests = captured('codex', /\/responses/) as (ReturnType<typeof captured>[number] & {
      headers: Record<string, string>;
    })[];
    for (const { headers, body } of requests) {
      const survey = surveyed(openaiResponses, body);
      expect(sessionOf({}, survey)?.key).toBe(sessionOf(headers, survey)?.key);
      expect(sessionOf(headers, survey)?.source).toBe('session-id');
    }
  });

  it('tells agents beside the first one apart', () => {
    const main = sessionOf({ 'x-claude-code-session-id': 'b' }, undefined);
    const helper = sessionOf({ 'x-claude-code-session-id': 'b', 'x-claude-code-agent-id': 'explore-1' }, undefined);
    expect([main?.key, helper?.key]).toEqual(['claude-code:b', 'claude-code:b/explore-1']);
    expect(sessionOf({ 'session-id': 'c', 'thread-id': 'c' }, undefined)?.key).toBe('codex:c');
    expect(sessionOf({ 'session-id': 'c', 'thread-id': 't' }, undefined)?.key).toBe('codex:c/t');
  });

  it('is told by the way a conversation opens where nothing names it', () => {
    const first = sessionOf({}, chat(hello));
    const next = sessionOf(
      {},
      chat({ messages: [...hello.messages, { role: 'assistant', content: 'hi' }, { role: 'user', content: 'more' }] }),
    );
    const other = sessionOf({}, chat({ messages: [{ role: 'user', content: 'hello' }] }));
    expect(next).toEqual(first);
    expect(other?.key).not.toBe(first?.key);
    expect(first?.key).toMatch(/^opening:[\w-]{22}$/);
  });

  it('is none where there is no conversation', () => {
    expect(sessionOf({}, undefined)).toBeUndefined();
    expect(sessionOf({ 'x-session-id': '' }, chat({ messages: [] }))).toBeUndefined();
  });

  it('takes a header that came twice for one id', () => {
    expect(sessionOf({ 'x-session-id': ['a', 'b'] }, undefined)?.key).toBe(
      sessionOf({ 'x-session-id': 'a,b' }, undefined)?.key,
    );
  });

  it('keeps no words and nothing long, whatever a client calls its session', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 200 }),
          fc.string({ maxLength: 10_000 }),
          fc.constant('tell me about falcons'),
        ),
        (id) => {
          for (const session of [
            sessionOf({ 'x-session-id': id }, undefined),
            sessionOf({}, chat({ ...hello, prompt_cache_key: id })),
          ]) {
            const key = session?.key ?? '';
            expect(key.length).toBeLessThanOrEqual(100);
            expect(key).toMatch(/^(?:[A-Za-z0-9._~:/-]*)$/);
            expect(key).not.toContain('falcons');
          }
        },
      ),
    );
  });

  it('tells two ids apart that are only told by their hash', () => {
    const key = (id: string): string | undefined => sessionOf({ 'x-session-id': id }, undefined)?.key;
    expect(key('one session of mine')).not.toBe(key('another session of mine'));
    expect(key('x'.repeat(65))).not.toBe(key('x'.repeat(66)));
    expect(key('one session of mine')).toBe(key('one session of mine'));
  });
});
