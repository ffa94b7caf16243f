// What masking keeps from turn to turn, and from whom: placeholders, signed reasoning, earlier answers, caches, and answers of several tries.
import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { createRandom } from '../../../main/kit/random.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { question } from './refusals.ts';
import { ask, clientNames, type AskOptions, type ClientName } from './rigs.ts';
import {
  anyPlaceholder,
  hear,
  mail,
  modelAt,
  otherMail,
  placeholdersIn,
  startMasked,
  thinking,
  toolFields,
  token,
  type MaskedGateway,
} from './masking-rig.ts';
import { send, type Answer } from './support.ts';

type Loose = Record<string, unknown>;

function at(value: unknown, ...path: (string | number)[]): unknown {
  let inner = value;
  for (const step of path) inner = (inner as Record<string | number, unknown> | undefined)?.[step];
  return inner;
}

function list(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? (value as Loose[]) : [];
}

let rig: MaskedGateway;
afterEach(() => rig.close());

const said = `write to ${mail}`;

/** The placeholder that `mail` had in the last request to the chat provider. */
function placeholder(of: MaskedGateway = rig): string {
  const [one = ''] = placeholdersIn(of.sent('chat'), 'mail');
  expect(one).not.toBe('');
  return one;
}

const chat = (of: MaskedGateway, session: string, text = said, more: AskOptions = {}): Promise<Answer> =>
  ask(of, 'chat', text, { model: modelAt.chat, ...more, headers: { 'x-session-id': session, ...more.headers } });

describe('a placeholder', () => {
  it('is the same on the next turn, and the masked beginning is byte for byte the same', async () => {
    rig = await startMasked();
    const turns: object[] = [{ role: 'user', content: said }];
    const bodies: string[] = [];
    for (const next of ['and then?', `also ${otherMail}`, `again ${mail}`]) {
      await send(rig, { path: '/v1/chat/completions', body: { model: modelAt.chat, messages: turns } });
      bodies.push(rig.sent('chat'));
      turns.push({ role: 'assistant', content: `echo: ${said}` }, { role: 'user', content: next });
    }
    for (let turn = 1; turn < bodies.length; turn++)
      expect(bodies[turn]?.startsWith((bodies[turn - 1] ?? '').slice(0, -']}'.length))).toBe(true);
  });

  it('is the same after a restart, and another one under another install key', async () => {
    rig = await startMasked();
    await chat(rig, 's-1');
    const first = placeholder();
    await rig.close();
    rig = await startMasked();
    await chat(rig, 's-1');
    expect(placeholder()).toBe(first);
    await rig.close();
    rig = await startMasked(undefined, { installKey: new Secret('another machine of the tests') });
    await chat(rig, 's-1');
    expect(placeholder()).not.toBe(first);
  });

  it('is another one in another session and for another key; the same text of two principals never shares any', async () => {
    rig = await startMasked(`
virtual_keys:
  - { id: one, value: sk-sluice-client-one-1 }
  - { id: two, value: sk-sluice-client-two-2 }
masking: { enabled: true }
`);
    const seen = new Set<string>();
    for (const key of ['sk-sluice-client-one-1', 'sk-sluice-client-two-2'])
      for (const session of ['s-1', 's-2']) {
        const answer = await chat(rig, session, said, { headers: { authorization: `Bearer ${key}` } });
        expect(hear('chat', answer, true).text).toBe(`echo: ${said}`);
        seen.add(placeholder());
      }
    expect(seen.size).toBe(4);
  });

  it('of another principal is not restored: it stays what it is', async () => {
    rig = await startMasked(`
virtual_keys:
  - { id: one, value: sk-sluice-client-one-1 }
  - { id: two, value: sk-sluice-client-two-2 }
masking: { enabled: true }
`);
    await chat(rig, 's-1', said, { headers: { authorization: 'Bearer sk-sluice-client-one-1' } });
    const stolen = placeholder();
    const answer = await chat(rig, 's-1', `${otherMail} and ${stolen}`, {
      headers: { authorization: 'Bearer sk-sluice-client-two-2' },
    });
    expect(hear('chat', answer, true).text).toBe(`echo: ${otherMail} and ${stolen}`);
  });
});

describe('reasoning that Anthropic signed', () => {
  it.each([true, false])(
    'goes back as the provider wrote it, though the client got originals: stream %s',
    async (stream) => {
      rig = await startMasked();
      const headers = { 'anthropic-version': '2023-06-01', 'x-session-id': 'signed' };
      const tools = [{ name: 'f', input_schema: { type: 'object', properties: {} } }];
      const thinking = { type: 'enabled', budget_tokens: 1024 };
      const base = { model: modelAt.anthropic, max_tokens: 2048, tools, thinking };
      const first = { role: 'user', content: `${said}: call f {}` };
      await send(rig, { path: '/v1/messages', headers, body: { ...base, messages: [first] } });
      const [mine = ''] = placeholdersIn(rig.sent('anthropic'), 'mail');
      rig.fakes.anthropic.plan({
        turn: { reasoning: `so I write to ${mine}, then?`, calls: [{ name: 'f', args: '{}' }] },
      });
      const answer = await send(rig, { path: '/v1/messages', headers, body: { ...base, stream, messages: [first] } });
      const heard = hear('messages', answer, stream);
      expect(heard.reasoning).toBe(`so I write to ${mail}, then?`);
      const signature = /"signature":"([^"]{8,})"/.exec(answer.text)?.[1];
      const content = [
        { type: 'thinking', thinking: heard.reasoning, signature },
        { type: 'tool_use', id: /"id":"(toolu_[^"]+)"/.exec(answer.text)?.[1], name: 'f', input: {} },
      ];
      const result = {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: content[1]?.id, content: `sent to ${mail}` }],
      };
      const next = await send(rig, {
        path: '/v1/messages',
        headers,
        body: { ...base, messages: [first, { role: 'assistant', content }, result] },
      });
      // The simulated provider checks its signature over the very text.
      expect([next.status, next.text.includes('sent to')]).toEqual([200, true]);
      expect(rig.sent('anthropic')).not.toContain(mail);
    },
  );
});

it('reasoning that was signed before a restart goes back as it was written: what is found in it is the same', async () => {
  rig = await startMasked();
  const headers = { 'anthropic-version': '2023-06-01', 'x-session-id': 'restarted' };
  const { body } = question('messages', modelAt.anthropic, said);
  const first: Loose = { ...body, ...thinking.messages };
  await send(rig, { path: '/v1/messages', headers, body: first });
  const [mine = ''] = placeholdersIn(rig.sent('anthropic'), 'mail');
  const signed = `so ${mine}, then?`;
  const content = [
    { type: 'thinking', thinking: `so ${mail}, then?`, signature: rig.fakes.anthropic.mint.signature(signed) },
    { type: 'text', text: `ok ${mail}` },
  ];
  // Nothing of this turn was seen here: it is as if the gateway had been started anew.
  const messages = [...list(first['messages']), { role: 'assistant', content }, { role: 'user', content: 'go on' }];
  const again = await send(rig, { path: '/v1/messages', headers, body: { ...first, messages } });
  expect([again.status, rig.sent('anthropic').includes(signed)]).toEqual([200, true]);
});

it('a value that gave itself away once is found wherever it stands', async () => {
  rig = await startMasked();
  const key = 'tr0ub4dorQ3xK9z';
  const messages = [
    { role: 'system', content: `log in with ${key} as ever` },
    { role: 'user', content: `password: ${key}` },
    { role: 'assistant', content: `so ${key}:${key}@host it is` },
    { role: 'user', content: 'go on' },
  ];
  await send(rig, { path: '/v1/chat/completions', body: { model: modelAt.chat, messages } });
  expect(rig.sent('chat')).not.toContain(key);
  expect(placeholdersIn(rig.sent('chat'), 'token')).toHaveLength(1);
  // It stays known in its conversation, when what gave it away is gone from it.
  const later = [messages[0], { role: 'user', content: `and ${key}?` }];
  const headers = { 'x-session-id': 'known' };
  await send(rig, { path: '/v1/chat/completions', headers, body: { model: modelAt.chat, messages } });
  await send(rig, { path: '/v1/chat/completions', headers, body: { model: modelAt.chat, messages: later } });
  expect(rig.sent('chat')).not.toContain(key);
});

describe('a turn of a tool behind reasoning that the provider signed', () => {
  const call = { name: 'send_mail', args: {} };
  const asked = `${said}, think: call send_mail {}`;
  const result = `sent to ${mail}`;

  /** The request for the next turn, as a client of that dialect makes it of the answer it got. */
  const next: Readonly<Record<ClientName, (first: Loose, answer: Loose) => Loose>> = {
    chat(first, answer) {
      const message = at(answer, 'choices', 0, 'message') as Loose;
      const id = at(message, 'tool_calls', 0, 'id');
      return {
        ...first,
        messages: [...list(first['messages']), message, { role: 'tool', tool_call_id: id, content: result }],
      };
    },
    responses(first, answer) {
      const output = list(answer['output']);
      const id = output.find((item) => item['type'] === 'function_call')?.['call_id'];
      const before = { role: 'user', content: first['input'] };
      return { ...first, input: [before, ...output, { type: 'function_call_output', call_id: id, output: result }] };
    },
    messages(first, answer) {
      const content = list(answer['content']);
      const id = content.find((block) => block['type'] === 'tool_use')?.['id'];
      const said = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] };
      return { ...first, messages: [...list(first['messages']), { role: 'assistant', content }, said] };
    },
    gemini(first, answer) {
      const said = { role: 'user', parts: [{ functionResponse: { name: 'send_mail', response: { result } } }] };
      return { ...first, contents: [...list(first['contents']), at(answer, 'candidates', 0, 'content'), said] };
    },
  };

  it.each(
    clientNames.flatMap((client) =>
      (['anthropic', 'bedrock', 'responses', 'gemini'] as const).map((target) => ({ client, target })),
    ),
  )('goes back as it was written, without an original in it: $client to $target', async ({ client, target }) => {
    rig = await startMasked();
    const headers = { 'x-session-id': 'signed', 'anthropic-version': '2023-06-01' };
    const { path, body } = question(client, modelAt[target], asked);
    const first: Loose = { ...body, ...toolFields(client), ...thinking[client] };
    await send(rig, { path, headers, body: first });
    const [mine = ''] = placeholdersIn(rig.sent(target), 'mail');
    rig.fakes[target].plan({ turn: { reasoning: `so I write to ${mine}, then?`, calls: [call] } });
    const answer = await send(rig, { path, headers, body: first });
    expect(hear(client, answer, false).calls).toHaveLength(1);
    const again = await send(rig, { path, headers, body: next[client](first, answer.json()) });
    // The simulated providers check what they signed over the very text.
    expect([again.status, hear(client, again, false).text]).toEqual([200, `result: ${result}`]);
    const sent = rig.sent(target);
    expect([sent.includes(mail), placeholdersIn(sent, 'mail')]).toEqual([false, [mine]]);
  });
});

describe('an answer of several tries', () => {
  const route = (more: string): string => `
routes: [{ alias: smart, targets: [chat/gpt-4o, anthropic/claude-sonnet-4-5], ${more} }]
masking: { enabled: true }
`;

  it.each(clientNames)(
    'goes on restoring at another target, in the middle of a placeholder too: %s',
    async (client) => {
      rig = await startMasked(route('on_break: continue'));
      const headers = { 'x-session-id': `broken-${client}` };
      await ask(rig, client, said, { headers });
      const mine = placeholder();
      rig.fakes.chat.plan({
        turn: { text: ['so ', `${mine}, `, mine.slice(0, 7), 'never said'] },
        fault: fault.endAfterEvents(4),
      });
      rig.fakes.anthropic.plan({ turn: { text: [mine.slice(7), ' it is, ', mine] } });
      const answer = await ask(rig, client, said, { headers });
      expect(rig.fakes.anthropic.requests).toHaveLength(1);
      expect(rig.fakes.anthropic.requests[0]?.body.toString()).not.toContain(mail);
      const { text } = hear(client, answer, true);
      expect(text).toBe(`so ${mail}, ${mail} it is, ${mail}`);
    },
  );

  it.each(clientNames)('a stream that breaks says what it held back: %s', async (client) => {
    rig = await startMasked();
    const target = client === 'messages' ? 'anthropic' : client;
    const options = { model: modelAt[target], headers: { 'x-session-id': 'held' } };
    await ask(rig, client, said, options);
    rig.fakes[target].plan({
      turn: { text: ['abcdef ', 'EMAIL', 'never', 'said'] },
      fault: fault.endAfterEvents(heldAfter[target]),
    });
    const answer = await ask(rig, client, said, options);
    expect(hear(client, answer, true).text).toBe('abcdef EMAIL');
    expect(answer.text).toMatch(/error|failed/);
  });

  it('a hedge is masked and restored whoever answers', async () => {
    rig = await startMasked(route('hedge: { after: 20 }'));
    rig.fakes.chat.plan({ fault: fault.stall('headers', 3_000) });
    const answer = await ask(rig, 'chat', said);
    expect(hear('chat', answer, true).text).toBe(`echo: ${said}`);
    expect(answer.headers['x-sluice-target']).toBe(modelAt.anthropic);
    for (const fake of [rig.fakes.chat, rig.fakes.anthropic])
      expect(fake.requests[0]?.body.toString()).not.toContain(mail);
  });

  it('a hedge is held back and looked through, whoever answers', async () => {
    rig = await startMasked(
      `${route('hedge: { after: 20 }').replace('enabled: true', 'enabled: true, answers: block')}`,
    );
    rig.fakes.chat.plan({ fault: fault.stall('headers', 3_000) });
    rig.fakes.anthropic.plan({ turn: { text: [`it is ${token}`] } });
    const leaky = await ask(rig, 'chat', 'give me one');
    expect([leaky.headers['x-sluice-error'], leaky.text.includes(token)]).toEqual(['relay.masking_blocked', false]);
  });

  it('an answer that is held until it is whole is restored', async () => {
    rig = await startMasked(route('on_break: hold'));
    for (const client of clientNames) {
      const answer = await ask(rig, client, said);
      expect(hear(client, answer, true).text).toBe(`echo: ${said}`);
    }
  });
});

/** So many events of a stream hold the first two pieces of the planned text. */
const heldAfter = { chat: 3, responses: 8, anthropic: 5, gemini: 2 } as const;

it('the exact cache gives each request the originals it asked with', async () => {
  rig = await startMasked(`
routes: [{ alias: smart, targets: [chat/gpt-4o], cache: { mode: exact, ttl_s: 3600 } }]
masking: { enabled: true }
`);
  for (const [text, hit] of [
    [said, undefined],
    [`write to ${otherMail}`, undefined],
    [said, 'hit'],
    [`write to ${otherMail}`, 'hit'],
  ] as const)
    for (const stream of hit === undefined ? [true] : [true, false]) {
      const answer = await ask(rig, 'chat', text, { stream });
      expect([answer.headers['x-sluice-cache'], hear('chat', answer, stream).text]).toEqual([hit, `echo: ${text}`]);
    }
  expect(rig.fakes.chat.requests).toHaveLength(2);
});

describe('earlier turns by their id', () => {
  const turn = (model: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send(rig, { path: '/v1/responses', headers, body: { model, ...body } });

  it('that are kept here are masked again', async () => {
    rig = await startMasked();
    const first = await turn(modelAt.chat, { input: said });
    const id = first.json()['id'];
    const second = await turn(modelAt.chat, { input: 'what did I say?', previous_response_id: id });
    expect(second.status).toBe(200);
    const sent = rig.sent('chat');
    expect([sent.includes(mail), placeholdersIn(sent, 'mail').length]).toEqual([false, 1]);
  });

  it.each([true, false])(
    'that the vendor keeps: what the model says of them is restored: stream %s',
    async (stream) => {
      rig = await startMasked();
      const first = await turn(modelAt.responses, { input: said, stream });
      const id = /"id":"(resp_[^"]+)"/.exec(first.text)?.[1];
      const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
      rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
      const second = await turn(modelAt.responses, {
        input: `to whom? not ${otherMail}`,
        previous_response_id: id,
        stream,
      });
      expect([second.status, hear('responses', second, stream).text]).toEqual([200, `it was ${mail}`]);
      rig.fakes.responses.plan({ turn: { text: `still ${mine}` } });
      const third = await turn(modelAt.responses, {
        input: `${mail} it is`,
        previous_response_id: /"id":"(resp_[^"]+)"/.exec(second.text)?.[1],
        stream,
      });
      expect(placeholdersIn(rig.sent('responses'), 'mail')).toEqual([mine]);
      expect(hear('responses', third, stream).text).toBe(`still ${mail}`);
    },
  );

  it('that the vendor keeps, in a turn in which nothing is masked', async () => {
    rig = await startMasked();
    const first = await turn(modelAt.responses, { input: said }, { 'x-session-id': 'kept' });
    const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
    rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
    const second = await turn(modelAt.responses, { input: 'to whom?', previous_response_id: first.json()['id'] });
    expect(hear('responses', second, false).text).toBe(`it was ${mail}`);
  });

  it('that the vendor keeps of another principal: nothing comes back', async () => {
    rig = await startMasked(`
virtual_keys:
  - { id: one, value: sk-sluice-client-one-1 }
  - { id: two, value: sk-sluice-client-two-2 }
masking: { enabled: true }
`);
    const as = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` });
    const first = await turn(modelAt.responses, { input: said }, as('sk-sluice-client-one-1'));
    const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
    rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
    const asked = { input: `to whom? not ${otherMail}`, previous_response_id: first.json()['id'] };
    const second = await turn(modelAt.responses, asked, as('sk-sluice-client-two-2'));
    expect(hear('responses', second, false).text).toBe(`it was ${mine}`);
  });

  it('of a conversation at OpenAI, and of a thread at Anthropic', async () => {
    rig = await startMasked();
    await turn(modelAt.responses, { input: said, conversation: 'conv_123' });
    const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
    rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
    const second = await turn(modelAt.responses, { input: 'to whom?', conversation: { id: 'conv_123' } });
    expect(hear('responses', second, false).text).toBe(`it was ${mail}`);
    const base = { model: modelAt.anthropic, max_tokens: 100 };
    const ask = (thread: object, text: string): Promise<Answer> =>
      send(rig, {
        path: '/v1/messages',
        headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'message-threads-2026-08-12' },
        body: { ...base, thread, messages: [{ role: 'user', content: text }] },
      });
    const begun = await ask({ type: 'create' }, said);
    const [other = ''] = placeholdersIn(rig.sent('anthropic'), 'mail');
    rig.fakes.anthropic.plan({ turn: { text: `it was ${other}` } });
    const went = await ask({ type: 'continue', previous_message_id: begun.json()['id'] }, 'to whom?');
    expect(hear('messages', went, false).text).toBe(`it was ${mail}`);
  });
});

describe('earlier turns that came sealed', () => {
  it('speak in placeholders of their conversation, which are restored; in another they are none', async () => {
    rig = await startMasked();
    const headers = { 'session-id': 'codex-1' };
    const post = (path: string, body: object, of = headers): Promise<Answer> =>
      send(rig, { path, headers: of, body: { model: modelAt.responses, ...body } });
    const short = await post('/v1/responses/compact', { input: [{ role: 'user', content: said }] });
    const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
    const sealed = list(short.json()['output']).filter((item) => item['encrypted_content'] !== undefined);
    expect(sealed).toHaveLength(1);
    const input = [...sealed, { role: 'user', content: 'to whom?' }];
    for (const stream of [true, false]) {
      rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
      const answer = await post('/v1/responses', { input, stream });
      expect([answer.status, hear('responses', answer, stream).text]).toEqual([200, `it was ${mail}`]);
    }
    rig.fakes.responses.plan({ turn: { text: `it was ${mine}` } });
    const other = await post('/v1/responses', { input }, { 'session-id': 'codex-2' });
    expect(hear('responses', other, false).text).toBe(`it was ${mine}`);
  });
});

it('concurrent requests of one session and of many each get their own values', async () => {
  rig = await startMasked(undefined, { random: createRandom() });
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const text = `person${String(index)}@kestrel-logistics.com has ${token}`;
      const client = clientNames[index % clientNames.length] ?? 'chat';
      const answer = await ask(rig, client, text, {
        model: modelAt.chat,
        headers: { 'x-session-id': `s-${String(index % 3)}` },
      });
      return [hear(client, answer, true).text, `echo: ${text}`];
    }),
  );
  for (const [got, wanted] of answers) expect(got).toBe(wanted);
  for (const { body } of rig.fakes.chat.requests) expect(body.toString()).toMatch(anyPlaceholder);
});
