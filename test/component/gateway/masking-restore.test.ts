// What goes out holds placeholders, and the client has its own words again: every client dialect, every target, plain and streamed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fault } from '../../fakes/fake.ts';
import { parseSse } from '../../fakes/wire.ts';
import { ask, clientNames, type ClientName } from './rigs.ts';
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
  thinking,
  token,
  toolFields,
  type MaskedGateway,
  type TargetName,
} from './masking-rig.ts';

let rig: MaskedGateway;
beforeAll(async () => {
  rig = await startMasked(masking);
});
afterAll(() => rig.close());
afterEach(() => {
  for (const fake of Object.values(rig.fakes)) fake.clearPlans();
});

const pairs = clientNames.flatMap((client) =>
  targetNames.flatMap((target) => [true, false].map((stream) => ({ client, target, stream }))),
);

describe.each(pairs)('$client to $target, stream $stream', ({ client, target, stream }) => {
  const options = { model: modelAt[target], stream };

  it('a text comes back as it was, and left with placeholders', async () => {
    const text = `write to ${mail} with ${token} – cc ${mail}, "quoted" \\ too`;
    const answer = await ask(rig, client, text, options);
    expect([answer.status, answer.headers['x-sluice-masked']]).toEqual([200, '3']);
    expect(hear(client, answer, stream).text).toBe(`echo: ${text}`);
    const sent = rig.sent(target);
    expect([sent.includes(mail), sent.includes(token)]).toEqual([false, false]);
    expect([placeholdersIn(sent, 'mail').length, placeholdersIn(sent, 'token').length]).toEqual([1, 1]);
    expect(answer.text).not.toMatch(anyPlaceholder);
  });

  it('arguments of calls side by side come back; secrets in them stay placeholders', async () => {
    const text = [
      `call send_mail {"to":"${mail}","text":"a \\"quote\\" to ${otherMail}"}`,
      `call send_mail {"to":"${otherMail}","text":"${token}"}`,
    ].join('\n');
    const answer = await ask(rig, client, text, { ...options, more: toolFields(client) });
    expect(answer.status).toBe(200);
    const sent = rig.sent(target);
    const [secret] = placeholdersIn(sent, 'token');
    expect(secret).toBeDefined();
    expect(hear(client, answer, stream).calls).toEqual([
      { name: 'send_mail', args: { to: mail, text: `a "quote" to ${otherMail}` } },
      { name: 'send_mail', args: { to: otherMail, text: secret } },
    ]);
    expect(answer.text).not.toContain(token);
  });

  it('reasoning comes back', async () => {
    const text = `think of ${mail} and of ${token}`;
    const more = target === 'chat' ? {} : thinking[client];
    await ask(rig, client, text, { ...options, more });
    const [first = ''] = placeholdersIn(rig.sent(target), 'mail');
    const [second = ''] = placeholdersIn(rig.sent(target), 'token');
    rig.fakes[target].plan({ turn: { reasoning: `hm, ${first}: is that ${second}?`, text: `yes, ${first}` } });
    const answer = await ask(rig, client, text, { ...options, more });
    const heard = hear(client, answer, stream);
    expect(heard.text).toBe(`yes, ${mail}`);
    expect(heard.reasoning).toBe(isShown(client, target) ? `hm, ${mail}: is that ${token}?` : '');
    expect(answer.text).not.toMatch(anyPlaceholder);
  });
});

/** Chat has no words to ask the others for it, and shows none of its own. */
function isShown(client: ClientName, target: TargetName): boolean {
  return target !== 'chat' && !(client === 'chat' && (target === 'responses' || target === 'gemini'));
}

describe('a placeholder cut anywhere', () => {
  it.each(clientNames)('is restored for %s at one byte a packet', async (client) => {
    const target = client === 'messages' ? 'anthropic' : client;
    rig.fakes[target].plan({ fault: fault.split(1) });
    const text = `write to ${mail} and ${otherMail}`;
    const answer = await ask(rig, client, text, { model: modelAt[target] });
    expect(hear(client, answer, true).text).toBe(`echo: ${text}`);
  });

  it.each(['chat', 'responses', 'anthropic', 'gemini'] as const)(
    'is restored from %s at one letter an event',
    async (target) => {
      const client = target === 'anthropic' ? 'messages' : target;
      const text = `one letter of ${mail}`;
      await ask(rig, client, text, { model: modelAt[target] });
      const [placeholder = ''] = placeholdersIn(rig.sent(target), 'mail');
      rig.fakes[target].plan({
        turn: { text: [...`so ${placeholder}, and ${placeholder.toLowerCase()} it is ${placeholder}`] },
      });
      const answer = await ask(rig, client, text, { model: modelAt[target] });
      expect(hear(client, answer, true).text).toBe(`so ${mail}, and ${mail} it is ${mail}`);
    },
  );
});

it('a Responses stream says the same in deltas, done events and the completed answer, in ascending numbers', async () => {
  const text = `write to ${mail}`;
  const answer = await ask(rig, 'responses', text, { model: modelAt.responses });
  const events = parseSse(answer.text).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
  const numbers = events.map((event) => Number(event['sequence_number']));
  expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)));
  const said = `echo: ${text}`;
  const of = (type: string): Record<string, unknown> | undefined => events.find((event) => event['type'] === type);
  const deltas = events.filter((event) => event['type'] === 'response.output_text.delta');
  expect(deltas.map((event) => event['delta']).join('')).toBe(said);
  expect(of('response.output_text.done')).toMatchObject({ text: said });
  expect(of('response.content_part.done')).toMatchObject({ part: { text: said } });
  expect(of('response.output_item.done')).toMatchObject({ item: { content: [{ text: said }] } });
  expect(of('response.completed')).toMatchObject({ response: { output: [{ content: [{ text: said }] }] } });
});

it('arguments of a Responses stream say the same in deltas, done events and the completed answer', async () => {
  const text = `call send_mail {"to":"${mail}"}`;
  const answer = await ask(rig, 'responses', text, { model: modelAt.responses, more: toolFields('responses') });
  const events = parseSse(answer.text).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
  const args = `{"to":"${mail}"}`;
  const numbers = events.map((event) => Number(event['sequence_number']));
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  const deltas = events.filter((event) => event['type'] === 'response.function_call_arguments.delta');
  expect(deltas.map((event) => event['delta']).join('')).toBe(args);
  expect(events.find((event) => event['type'] === 'response.function_call_arguments.done')).toMatchObject({
    arguments: args,
  });
  expect(events.findLast((event) => event['type'] === 'response.completed')).toMatchObject({
    response: { output: [{ type: 'function_call', arguments: args }] },
  });
});

it('a Responses answer that runs in the background is restored as well, plain and streamed', async () => {
  const text = `write to ${mail}`;
  for (const stream of [true, false]) {
    const answer = await ask(rig, 'responses', text, {
      model: modelAt.responses,
      stream,
      more: { background: true, store: true },
    });
    expect(answer.status).toBe(200);
    expect(rig.sent('responses')).not.toContain(mail);
    expect(answer.text).not.toMatch(anyPlaceholder);
  }
});
