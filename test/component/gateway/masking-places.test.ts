// Wherever a value stands in a request, the provider gets a placeholder; everything else of the body keeps its bytes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyPlaceholder,
  hear,
  mail,
  masking,
  modelAt,
  otherMail,
  placeholdersIn,
  startMasked,
  targetNames,
  token,
  type MaskedGateway,
} from './masking-rig.ts';
import { ask } from './rigs.ts';
import { send, type Answer } from './support.ts';

let rig: MaskedGateway;
let withDefinitions: MaskedGateway;
beforeAll(async () => {
  rig = await startMasked(masking);
  withDefinitions = await startMasked('masking: { enabled: true, definitions: true }');
});
afterAll(() => Promise.all([rig.close(), withDefinitions.close()]));

/** One value, so that putting it back is one replacement. */
const v = mail;

/** JSON as a person might write it, which no program would write again. */
const spaced = (value: unknown): string => ` ${JSON.stringify(value, null, '\t').replaceAll('é', '\\u00e9')}\n`;

const params = { type: 'object', properties: { to: { type: 'string', description: `e.g. ${v}` } } };

const chatBody = {
  model: 'chat/gpt-4o',
  messages: [
    { role: 'system', content: `é you serve ${v}` },
    { role: 'user', content: `a string ${v}` },
    {
      role: 'user',
      content: [
        { type: 'text', text: `a part ${v}` },
        { type: 'text', text: 'nothing 1.50 here' },
      ],
    },
    {
      role: 'assistant',
      content: `so ${v}`,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'send_mail', arguments: `{"to": "${v}", "n": [1.0]}` } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: `sent to ${v}` },
    { role: 'user', content: 'go on' },
  ],
  metadata: { owner: v },
  temperature: 0.5,
};

const responsesBody = {
  model: 'responses/gpt-5',
  instructions: `é you serve ${v}`,
  input: [
    { role: 'user', content: `a string ${v}` },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: `a part ${v}` }] },
    { type: 'function_call', call_id: 'call_1', name: 'send_mail', arguments: `{"to": "${v}"}` },
    { type: 'function_call_output', call_id: 'call_1', output: `sent to ${v}` },
    { role: 'user', content: 'go on' },
  ],
  metadata: { owner: v },
  tools: [{ type: 'function', name: 'send_mail', strict: false, parameters: { type: 'object', properties: {} } }],
};

const messagesBody = {
  model: 'anthropic/claude-sonnet-4-5',
  max_tokens: 100,
  system: [{ type: 'text', text: `é you serve ${v}`, cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: `a string ${v}` },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: `so ${v}` },
        { type: 'tool_use', id: 'toolu_01', name: 'send_mail', input: { to: v, deep: [{ cc: v }] } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_01', content: [{ type: 'text', text: `sent to ${v}` }] },
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: `a file of ${v}` },
          title: `by ${v}`,
        },
        { type: 'text', text: 'go on' },
      ],
    },
  ],
  tools: [{ name: 'send_mail', input_schema: { type: 'object', properties: {} } }],
  metadata: { user_id: `user_${'0'.repeat(8)}` },
};

const geminiBody = {
  systemInstruction: { parts: [{ text: `é you serve ${v}` }] },
  contents: [
    { role: 'user', parts: [{ text: `a part ${v}` }] },
    { role: 'model', parts: [{ functionCall: { name: 'send_mail', args: { to: v, deep: [{ cc: v }] } } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'send_mail', response: { said: `sent to ${v}` } } }] },
  ],
  tools: [
    {
      functionDeclarations: [
        { name: 'send_mail', parameters: { type: 'OBJECT', properties: { to: { type: 'STRING' } } } },
      ],
    },
  ],
};

const bodies = [
  { name: 'chat', path: '/v1/chat/completions', target: 'chat', body: chatBody },
  { name: 'responses', path: '/v1/responses', target: 'responses', body: responsesBody },
  { name: 'messages', path: '/v1/messages', target: 'anthropic', body: messagesBody },
  {
    name: 'gemini',
    path: '/v1beta/models/gemini%2Fgemini-2.5-flash:generateContent',
    target: 'gemini',
    body: geminiBody,
  },
] as const;

describe.each(bodies)('a body of $name', ({ path, target, body }) => {
  it('leaves with the value nowhere and all other bytes as they were', async () => {
    const raw = spaced(body);
    const answer = await send(rig, { path, raw });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    const sent = rig.sent(target);
    expect(sent).not.toContain(v);
    const found = placeholdersIn(sent, 'mail');
    expect(found).toHaveLength(1);
    const back = sent.replaceAll(found[0] ?? '', v);
    expect(back).toBe(raw.replace(/"(?:chat|responses|anthropic)\/([^"]+)"/, '"$1"'));
    expect(Number(answer.headers['x-sluice-masked'])).toBe(raw.split(v).length - 1);
  });

  it.each(targetNames.flatMap((to) => [true, false].map((stream) => ({ to, stream }))))(
    'is restored in all that $to says of it, echoes of the request included: stream $stream',
    async ({ to, stream }) => {
      const isGemini = target === 'gemini';
      const asked = isGemini
        ? path.replace(
            /models\/.*$/,
            `models/${encodeURIComponent(modelAt[to])}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
          )
        : path;
      const answer = await send(rig, { path: asked, body: isGemini ? body : { ...body, model: modelAt[to], stream } });
      expect([answer.status, answer.text]).toEqual([200, expect.not.stringMatching(anyPlaceholder)]);
      expect(rig.sent(to)).not.toContain(v);
      const nextTo = await send(rig, { path: asked, body: isGemini ? body : { ...body, model: modelAt[to], stream } });
      expect(nextTo.status).toBe(200);
    },
  );
});

it.each([
  [
    '/v1/chat/completions',
    'chat',
    {
      ...chatBody,
      tools: [{ type: 'function', function: { name: 'f', description: `for ${v}`, parameters: params } }],
    },
  ],
  [
    '/v1/responses',
    'responses',
    {
      ...responsesBody,
      tools: [{ type: 'function', name: 'f', description: `for ${v}`, strict: false, parameters: params }],
    },
  ],
  [
    '/v1/messages',
    'anthropic',
    { ...messagesBody, tools: [{ name: 'send_mail', description: `for ${v}`, input_schema: params }] },
  ],
  [
    '/v1beta/models/gemini%2Fgemini-2.5-flash:generateContent',
    'gemini',
    {
      ...geminiBody,
      tools: [{ functionDeclarations: [{ name: 'send_mail', description: `for ${v}`, parameters: params }] }],
    },
  ],
] as const)(
  '%s: descriptions of tools are left alone unless definitions are looked through',
  async (path, target, body) => {
    // With the value nowhere else: what is known of a conversation is found everywhere in it.
    const alone = JSON.parse(
      JSON.stringify(body, (key, value: unknown) =>
        key !== 'description' && typeof value === 'string' ? value.replaceAll(v, 'her') : value,
      ),
    ) as object;
    await send(rig, { path, body: alone });
    expect(rig.sent(target)).toContain(`for ${v}`);
    await send(withDefinitions, { path, body: alone });
    const sent = withDefinitions.sent(target);
    expect(sent).not.toContain(v);
    expect(sent).toMatch(/for EMAIL[2-9]/);
  },
);

describe('texts in disguise', () => {
  const inside = (fake: 'anthropic' | 'responses' | 'gemini', encoded: RegExp): string =>
    Buffer.from(encoded.exec(rig.fakes[fake].requests.at(-1)?.body.toString() ?? '')?.[1] ?? '', 'base64').toString();
  const base64 = Buffer.from(`a letter to ${v}, é`).toString('base64');

  it('a text document in base64 is masked inside', async () => {
    rig.fakes.responses.plan({ json: { id: 'resp_1', object: 'response', status: 'completed', output: [] } });
    await send(rig, {
      path: '/v1/responses',
      body: {
        model: modelAt.responses,
        input: [
          {
            role: 'user',
            content: [{ type: 'input_file', filename: 'a.txt', file_data: `data:text/plain;base64,${base64}` }],
          },
        ],
      },
    });
    expect(inside('responses', /base64,([^"]+)"/)).toMatch(/^a letter to EMAIL[2-9]\w{5}, é$/);
    await send(rig, {
      path: '/v1beta/models/gemini%2Fgemini-2.5-flash:generateContent',
      body: {
        contents: [
          { role: 'user', parts: [{ inlineData: { mimeType: 'text/plain', data: base64 } }, { text: 'read' }] },
        ],
      },
    });
    expect(inside('gemini', /"data":"([^"]+)"/)).toMatch(/^a letter to EMAIL[2-9]\w{5}, é$/);
  });

  it('a number and a name of a field in the arguments of a call are masked', async () => {
    const card = '54252334' + '30109903';
    rig.fakes.anthropic.plan({
      json: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'x',
        content: [],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    });
    await send(rig, {
      path: '/v1/messages',
      raw: `{"model":"${modelAt.anthropic}","max_tokens":9,"messages":[{"role":"user","content":"pay"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"pay","input":{"credit_card":${card},"${v}":"x"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]}]}`,
    });
    const sent = rig.fakes.anthropic.requests.at(-1)?.body.toString() ?? '';
    expect([sent.includes(card), sent.includes(v)]).toEqual([false, false]);
    expect(sent).toMatch(/"input":\{"credit_card":"CARD[2-9]\w{5}","EMAIL[2-9]\w{5}":"x"\}/);
  });
});

describe('escapes inside a text', () => {
  /** The text that left, and how an echo of it came back. */
  const through = async (content: string): Promise<{ sent: string; back: string }> => {
    const answer = await ask(rig, 'chat', content, { model: modelAt.chat, stream: true });
    const { messages } = JSON.parse(rig.sent('chat')) as { messages: { content: string }[] };
    return { sent: messages.at(-1)?.content ?? '', back: hear('chat', answer, true).text.replace('echo: ', '') };
  };

  it('do not hide a value behind them, nor are they cut: JSON in a text stays JSON', async () => {
    const said = { a: `Hello\n${v}\nbye`, b: `\t${otherMail}`, c: `Dear\nAnna Smith\n`, d: `x\r\n${token}` };
    for (const json of [JSON.stringify(said), JSON.stringify({ inner: JSON.stringify(said) })]) {
      const text = `The tool says: ${json}`;
      const { sent, back } = await through(text);
      for (const value of [v, otherMail, 'Anna Smith', token]) expect(sent).not.toContain(value);
      const masked = sent.slice(sent.indexOf('{'));
      const { inner } = JSON.parse(masked) as { inner?: string };
      const read = JSON.parse(inner ?? masked) as typeof said;
      expect(read.a).toMatch(/^Hello\nEMAIL[2-9]\w{5}\nbye$/);
      expect(read.c).toMatch(/^Dear\nPERSON[2-9]\w{5}\n$/);
      expect(back).toBe(text);
    }
  });

  it('of letters are read: what they spell is found, and comes back as it was written', async () => {
    const text = String.raw`const owner = "ren\u00e9@kestrel-logistics.com"; // as in the file`;
    const { sent, back } = await through(text);
    expect(sent).toMatch(/owner = "EMAIL[2-9]\w{5}";/);
    expect(back).toBe(text);
  });

  it('in a text that is JSON as a whole are how it is written: the value is the same as elsewhere', async () => {
    const escaped = 'ren\\u00e9@kestrel-logistics.com';
    const { sent, back } = await through(`{"to": "${escaped}", "cc": "ren\u00e9@kestrel-logistics.com"}`);
    expect(new Set(sent.match(/EMAIL[2-9]\w{5}/g))).toHaveProperty('size', 1);
    expect(JSON.parse(back)).toEqual({ to: 'ren\u00e9@kestrel-logistics.com', cc: 'ren\u00e9@kestrel-logistics.com' });
  });
});

describe('what nobody told us of', () => {
  const sendTo = async (body: object, path = '/v1/chat/completions'): Promise<Answer> => {
    rig.fakes.chat.plan({
      json: {
        id: 'x',
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
      },
    });
    return send(rig, { path, body });
  };

  it('is masked: unknown blocks, fields beside known ones, and values deep inside', async () => {
    const body = {
      model: 'chat/gpt-4o',
      messages: [
        { role: 'user', content: [{ type: 'hologram', frames: [{ caption: `of ${v}` }] }], mood: `cross about ${v}` },
      ],
      brand_new: { deep: [[`again ${v}`]], note: otherMail },
    };
    const answer = await sendTo(body);
    expect(answer.status).toBe(200);
    const sent = rig.fakes.chat.requests.at(-1)?.body.toString() ?? '';
    expect([sent.includes(v), sent.includes(otherMail)]).toEqual([false, false]);
    expect(placeholdersIn(sent, 'mail')).toHaveLength(2);
    expect(JSON.parse(sent)).toMatchObject({ messages: [{ content: [{ type: 'hologram' }] }] });
  });

  it('JSON inside strings stays JSON, however deep', async () => {
    const inner = JSON.stringify({ to: v, quote: `"${token}"` });
    await sendTo({
      model: 'chat/gpt-4o',
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ inner }) } }],
        },
        { role: 'tool', tool_call_id: 'c', content: inner },
      ],
    });
    const sent = rig.fakes.chat.requests.at(-1)?.json as {
      messages: { content: string; tool_calls: { function: { arguments: string } }[] }[];
    };
    const args = JSON.parse(sent.messages[1]?.tool_calls[0]?.function.arguments ?? '') as { inner: string };
    for (const text of [args.inner, sent.messages[2]?.content ?? '']) {
      const said = JSON.parse(text) as { to: string; quote: string };
      expect(said.to).toMatch(/^EMAIL/);
      expect(said.quote).toMatch(/^"SECRET[2-9]\w+"$/);
    }
  });
});

it('a secret in a place that cannot be changed is refused, and nothing is sent', async () => {
  const before = rig.arrived();
  const answer = await send(rig, {
    path: '/v1/messages',
    body: {
      model: 'anthropic/claude-sonnet-4-5',
      max_tokens: 10,
      messages: [
        { role: 'user', content: `use ${token}` },
        { role: 'assistant', content: [{ type: 'tool_use', id: token, name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: token, content: 'ok' }] },
      ],
    },
  });
  expect([answer.status, answer.headers['x-sluice-error']]).toEqual([403, 'admit.masking_uncovered']);
  expect(answer.text).not.toContain(token);
  expect(rig.arrived()).toBe(before);
});
