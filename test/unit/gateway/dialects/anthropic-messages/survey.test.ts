import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import type { Survey } from '../../../../../main/gateway/dialects/dialect.ts';
import { anthropicMessages } from '../../../../../main/gateway/dialects/anthropic-messages/anthropic-messages.ts';
import { capturedBodies, surveyed } from '../support.ts';

const of = (body: unknown): Survey => surveyed(anthropicMessages, body);
const saying = (...content: unknown[]): Survey => of({ messages: [{ role: 'user', content }] });

/** As captured, with the ends of elements that were cut off. */
const code = capturedBodies('claude-code', /\/messages/).map(
  (body) =>
    JSON.parse(JSON.stringify(body), (_name, value: unknown) => {
      const opened = typeof value === 'string' ? /^<([a-z-]+)>[^]* characters in all>$/.exec(value)?.[1] : undefined;
      return opened === undefined ? value : `${String(value)}</${opened}>`;
    }) as JsonObject,
);

describe('contents', () => {
  const base64 = { type: 'base64', media_type: 'application/pdf', data: 'QUJD' };

  it('are found in a tool’s result and inside a document too', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJDRA==' } };
    expect(saying({ type: 'tool_result', tool_use_id: 't', content: [image] }).has('image')).toBe(true);
    const nested = saying({
      type: 'document',
      source: { type: 'content', content: [image, { type: 'text', text: 'x' }] },
    });
    expect([nested.has('image'), nested.has('pdf')]).toEqual([true, false]);
    expect(nested.media()).toEqual({ bytes: 8, count: 1 });
  });

  it('take a document for a PDF unless it is a text', () => {
    for (const source of [base64, { type: 'url', url: 'https://x.test/a.pdf' }, { type: 'file', file_id: 'file_1' }])
      expect(saying({ type: 'document', source }).has('pdf')).toBe(true);
    const text = saying({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain words' } });
    expect([text.has('pdf'), [...text.texts(['user'])], text.media().count]).toEqual([false, ['plain words'], 0]);
  });

  it.each([
    [
      'a block',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }] },
    ],
    [
      'the system prompt',
      { messages: [], system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
    ],
    [
      'a tool',
      { messages: [], tools: [{ name: 'a' }, { name: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ],
    ['the body', { messages: [], cache_control: { type: 'ephemeral' } }],
    [
      'a result',
      {
        messages: [
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x', cache_control: {} }] },
        ],
      },
    ],
  ])('see a mark of the cache on %s', (_place, body) => {
    expect(of(body).has('cache_control')).toBe(true);
  });

  it('see no mark where it is null', () => {
    expect(saying({ type: 'text', text: 'x', cache_control: null }).has('cache_control')).toBe(false);
  });

  it('know an answer bound by a schema in the new field and the old', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    expect(of({ messages: [], output_config: { format } }).has('json_schema')).toBe(true);
    expect(of({ messages: [], output_format: format }).has('json_schema')).toBe(true);
    expect(of({ messages: [], output_config: { effort: 'high' } }).has('json_schema')).toBe(false);
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, true],
    [{ thinking: { type: 'adaptive' } }, true],
    [{ output_config: { effort: 'high' } }, true],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, false],
    [{}, false],
  ])('asks for reasoning: %j', (fields, asks) => {
    expect(of({ messages: [], ...fields }).has('reasoning')).toBe(asks);
  });

  it('have no tools in an empty list', () => {
    for (const tools of [[], null, 'x', {}]) expect(of({ messages: [], tools }).has('tools')).toBe(false);
  });
});

describe('ties to a provider', () => {
  it.each([
    [
      'a file',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }] }] },
    ],
    [
      'a file for the container',
      { messages: [{ role: 'user', content: [{ type: 'container_upload', file_id: 'file_1' }] }] },
    ],
    ['a container', { messages: [], container: 'container_1' }],
    ['a container with skills', { messages: [], container: { id: 'container_1', skills: [] } }],
    ['a thread', { messages: [], thread: { type: 'continue', previous_message_id: 'msg_1' } }],
  ])('%s', (_what, body) => {
    expect(of(body).hasProviderIds()).toBe(true);
  });

  it('a container that is null is none', () => {
    expect(of({ messages: [], container: null }).hasProviderIds()).toBe(false);
  });

  it('reasoning is signed only when there is a signature', () => {
    const thinking = (block: JsonObject): Survey => of({ messages: [{ role: 'assistant', content: [block] }] });
    expect(thinking({ type: 'thinking', thinking: 'x', signature: 'abc' }).hasSignedReasoning()).toBe(true);
    expect(thinking({ type: 'thinking', thinking: 'x', signature: '' }).hasSignedReasoning()).toBe(false);
    expect(thinking({ type: 'redacted_thinking', data: 'abc' }).hasSignedReasoning()).toBe(true);
  });

  it('a loop is open while the last word is a result, notes of the agent behind it or not', () => {
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] };
    expect(of({ messages: [call, result] }).isToolLoop()).toBe(true);
    expect(
      of({ messages: [call, result, { role: 'system', content: '<total_tokens>1 left</total_tokens>' }] }).isToolLoop(),
    ).toBe(true);
    expect(
      of({
        messages: [call, result, { role: 'assistant', content: 'ok' }, { role: 'user', content: 'go on' }],
      }).isToolLoop(),
    ).toBe(false);
    expect(of({ messages: [call] }).isToolLoop()).toBe(false);
  });
});

describe('the session', () => {
  it('of Claude Code stands in its user id, as an object or in one word', () => {
    expect(of(code[0]).sessionId()).toEqual({ id: 'fb1f7ea8-b7ab-4396-a7c9-d425a9c0228d', field: 'metadata.user_id' });
    const word = 'user_928ff1_account__session_fb1f7ea8-b7ab-4396-a7c9-d425a9c0228d';
    expect(of({ messages: [], metadata: { user_id: word } }).sessionId()?.id).toBe(
      'fb1f7ea8-b7ab-4396-a7c9-d425a9c0228d',
    );
  });

  it('is not told by a user alone', () => {
    for (const user_id of ['u1', '{"session_id":5}', '{broken', '{}', 'user_1_session_', 7, null])
      expect(of({ messages: [], metadata: { user_id } }).sessionId()).toBeUndefined();
  });
});

describe('the opening', () => {
  it('is the same on every call of one conversation of Claude Code, and another in another', () => {
    // The fourth and the sixth capture are the next turns of the third and the fifth, the eighth of the seventh.
    const openings = code.map((body) => of(body).opening());
    expect(openings.every((opening) => opening !== undefined)).toBe(true);
    expect(openings[3]).toBe(openings[2]);
    expect(openings[5]).toBe(openings[4]);
    expect(openings[7]).toBe(openings[6]);
    expect(new Set(openings).size).toBe(6);
  });

  it('does not hold what varies: the bill, the date, the counters, marks of the cache', () => {
    const body = (version: string, date: string, left: string, mark: object): unknown => ({
      system: [
        { type: 'text', text: `x-anthropic-billing-header: cc_version=${version}; cc_entrypoint=cli;` },
        { type: 'text', text: `You help. <env>Today is ${date}</env> The time is ${date}.`, ...mark },
      ],
      tools: [{ name: 'a', input_schema: {}, ...mark }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: `<system-reminder>${left} tokens left</system-reminder>` },
            { type: 'text', text: 'mend the 3 tests', ...mark },
          ],
        },
      ],
    });
    const marked = { cache_control: { type: 'ephemeral' } };
    const one = of(body('2.1.1', 'Sunday, 22 November 2026 at 9:15 PM', '15000', marked)).opening();
    // The mark stays on one of the tools; on which text it stands makes no difference.
    const two = of(body('2.1.2', 'Monday, 7 December 2026 at 10:01 AM', '9', marked)).opening();
    expect(one).toBe(two);
    expect(one).toContain('mend the 3 tests');
    expect(one).not.toContain('billing');
  });

  it('differs where the question, the system prompt or the tools do', () => {
    const body = { system: 'be brief', tools: [{ name: 'a' }], messages: [{ role: 'user', content: 'one' }] };
    const openings = [
      body,
      { ...body, system: 'be long' },
      { ...body, tools: [{ name: 'b' }] },
      { ...body, messages: [{ role: 'user', content: 'two' }] },
    ].map((one) => of(one).opening());
    expect(new Set(openings).size).toBe(4);
  });

  it('stays while the conversation grows', () => {
    const first = { system: 's', messages: [{ role: 'user', content: 'one' }] };
    const next = {
      system: 's',
      messages: [...first.messages, { role: 'assistant', content: 'a' }, { role: 'user', content: 'two' }],
    };
    expect(of(next).opening()).toBe(of(first).opening());
  });

  it('of a picture without a word is told by the picture', () => {
    const picture = (data: string): Survey =>
      saying({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
    expect(picture('QUJD').opening()).toBeDefined();
    expect(picture('QUJD').opening()).not.toBe(picture('QUJDREVG').opening());
  });

  it('is missing where no user speaks', () => {
    expect(of({ system: 's', messages: [] }).opening()).toBeUndefined();
    expect(of({ system: 's' }).opening()).toBeUndefined();
  });
});

describe('what the user said last', () => {
  it('is the prompt, not what the agent put beside it', () => {
    expect(code.map((body) => of(body).lastUserText())).toEqual([
      'ping-1',
      'ping-2',
      'TOOLCALL:Bash run it',
      'TOOLCALL:Bash run it',
      'TOOLCALL:Read FILE=/home/user/project/marker.txt',
      'TOOLCALL:Read FILE=/home/user/project/marker.txt',
      'TOOLCALL:Bash run it',
      'TOOLCALL:Bash run it',
      'ping-3',
    ]);
  });
});
