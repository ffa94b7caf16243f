import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { CanonicalMessage, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { accepted, call, collectLosses, encode, mint, nova, requestOf, result, searchTool, user } from './support.ts';

const messagesOf = (body: JsonObject): { role: string; content: JsonObject[] }[] =>
  body['messages'] as unknown as { role: string; content: JsonObject[] }[];
const tools = { tools: [searchTool] };
const said = (text: string): CanonicalMessage => ({ role: 'assistant', parts: [{ type: 'text', text }] });
const system = (text: string): CanonicalMessage => ({ role: 'system', parts: [{ type: 'text', text }] });

describe('turns', () => {
  it('joins neighbours of one role and drops blank text', () => {
    const messages = messagesOf(
      accepted(requestOf([user('a'), user(' \n'), user('b'), said(''), user('c'), said('d'), user('e')])),
    );
    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] },
      { role: 'assistant', content: [{ text: 'd' }] },
      { role: 'user', content: [{ text: 'e' }] },
    ]);
  });

  it('opens for the user when the conversation starts with the assistant, and says so', () => {
    const losses = collectLosses();
    const messages = messagesOf(accepted(requestOf([said('Welcome'), user('Hi')]), {}, losses));
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
    expect(losses.list).toEqual(['messages']);
  });

  it('puts tool results before what the user says', () => {
    const messages = messagesOf(accepted(requestOf([user('a'), call('c1'), user('hurry'), result('c1', 'r')], tools)));
    expect(messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: 'r' }] } },
      { text: 'hurry' },
    ]);
  });

  it('answers calls nobody answered with an error, in the middle and at the end', () => {
    const losses = collectLosses();
    const messages = messagesOf(accepted(requestOf([user('a'), call('c1'), user('b'), call('c2')], tools), {}, losses));
    const failed = (toolUseId: string) => ({
      toolResult: {
        toolUseId,
        status: 'error',
        content: [{ text: 'Error: the tool call was interrupted and gave no result.' }],
      },
    });
    expect(messages[2]?.content).toEqual([failed('c1'), { text: 'b' }]);
    expect(messages[4]).toEqual({ role: 'user', content: [failed('c2')] });
    expect(losses.list).toEqual(['/tool_calls/c1', '/tool_calls/c2']);
  });

  it('tells results without a call as text', () => {
    const losses = collectLosses();
    const messages = messagesOf(accepted(requestOf([user('a'), result('lost', 'r')], tools), {}, losses));
    expect(messages).toEqual([{ role: 'user', content: [{ text: 'a' }, { text: '[Result of lost]' }, { text: 'r' }] }]);
    expect(losses.list).toEqual(['/messages/1/lost']);
  });

  it('takes a second result of one call as text', () => {
    const messages = messagesOf(
      accepted(requestOf([user('a'), call('c1'), result('c1', 'one'), result('c1', 'two')], tools)),
    );
    expect(messages[2]?.content).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: 'one' }] } },
      { text: '[Result of c1]' },
      { text: 'two' },
    ]);
  });

  it('makes foreign ids fit, the same for call and result, and different ones differently', () => {
    const long = `call|${'x'.repeat(80)}`;
    const messages = messagesOf(
      accepted(
        requestOf(
          [
            user('a'),
            call(`${long}1`),
            result(`${long}1`, 'r'),
            call('a.b'),
            result('a.b', 'r'),
            call('a:b'),
            result('a:b', 'r'),
          ],
          tools,
        ),
      ),
    );
    const ids = messages
      .flatMap((message) => message.content)
      .flatMap((block) => Object.values(block).map((one) => (one as unknown as { toolUseId?: string }).toolUseId));
    const known = ids.filter((id): id is string => id !== undefined);
    expect(known.every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id))).toBe(true);
    expect(new Set(known).size).toBe(3);
  });

  it('tells calls apart that share an id, in one turn and across turns', () => {
    const both = requestOf(
      [user('a'), call('c1'), result('c1', 'one'), call('c1'), call('c1'), result('c1', 'two'), result('c1', 'three')],
      tools,
    );
    const blocks = messagesOf(accepted(both)).flatMap((message) => message.content);
    expect(blocks.slice(1)).toMatchObject([
      { toolUse: { toolUseId: 'c1' } },
      { toolResult: { toolUseId: 'c1', content: [{ text: 'one' }] } },
      { toolUse: { toolUseId: 'c1_2' } },
      { toolUse: { toolUseId: 'c1_3' } },
      { toolResult: { toolUseId: 'c1_2', content: [{ text: 'two' }] } },
      { toolResult: { toolUseId: 'c1_3', content: [{ text: 'three' }] } },
    ]);
  });

  it('gives an empty result words, and keeps an error one', () => {
    const silent: CanonicalMessage = {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'c1', kind: 'function', parts: [], isError: true }],
    };
    expect(messagesOf(accepted(requestOf([user('a'), call('c1'), silent], tools)))[2]?.content).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: '(no output)' }], status: 'error' } },
    ]);
    const other = messagesOf(
      accepted(
        requestOf([user('a'), call('c1'), result('c1', 'boom', true)], {
          ...tools,
          model: 'meta.llama3-3-70b-instruct-v1:0',
        }),
      ),
    );
    expect(other[2]?.content).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: 'Error:' }, { text: 'boom' }] } },
    ]);
  });

  it('puts arguments that are no object into one, and says so', () => {
    const losses = collectLosses();
    const messages = messagesOf(
      accepted(requestOf([user('a'), call('c1', 'search', '{"q":'), result('c1', 'r')], tools), {}, losses),
    );
    expect(messages[1]?.content).toEqual([{ toolUse: { toolUseId: 'c1', name: 'search', input: { input: '{"q":' } } }]);
    expect(losses.list).toEqual(['/messages/1/c1']);
  });

  it('keeps a turn whose content could not cross', () => {
    const picture: CanonicalMessage = {
      role: 'user',
      parts: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }],
    };
    expect(messagesOf(accepted(requestOf([user('a'), said('b'), picture])))[2]).toEqual({
      role: 'user',
      content: [{ text: '(Content that could not be passed on was left out here.)' }],
    });
  });

  it('gives signed reasoning back and leaves unsigned reasoning out with a loss', () => {
    const losses = collectLosses();
    const text = 'Hm.';
    const signature = mint.signature(text);
    const message: CanonicalMessage = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text, opaque: { mint: 'p', form: 'signature', data: signature } },
        { type: 'reasoning', text: 'unsigned' },
        { type: 'reasoning', text: '', opaque: { mint: 'p', form: 'encrypted', data: 'x' } },
        { type: 'text', text: 'b' },
      ],
    };
    const messages = messagesOf(accepted(requestOf([user('a'), message, user('c')]), {}, losses));
    expect(messages[1]?.content).toEqual([{ reasoningContent: { reasoningText: { text, signature } } }, { text: 'b' }]);
    expect(losses.list).toEqual(['/messages/1/reasoning']);
  });

  it('ends a last assistant text without white space, which the model continues', () => {
    expect(messagesOf(accepted(requestOf([user('a'), said('It is ')])))[1]).toEqual({
      role: 'assistant',
      content: [{ text: 'It is' }],
    });
  });

  it('makes any order of messages one Bedrock takes', () => {
    const id = fc.constantFrom('c1', 'c2', 'c|3');
    const message = fc.oneof(
      fc.string().map(user),
      fc.string().map(said),
      fc.string().map(system),
      id.map((one) => call(one)),
      fc.tuple(id, fc.string()).map(([one, text]) => result(one, text)),
      fc.constant<CanonicalMessage>({
        role: 'user',
        parts: [{ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } }],
      }),
      fc.constant<CanonicalMessage>({ role: 'assistant', parts: [] }),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (messages, hasTools, noSystem, noTools) => {
          accepted(requestOf(messages, hasTools ? tools : {}), { noSystem, noTools });
        },
      ),
    );
  });
});

describe('system prompt', () => {
  it('comes first, in its own field', () => {
    expect(accepted(requestOf([system('One.'), system('Two.'), user('a')]))['system']).toEqual([
      { text: 'One.' },
      { text: 'Two.' },
    ]);
  });

  it('goes into the user turn when it comes later, with a loss', () => {
    const losses = collectLosses();
    const body = accepted(requestOf([user('a'), said('b'), system('New rule.'), user('c')]), {}, losses);
    expect(body['system']).toBeUndefined();
    expect(messagesOf(body)[2]?.content).toEqual([
      { text: '<system-message>\nNew rule.\n</system-message>' },
      { text: 'c' },
    ]);
    expect(losses.list).toEqual(['/messages/2']);
  });

  it('goes into the first message of models that take none, and where there is no other', () => {
    const losses = collectLosses();
    const body = accepted(
      requestOf([system('Rule.'), user('a')], { model: 'amazon.titan-text-express-v1' }),
      { noSystem: true },
      losses,
    );
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Rule.' }, { text: 'a' }] }] });
    expect(losses.list).toEqual(['system']);
    expect(accepted(requestOf([system('Only.')]))).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Only.' }] }],
    });
  });
});

describe('cache points', () => {
  const marked = (text: string): CanonicalMessage => ({ role: 'user', parts: [{ type: 'text', text, cache: {} }] });

  it('stand behind what they mark', () => {
    const body = accepted(
      requestOf([{ role: 'system', parts: [{ type: 'text', text: 's', cache: { ttl: '1h' } }] }, marked('a')], {
        tools: [{ ...searchTool, cache: {} }],
      }),
    );
    expect(body['system']).toEqual([{ text: 's' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    expect(messagesOf(body)[0]?.content).toEqual([{ text: 'a' }, { cachePoint: { type: 'default' } }]);
    expect((body['toolConfig'] as unknown as { tools: unknown[] }).tools[1]).toEqual({
      cachePoint: { type: 'default' },
    });
  });

  it('are not sent to models that refuse them', () => {
    for (const model of ['meta.llama3-3-70b-instruct-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0']) {
      expect(JSON.stringify(encode(requestOf([marked('a')], { model })))).not.toContain('cachePoint');
    }
    const body = encode(requestOf([marked('a')], { model: nova, tools: [{ ...searchTool, cache: {} }] }));
    expect(JSON.stringify(body['messages'])).toContain('cachePoint');
    expect(JSON.stringify(body['toolConfig'])).not.toContain('cachePoint');
  });

  it('are at most four, the last of the conversation kept', () => {
    const messages = messagesOf(
      accepted(
        requestOf([
          marked('1'),
          said('x'),
          marked('2'),
          said('x'),
          marked('3'),
          said('x'),
          marked('4'),
          said('x'),
          marked('5'),
        ]),
      ),
    );
    expect(messages.filter((message) => message.role === 'user').map((message) => message.content.length)).toEqual([
      1, 2, 2, 2, 2,
    ]);
  });
});
