// Modes, exceptions, overrides, what fails closed, and what is told of it.
import { afterEach, describe, expect, it } from 'vitest';
import { ask, clientNames } from './rigs.ts';
import { expectRefusal } from './refusals.ts';
import {
  anyPlaceholder,
  hear,
  mail,
  masking,
  modelAt,
  otherToken,
  placeholdersIn,
  startMasked,
  token,
  toolFields,
  type MaskedGateway,
} from './masking-rig.ts';
import { send, testKey } from './support.ts';

let rig: MaskedGateway;
afterEach(() => rig.close());

const said = `write to ${mail} with ${token}`;

describe('mode block', () => {
  it.each(clientNames)(
    'refuses a request of %s with 403 in its words, and nothing reaches a provider',
    async (client) => {
      rig = await startMasked('masking: { enabled: true, detectors: [{ id: secrets, mode: block }, email] }');
      for (const stream of [false, true]) {
        const answer = await ask(rig, client, said, { model: modelAt.chat, stream });
        expectRefusal(answer, client, {
          code: 'admit.masking_blocked',
          says: ['1 × github_token', 'masking.detectors'],
        });
        expect([answer.text.includes(token), answer.headers['x-sluice-attempts']]).toEqual([false, '0']);
      }
      expect(rig.arrived()).toBe(0);
      const record = await rig.gateway.closed();
      expect(record).toMatchObject({
        attempts: [],
        status: 403,
        safety: [{ source: 'masking', rule: 'secrets', action: 'block', detail: '1 × github_token' }],
      });
      expect(JSON.stringify(record)).not.toContain(token);
    },
  );

  it('is answered by a target that is exempt, where the route has one', async () => {
    rig = await startMasked(`
routes: [{ alias: smart, targets: [chat/gpt-4o, anthropic/claude-sonnet-4-5] }]
masking: { enabled: true, detectors: [{ id: secrets, mode: block }, email], exclude: { providers: [anthropic] } }
`);
    const answer = await ask(rig, 'chat', said);
    expect([answer.status, answer.headers['x-sluice-target']]).toEqual([200, modelAt.anthropic]);
    expect(rig.fakes.chat.requests).toHaveLength(0);
    expect(rig.sent('anthropic')).toContain(token);
    expect(hear('chat', answer, true).text).toBe(`echo: ${said}`);
  });

  it('is refused where every target is refused, though one could not be reached anyway', async () => {
    rig = await startMasked(`
routes: [{ alias: smart, targets: [chat/gpt-4o, anthropic/claude-sonnet-4-5] }]
masking: { enabled: true, detectors: [{ id: secrets, mode: block }] }
`);
    expectRefusal(await ask(rig, 'messages', said), 'messages', {
      code: 'admit.masking_blocked',
      says: ['github_token'],
    });
    expect(rig.arrived()).toBe(0);
  });
});

describe('mode warn', () => {
  it('sends it as it is and says so', async () => {
    rig = await startMasked('masking: { enabled: true, detectors: [{ id: email, mode: warn }, secrets] }');
    const answer = await ask(rig, 'chat', said, { model: modelAt.chat });
    expect([answer.status, answer.headers['x-sluice-masked'], answer.headers['x-sluice-warnings']]).toEqual([
      200,
      '1',
      'email',
    ]);
    const sent = rig.sent('chat');
    expect([sent.includes(mail), sent.includes(token)]).toEqual([true, false]);
    expect(await rig.gateway.closed()).toMatchObject({
      masked: { secrets: 1 },
      safety: [{ source: 'masking', rule: 'email', action: 'warn', detail: '1 × email' }],
    });
  });
});

describe('what is told', () => {
  it('the header says how much, the record says what kinds, and neither says what', async () => {
    rig = await startMasked();
    const none = await ask(rig, 'chat', 'nothing here', { model: modelAt.chat });
    expect([none.headers['x-sluice-masked'], none.headers['x-sluice-warnings']]).toEqual(['0', undefined]);
    await rig.gateway.closed();
    const some = await ask(rig, 'chat', `${said}, ${mail}`, { model: modelAt.chat });
    expect(some.headers['x-sluice-masked']).toBe('3');
    const record = await rig.gateway.closed();
    expect(record.masked).toEqual({ email: 2, secrets: 1 });
    const told = JSON.stringify(record) + rig.gateway.logs.join('\n');
    expect([told.includes(mail), told.includes(token)]).toEqual([false, false]);
  });

  it('nothing is told, and nothing looked for, where masking is off', async () => {
    rig = await startMasked('masking: { enabled: false }');
    const answer = await ask(rig, 'chat', said, { model: modelAt.chat });
    expect(answer.headers['x-sluice-masked']).toBeUndefined();
    expect(rig.sent('chat')).toContain(token);
    expect((await rig.gateway.closed()).masked).toBeUndefined();
  });
});

describe('what comes back', () => {
  it('secrets in arguments only for tools that are named', async () => {
    const text = `call send_mail {"to":"${mail}","text":"${token}"}`;
    rig = await startMasked(
      'masking: { enabled: true, detectors: [email, { id: secrets, restore_in_tools: ["send_*"] }] }',
    );
    for (const client of clientNames) {
      const answer = await ask(rig, client, text, { model: modelAt.chat, more: toolFields(client) });
      expect(hear(client, answer, true).calls).toEqual([{ name: 'send_mail', args: { to: mail, text: token } }]);
    }
    await rig.gateway.apply(
      rig.yaml(
        'masking: { enabled: true, detectors: [{ id: email, restore_in_tools: [other] }, { id: secrets, restore_in_tools: [other] }] }',
      ),
    );
    for (const client of clientNames) {
      const answer = await ask(rig, client, text, { model: modelAt.chat, more: toolFields(client) });
      const [call] = hear(client, answer, true).calls;
      expect(call?.args).toEqual({
        to: placeholdersIn(rig.sent('chat'), 'mail')[0],
        text: placeholdersIn(rig.sent('chat'), 'token')[0],
      });
    }
  });

  it('nothing with restore: false, and nothing of a kind that says so', async () => {
    rig = await startMasked('masking: { enabled: true, restore: false }');
    const all = hear('messages', await ask(rig, 'messages', said, { model: modelAt.anthropic }), true).text;
    expect([all.includes(mail), all.includes(token), anyPlaceholder.test(all)]).toEqual([false, false, true]);
    await rig.gateway.apply(
      rig.yaml('masking: { enabled: true, detectors: [{ id: email, restore: false }, secrets] }'),
    );
    const some = hear('messages', await ask(rig, 'messages', said, { model: modelAt.anthropic }), true).text;
    expect([some.includes(mail), some.includes(token)]).toEqual([false, true]);
  });
});

describe('exceptions', () => {
  it('an excluded provider gets it as it is; others do not, as globs too', async () => {
    rig = await startMasked('masking: { enabled: true, exclude: { providers: ["ch*"] } }');
    const plain = await ask(rig, 'chat', said, { model: modelAt.chat });
    expect([plain.headers['x-sluice-masked'], rig.sent('chat').includes(token)]).toEqual([undefined, true]);
    await ask(rig, 'chat', said, { model: modelAt.gemini });
    expect(rig.sent('gemini')).not.toContain(token);
  });

  it('an excluded client sends it as it is', async () => {
    const keys = `virtual_keys:
  - { id: one, value: sk-sluice-client-one-1, metadata: { client: codex } }
  - { id: two, value: sk-sluice-client-two-2, metadata: { client: other } }
`;
    rig = await startMasked(`${keys}masking: { enabled: true, exclude: { clients: [codex] } }`);
    const as = (key: string): Promise<unknown> =>
      ask(rig, 'chat', said, { model: modelAt.chat, headers: { authorization: `Bearer ${key}` } });
    await as('sk-sluice-client-one-1');
    expect(rig.sent('chat')).toContain(token);
    await as('sk-sluice-client-two-2');
    expect(rig.sent('chat')).not.toContain(token);
  });

  it('overrides hold for the providers, routes and clients they name; the last that fits counts', async () => {
    rig = await startMasked(`
virtual_keys:
  - { id: one, value: sk-sluice-client-one-1, metadata: { client: codex } }
  - { id: two, value: sk-sluice-client-two-2, metadata: { client: other } }
routes:
  - { id: careful, alias: careful, targets: [chat/gpt-4o] }
  - { alias: usual, targets: [chat/gpt-4o] }
masking:
  enabled: true
  overrides:
    - { providers: [gemini], detectors: [email], mode: off }
    - { routes: [careful], detectors: [secrets], mode: block }
    - { clients: [codex], mode: warn }
`);
    const as = (key: string, model: string): ReturnType<typeof ask> =>
      ask(rig, 'chat', said, { model, headers: { authorization: `Bearer ${key}` } });
    const [one, two] = ['sk-sluice-client-one-1', 'sk-sluice-client-two-2'] as const;
    await as(two, modelAt.gemini);
    expect([rig.sent('gemini').includes(mail), rig.sent('gemini').includes(token)]).toEqual([true, false]);
    expect((await as(two, 'careful')).headers['x-sluice-error']).toBe('admit.masking_blocked');
    expect((await as(two, 'usual')).headers['x-sluice-masked']).toBe('2');
    const warned = await as(one, 'careful');
    expect([warned.status, warned.headers['x-sluice-masked']]).toEqual([200, '0']);
    expect(String(warned.headers['x-sluice-warnings']).split(/, ?/).sort()).toEqual(['email', 'secrets']);
    expect(rig.sent('chat')).toContain(token);
  });

  it('what one target may see another of the same request may not', async () => {
    rig = await startMasked(`
routes: [{ alias: smart, targets: [chat/gpt-4o, anthropic/claude-sonnet-4-5] }]
masking: { enabled: true, exclude: { providers: [chat] } }
`);
    rig.fakes.chat.plan({ status: 500, json: { error: { message: 'broken' } } });
    const answer = await ask(rig, 'chat', said);
    expect([answer.status, answer.headers['x-sluice-target'], answer.headers['x-sluice-masked']]).toEqual([
      200,
      modelAt.anthropic,
      '2',
    ]);
    expect(rig.sent('anthropic')).not.toContain(token);
    expect(hear('chat', answer, true).text).toBe(`echo: ${said}`);
  });
});

describe('own terms, patterns and values known here', () => {
  it('are masked by what they are', async () => {
    rig = await startMasked(`
virtual_keys: [{ id: other, value: Qz7-known-here-X2 }, { id: test, value: "${testKey}" }]
masking: { enabled: true, detectors: [secrets], terms: [Project Falcon], patterns: [{ id: ticket, pattern: 'TCK-[0-9]{4,}' }] }
`);
    const answer = await ask(rig, 'chat', 'project   falcon has TCK-12345, key Qz7-known-here-X2 or else', {
      model: modelAt.chat,
    });
    const sent = rig.sent('chat');
    expect(sent).toMatch(/TERM[2-9]\w{5} has CUSTOM[2-9]\w{5}, key SECRET[2-9]\w{5}/);
    expect(hear('chat', answer, true).text).toBe('echo: project   falcon has TCK-12345, key Qz7-known-here-X2 or else');
    expect((await rig.gateway.closed()).masked).toEqual({ terms: 1, patterns: 1, secrets: 1 });
  });
});

describe('what cannot be looked through', () => {
  /** Each match makes it look ahead to the end of the text, so the sum of all finds is quadratic. */
  const slow = `patterns: [{ id: slow, pattern: 'x(?s:.*y)?' }]`;
  const long = 'x'.repeat(400_000);

  it.each(clientNames)('is refused for %s with 403, and nothing is sent', async (client) => {
    rig = await startMasked(`masking: { enabled: true, ${slow} }`);
    const answer = await ask(rig, client, long, { model: modelAt.chat });
    expectRefusal(answer, client, { code: 'admit.masking_failed', says: ['patterns', 'masking.on_failure'] });
    expect(rig.arrived()).toBe(0);
    expect(await rig.gateway.closed()).toMatchObject({ attempts: [], status: 403 });
  });

  it('goes out with a warning where the user wants that', async () => {
    rig = await startMasked(`masking: { enabled: true, ${slow}, on_failure: warn }`);
    const answer = await ask(rig, 'chat', `${mail} ${long}`, { model: modelAt.chat, stream: false });
    expect([answer.status, answer.headers['x-sluice-warnings']]).toEqual([200, 'failed']);
    expect(rig.sent('chat')).toContain(mail);
  });

  it('is refused all the same where a firewall rule would refuse it, or could not be said to hold', async () => {
    rig = await startMasked(
      `masking: { enabled: true, ${slow}, on_failure: warn }\nfirewall: [{ id: words, pattern: sesame, action: block }]`,
    );
    const found = await ask(rig, 'chat', `open sesame ${long}`, { model: modelAt.chat });
    expect(found.headers['x-sluice-error']).toBe('admit.firewall_blocked');
    expect((await ask(rig, 'chat', long, { model: modelAt.chat })).headers['x-sluice-warnings']).toBe('failed');
    await rig.gateway.apply(
      rig.yaml(
        `masking: { enabled: true, ${slow}, on_failure: warn }\nfirewall: [{ id: mails, detect: email, action: block }]`,
      ),
    );
    const unknown = await ask(rig, 'chat', long, { model: modelAt.chat });
    expect([unknown.status, unknown.headers['x-sluice-error']]).toEqual([403, 'admit.masking_failed']);
  });

  it('of a form is refused, or sent with a warning where the user wants that', async () => {
    const raw = `--mark\r\nContent-Disposition: form-data; name="model"\r\n\r\nresponses/gpt-image-1\r\n--mark\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--mark\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n${long}\r\n--mark--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=mark' };
    rig = await startMasked(`masking: { enabled: true, ${slow} }`);
    const refused = await send(rig, { path: '/v1/images/edits', method: 'POST', raw, headers });
    expect([refused.status, refused.headers['x-sluice-error'], rig.arrived()]).toEqual([
      403,
      'admit.masking_failed',
      0,
    ]);
    await rig.gateway.apply(rig.yaml(`masking: { enabled: true, ${slow}, on_failure: warn }`));
    const sent = await send(rig, { path: '/v1/images/edits', method: 'POST', raw, headers });
    expect([sent.headers['x-sluice-warnings'], rig.arrived()]).toEqual(['failed', 1]);
  });

  it('is refused when the time is up', async () => {
    // A clock that runs three hundred times as fast as the machine.
    let ms = 0;
    const { systemClock } = await import('../../../main/kit/clock.ts');
    const clock = { ...systemClock, now: () => systemClock.now(), monotonic: () => (ms += 7) };
    rig = await startMasked('masking: { enabled: true, time_budget_ms: 100 }', { clock });
    const answer = await ask(rig, 'chat', 'word\n'.repeat(100_000), { model: modelAt.chat });
    expectRefusal(answer, 'chat', { code: 'admit.masking_failed', says: ['time_budget_ms (100 ms)'] });
    expect(rig.arrived()).toBe(0);
  });
});

describe('media: block', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const data = `data:image/png;base64,${png}`;

  it.each([
    [
      '/v1/chat/completions',
      {
        model: 'chat/gpt-4o',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: data } }] }],
      },
    ],
    [
      '/v1/responses',
      { model: 'chat/gpt-4o', input: [{ role: 'user', content: [{ type: 'input_image', image_url: data }] }] },
    ],
    [
      '/v1/messages',
      {
        model: 'chat/gpt-4o',
        max_tokens: 9,
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }],
          },
        ],
      },
    ],
    [
      '/v1beta/models/chat%2Fgpt-4o:generateContent',
      { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: png } }] }] },
    ],
    ['/api/chat', { model: 'chat/gpt-4o', messages: [{ role: 'user', content: 'see', images: [png] }] }],
    ['/api/generate', { model: 'chat/gpt-4o', prompt: 'see', images: [png] }],
    [
      '/v1beta/models/gemini%2Fgemini-embedding-001:embedContent',
      { content: { parts: [{ inlineData: { mimeType: 'image/png', data: png } }] } },
    ],
    [
      '/v1/embeddings',
      {
        model: 'responses/text-embedding-3-small',
        input: [{ content: [{ type: 'image_url', image_url: { url: data } }] }],
      },
    ],
    [
      '/v1/moderations',
      { model: 'responses/omni-moderation-latest', input: [{ type: 'image_url', image_url: { url: data } }] },
    ],
    ['/v1/images/edits', { model: 'responses/gpt-image-1', prompt: 'a cat', images: [{ image_url: data }] }],
    [
      '/v1/responses/compact',
      { model: 'responses/gpt-5', input: [{ role: 'user', content: [{ type: 'input_image', image_url: data }] }] },
    ],
  ])('%s is refused', async (path, body) => {
    rig = await startMasked('masking: { enabled: true, media: block }');
    const answer = await send(rig, { path, body });
    expect([answer.status, answer.headers['x-sluice-error']]).toEqual([403, 'admit.masking_uncovered']);
    expect(rig.arrived()).toBe(0);
  });

  it('requests without any pass, and so does a provider that is exempt', async () => {
    rig = await startMasked('masking: { enabled: true, media: block, exclude: { providers: [gemini] } }');
    expect((await ask(rig, 'chat', said, { model: modelAt.chat })).status).toBe(200);
    const picture = {
      contents: [{ role: 'user', parts: [{ text: 'see' }, { inlineData: { mimeType: 'image/png', data: png } }] }],
    };
    const exempt = await send(rig, { path: '/v1beta/models/gemini%2Fgemini-2.5-flash:generateContent', body: picture });
    expect(exempt.status).toBe(200);
    const embeds = await send(rig, {
      path: '/v1/embeddings',
      body: { model: 'responses/text-embedding-3-small', input: ['a', 'b'] },
    });
    expect(embeds.status).toBe(200);
  });
});

it('a policy refusal is never a 5xx, whoever asks and whatever is refused', async () => {
  rig = await startMasked(`
masking: { enabled: true, detectors: [{ id: email, mode: block }] }
firewall: [{ id: words, pattern: forbidden, action: block }]
`);
  for (const client of clientNames)
    for (const text of [mail, 'forbidden'])
      expect((await ask(rig, client, text, { model: modelAt.chat })).status).toBe(403);
  const embedded = await send(rig, {
    path: '/v1/embeddings',
    body: { model: 'responses/text-embedding-3-small', input: mail },
  });
  const ollama = await send(rig, {
    path: '/api/chat',
    body: { model: 'chat/gpt-4o', messages: [{ role: 'user', content: mail }] },
  });
  expect([embedded.status, ollama.status]).toEqual([403, 403]);
  expect(ollama.json()).toEqual({ error: expect.stringContaining('1 × email') as unknown });
});

it('fields beside the conversation, names of fields and repeated fields are masked as well', async () => {
  rig = await startMasked(masking);
  const raw = `{"model":"chat/gpt-4o","user":"${mail}","stop":["${mail}"],"metadata":{"${mail}":"x"},"note":"${mail}","note":"${mail}","messages":[{"role":"user","content":"a","name":"x","content":"${otherToken} \\u0061da.byron@kestrel-logistics.com"}]}`;
  rig.fakes.chat.plan({
    json: { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }] },
  });
  const answer = await send(rig, { path: '/v1/chat/completions', raw });
  if (answer.status === 200) {
    const sent = rig.fakes.chat.requests.at(-1)?.body.toString() ?? '';
    expect([sent.includes('kestrel'), sent.includes(otherToken)]).toEqual([false, false]);
  } else expect([answer.status, rig.arrived()]).toEqual([400, 0]);
});
