// Restoring whatever the answer looks like on the wire: packed, oddly framed, of several choices, with events of a kind nobody knows.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { parseSse } from '../../fakes/wire.ts';
import { ask, clientNames } from './rigs.ts';
import {
  anyPlaceholder,
  hear,
  mail,
  modelAt,
  placeholdersIn,
  startMasked,
  token,
  type MaskedGateway,
  type TargetName,
} from './masking-rig.ts';
import { send, type Answer } from './support.ts';

let rig: MaskedGateway;
beforeAll(async () => {
  rig = await startMasked();
});
afterAll(() => rig.close());
afterEach(() => {
  for (const fake of Object.values(rig.fakes)) fake.clearPlans();
});

const said = `write to ${mail}`;
const own: Readonly<Record<(typeof clientNames)[number], TargetName>> = {
  ...{ chat: 'chat', responses: 'responses', messages: 'anthropic', gemini: 'gemini' },
};

const faults = {
  gzip: fault.encoded('gzip'),
  brotli: fault.encoded('br'),
  'CRLF line ends': fault.lineEndings('\r\n'),
  'CR line ends': fault.lineEndings('\r'),
  'one packet': fault.coalesce(),
  'comments between': fault.comments(),
  'no space behind the colon': fault.noSpaceAfterColon(),
  'a byte order mark': fault.bom(),
} as const;

describe.each(Object.entries(faults))('an answer with %s', (name, broken) => {
  it.each(clientNames)('is restored for %s', async (client) => {
    const target = own[client];
    const isPacking = name === 'gzip' || name === 'brotli';
    for (const stream of isPacking ? [true, false] : [true]) {
      rig.fakes[target].plan({ fault: broken });
      const answer = await ask(rig, client, said, { model: modelAt[target], stream });
      expect([answer.status, hear(client, answer, stream).text]).toEqual([200, `echo: ${said}`]);
      expect(rig.sent(target)).not.toContain(mail);
    }
  });
});

it('older completions that come packed are restored, plain and streamed', async () => {
  const complete = (stream: boolean): Promise<Answer> =>
    send(rig, {
      path: '/v1/completions',
      headers: { 'x-session-id': 'packed' },
      body: { model: 'responses/gpt-3.5-turbo-instruct', prompt: said, stream },
    });
  await complete(false);
  const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
  const choice = {
    id: 'c',
    object: 'text_completion',
    choices: [{ index: 0, text: `to ${mine}`, finish_reason: 'stop' }],
  };
  rig.fakes.responses.plan({ json: choice, fault: fault.encoded('gzip') });
  expect((await complete(false)).json()).toMatchObject({ choices: [{ text: `to ${mail}` }] });
  rig.fakes.responses.plan({
    sse: [`data: ${JSON.stringify(choice)}\n\n`, 'data: [DONE]\n\n'],
    fault: fault.encoded('gzip'),
  });
  expect((await complete(true)).text).toContain(`to ${mail}`);
});

it('a Gemini stream framed as a JSON list is restored', async () => {
  const answer = await send(rig, {
    path: '/v1beta/models/gemini%2Fgemini-2.5-flash:streamGenerateContent',
    body: { contents: [{ role: 'user', parts: [{ text: said }] }] },
  });
  const steps = JSON.parse(answer.text) as { candidates?: { content?: { parts?: { text?: string }[] } }[] }[];
  expect(steps.map((step) => step.candidates?.[0]?.content?.parts?.[0]?.text ?? '').join('')).toBe(`echo: ${said}`);
});

it('choices side by side do not mix what they hold back', async () => {
  const headers = { 'x-session-id': 'choices' };
  await ask(rig, 'chat', said, { model: modelAt.chat, headers });
  const [mine = ''] = placeholdersIn(rig.sent('chat'), 'mail');
  const event = (index: number, content: string, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index, delta: { content }, finish_reason: finish }] })}\n\n`;
  const sse: string[] = [];
  for (const letter of [...`${mine}!`]) sse.push(event(0, letter), event(1, letter === '!' ? '?' : letter));
  sse.push(event(0, '', 'stop'), event(1, '', 'stop'), 'data: [DONE]\n\n');
  rig.fakes.chat.plan({ sse });
  const answer = await ask(rig, 'chat', said, { model: modelAt.chat, headers, more: { n: 2 } });
  const texts = ['', ''];
  for (const { data } of parseSse(answer.text)) {
    if (data === '[DONE]') continue;
    const { choices } = JSON.parse(data) as { choices: { index: number; delta: { content?: string } }[] };
    for (const { index, delta } of choices) texts[index] += delta.content ?? '';
  }
  expect(texts).toEqual([`${mail}!`, `${mail}?`]);
});

it('events and fields that nobody knows are restored as well', async () => {
  const headers = { 'x-session-id': 'unknown' };
  await ask(rig, 'responses', said, { model: modelAt.responses, headers });
  const [mine = ''] = placeholdersIn(rig.sent('responses'), 'mail');
  const done = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    output: [{ type: 'hologram', id: 'h', caption: `of ${mine}` }],
  };
  const events = [
    { type: 'response.created', sequence_number: 0, response: { ...done, status: 'in_progress', output: [] } },
    { type: 'response.hologram.done', sequence_number: 1, item_id: 'h', caption: `of ${mine}` },
    { type: 'response.completed', sequence_number: 2, response: done },
  ];
  rig.fakes.responses.plan({ sse: events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`) });
  const answer = await ask(rig, 'responses', said, { model: modelAt.responses, headers });
  expect(answer.text.split(`of ${mail}`)).toHaveLength(3);
  expect(answer.text).not.toMatch(anyPlaceholder);
});

it.each(clientNames)(
  'originals with quotes, line ends and signs of any script come back right for %s',
  async (client) => {
    const secret = `-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIEowIBAAKCAQEAuQz9yV2c8eYqjL0s1xH8Zb3mW5kT7nR4pD6fG1hJ2kL9wQxA\nzXcVbNmAsDfGhJkLqWeRtYuIoP0987654321\n-----END RSA ${'PRIVATE KEY'}-----`;
    const text = `"é 世" ${secret} and ${token}\tend`;
    for (const target of [own[client], 'anthropic', 'gemini', 'chat'] as const)
      for (const stream of [true, false]) {
        const answer = await ask(rig, client, text, { model: modelAt[target], stream });
        expect(hear(client, answer, stream).text).toBe(`echo: ${text}`);
        expect(rig.sent(target)).not.toContain('MIIEow');
      }
  },
);

it('what looks like a placeholder and is none stays as it is', async () => {
  const text = `${mail} is not EMAIL5bcdfg nor PERSON nor EMAIL`;
  for (const client of clientNames) {
    const answer = await ask(rig, client, text, { model: modelAt[own[client]] });
    expect(hear(client, answer, true).text).toBe(`echo: ${text}`);
  }
});
