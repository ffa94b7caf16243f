// What is said is recorded when the config says so, over real sockets and into a real ledger: all of it, without secrets.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentKey } from '../../../main/host/content-key.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { createRedactor, redacted } from '../../../main/kit/redact.ts';
import { Secret } from '../../../main/kit/secret.ts';
import type { Ledger } from '../../../main/ledger/ledger.ts';
import { createLedger } from '../../../main/ledger/sqlite.ts';
import { fault, startFake, type Fake } from '../../fakes/fake.ts';
import { silentLog } from '../ledger/exchanges.ts';
import { ask, clientNames } from './rigs.ts';
import { send, startTestGateway, testKey, type Answer, type TestGateway } from './support.ts';

const providerKey = 'canary/of+the=provider:9f2c';
const [chat, speech] = ['/v1/chat/completions', '/v1/audio/speech'];
const full = 'logging: { content: full }';

let directory: string;
let fake: Fake;
let ledger: Ledger;
let gateway: TestGateway;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-content-'));
  fake = await startFake({ dialect: 'openai' });
  ledger = startLedger('ledger.db');
});

afterEach(async () => {
  await gateway.stop();
  await ledger.stop();
  await fake.close();
  rmSync(directory, { recursive: true, force: true });
});

function startLedger(file: string): Ledger {
  const redactor = createRedactor();
  redactor.learn('config', [providerKey]);
  return createLedger({
    ...{ file: join(directory, file), journal: join(directory, `journal-of-${file}`), clock: systemClock },
    log: silentLog,
    redact: (text) => redactor.redact(text),
    learned: () => redactor.learned,
    bodySecret: contentKey({ installKey: new Secret('an install key of the tests') }),
  });
}

const yaml = (more: string): string => `
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: "${providerKey}" }], retry: { attempts: 1 } }
routes: [{ alias: smart, targets: [up/gpt-4o] }]
${more}`;

async function start(more: string): Promise<void> {
  gateway = await startTestGateway(yaml(more), { ledger });
}

interface Said {
  readonly request: string | undefined;
  readonly answer: string | undefined;
}

async function saidIn({ headers }: Pick<Answer, 'headers'>): Promise<Said> {
  const id = String(headers['x-sluice-request-id']);
  expect((await ledger.byRequestId(id))?.entry.request_id).toBe(id);
  return said(id);
}

async function said(id: string): Promise<Said> {
  const bodies = await ledger.bodiesOf(id);
  const text = (part: string): string | undefined => {
    const bytes = bodies.find((body) => body.part === part)?.bytes;
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };
  return { request: text('request'), answer: text('answer') };
}

/** Of a table, or of a sum over it, in the file as it is. */
async function inFile(what: string, table: string, of = { file: 'ledger.db', ledger }): Promise<number> {
  await of.ledger.bodiesOf('nobody');
  const db = new DatabaseSync(join(directory, of.file), { readOnly: true });
  try {
    return Number(db.prepare(`SELECT coalesce(${what}, 0) AS n FROM ${table}`).get()?.['n']);
  } finally {
    db.close();
  }
}

const question = (text: string, more: object = {}): object => ({
  model: 'smart',
  messages: [{ role: 'user', content: text }],
  ...more,
});

describe('with the default', () => {
  it.each(['', 'logging: { content: metadata }', 'logging: { content: off }'])(
    'nothing that was said is kept: %s',
    async (logging) => {
      await start(logging);
      const answer = await send(gateway, { path: chat, body: question('the launch is on the ninth') });
      expect(answer.status).toBe(200);
      expect(await saidIn(answer)).toEqual({ request: undefined, answer: undefined });
      expect([await inFile('count(*)', 'bodies'), await inFile('count(*)', 'body_pieces')]).toEqual([0, 0]);
    },
  );
});

describe('with content: full', () => {
  it.each(clientNames.flatMap((client) => [true, false].map((stream) => ({ client, stream }))))(
    'request and answer come back byte for byte: $client, stream $stream',
    async ({ client, stream }) => {
      await start(full);
      const answer = await ask(gateway, client, 'what is the höhe of the Zugspitze? \u4e16', { stream });
      expect(answer.status).toBe(200);
      const found = await saidIn(answer);
      expect(found.answer).toBe(answer.text);
      expect(found.answer?.length).toBeGreaterThan(20);
      expect(found.request).toContain('höhe of the Zugspitze? \u4e16');
    },
  );

  it('the request is as the client wrote it, and a stream as it came at any split', async () => {
    await start(full);
    const sse = [
      'data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
      ': comment',
      'data: {"id":"c","choices":[{"index":0,"delta":{"content":"h\u00e9 \u4e16"}}]}',
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
      'data: [DONE]',
      '',
    ].join('\n\n');
    const raw =
      '{ "stream":true,\n "stream_options":{"include_usage":true}, "zeta": 1.50e0, "model":"smart", "messages" : [{"role":"user","content":"h\\u00e9"}] }';
    for (const k of [1, 7]) {
      fake.plan({ sse, fault: fault.split(k) });
      const answer = await send(gateway, { path: chat, raw });
      expect(answer.text).toBe(sse);
      expect(await saidIn(answer)).toEqual({ request: raw, answer: sse });
    }
  });

  it('errors are kept as well: of the provider, of ours, and a stream that breaks off', async () => {
    await start(full);
    fake.plan({
      status: 400,
      body: '{"error":{"message":"too long","weird":[1]}}',
      headers: { 'content-type': 'application/json' },
    });
    const theirs = await send(gateway, { path: chat, body: question('first') });
    expect(await saidIn(theirs)).toMatchObject({ answer: '{"error":{"message":"too long","weird":[1]}}' });
    const ours = await send(gateway, { path: chat, body: { ...question('second'), model: 'nobody/has-it' } });
    expect(ours.status).toBeGreaterThanOrEqual(400);
    const refused = await saidIn(ours);
    expect(refused.answer).toBe(ours.text);
    expect(refused.request).toContain('second');
    fake.plan({ fault: fault.resetAfterEvents(3) });
    const cut = await send(gateway, { path: chat, body: question('third', { stream: true }) });
    expect((await saidIn(cut)).answer).toBe(cut.text);
  });

  it('a file that is uploaded and an answer that is sound are left out, the text beside them is kept', async () => {
    await start(full);
    const boundary = 'xx';
    const upload = [
      ...[`--${boundary}`, 'content-disposition: form-data; name="model"', '', 'up/whisper-1'],
      ...[`--${boundary}`, 'content-disposition: form-data; name="file"; filename="a.wav"', '', 'RIFF'],
      ...[`--${boundary}--`, ''],
    ].join('\r\n');
    fake.plan({ json: { text: 'hello there' } });
    const heard = await send(gateway, {
      path: '/v1/audio/transcriptions',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      raw: upload,
    });
    expect(await saidIn(heard)).toEqual({ request: undefined, answer: '{"text":"hello there"}' });
    fake.plan({ status: 200, body: 'ID3sound', headers: { 'content-type': 'audio/mpeg' } });
    const spoken = await send(gateway, { path: speech, body: { model: 'up/tts-1', input: 'say it', voice: 'alloy' } });
    expect(spoken.text).toBe('ID3sound');
    const found = await saidIn(spoken);
    expect([found.answer, found.request?.includes('say it')]).toEqual([undefined, true]);
  });

  it('no secret is kept, in whatever spelling, and nothing of it stands in the files as text', async () => {
    await start(full);
    const spelt = [
      providerKey,
      encodeURIComponent(providerKey),
      Buffer.from(providerKey).toString('base64'),
      JSON.stringify(providerKey).replaceAll('/', '\\/').slice(1, -1),
    ];
    fake.plan({
      json: {
        id: 'x',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: `launch ninth ${spelt.join(' ')}` },
            finish_reason: 'stop',
          },
        ],
      },
    });
    const answer = await send(gateway, {
      path: chat,
      body: question(`the launch is on the ninth. My key: ${testKey}, the other: ${spelt.join(' ')}`),
    });
    expect(answer.text).toContain(providerKey);
    const found = await saidIn(answer);
    for (const text of [found.request, found.answer]) {
      expect(text).toContain(redacted);
      for (const secret of [testKey, ...spelt]) expect(text?.includes(secret), secret).toBe(false);
    }
    expect(found.request).toContain('the launch is on the ninth. My key: ');
    for (const name of readdirSync(directory))
      for (const word of ['launch', 'ninth', testKey, ...spelt])
        expect(readFileSync(join(directory, name)).includes(word), `${word} in ${name}`).toBe(false);
  });

  it('a login of the client’s own is not kept either', async () => {
    await start(full);
    const login = 'ya29.login-of-the-client-itself';
    const answer = await send(gateway, {
      path: `/c/${testKey}${chat}`,
      headers: { authorization: `Bearer ${login}` },
      body: question(`I am ${login}`),
    });
    expect(answer.status).toBe(200);
    const { request } = await saidIn(answer);
    expect(request).toContain(`I am ${redacted}`);
  });

  it('twenty turns of a conversation of 200 kB take up less than twice what the last one does', async () => {
    await start(full);
    let state = 1;
    const words = (length: number): string =>
      Array.from({ length }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return (state >>> 12).toString(36);
      }).join(' ');
    const messages: object[] = [{ role: 'system', content: words(20_000) }];
    let last = '';
    for (let turn = 0; turn < 20; turn += 1) {
      messages.push({ role: 'user', content: words(800) }, { role: 'assistant', content: 'yes' });
      last = JSON.stringify({ model: 'smart', messages: [...messages, { role: 'user', content: 'go on' }] });
      fake.plan({
        json: {
          id: 'x',
          choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
        },
      });
      await send(gateway, { path: chat, raw: last });
    }
    expect(last.length).toBeGreaterThan(150_000);
    const kept = await inFile('sum(length(sealed))', 'body_pieces');
    expect(await inFile('count(*)', 'bodies')).toBe(40);
    const alone = startLedger('alone.db');
    alone.keepBody({ requestId: 'last', part: 'request', bytes: Buffer.from(last) });
    expect(kept).toBeLessThan(
      2 * (await inFile('sum(length(sealed))', 'body_pieces', { file: 'alone.db', ledger: alone })),
    );
    await alone.stop();
    expect(await inFile('sum(size)', 'bodies')).toBeGreaterThan(9 * last.length);
  });

  it('an answer of nine megabytes is kept up to a bound, and says so', async () => {
    await start(full);
    const content = 'A'.repeat(9_000_000);
    fake.plan({
      json: { id: 'x', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] },
    });
    const answer = await send(gateway, { path: chat, body: question('much') });
    expect(answer.body.length).toBeGreaterThan(9_000_000);
    const { answer: kept = '' } = await saidIn(answer);
    const bound = 8 * 1024 * 1024;
    expect(kept.slice(0, bound) === answer.text.slice(0, bound)).toBe(true);
    expect(kept.slice(bound)).toBe(`\n[${answer.body.length - bound} more bytes of this answer were not recorded]\n`);
  });

  it('begins and ends with the config, while it runs', async () => {
    await start('');
    const before = await send(gateway, { path: chat, body: question('before') });
    await gateway.apply(yaml(full));
    const during = await send(gateway, { path: chat, body: question('during') });
    await gateway.apply(yaml(''));
    const after = await send(gateway, { path: chat, body: question('after') });
    expect(await saidIn(before)).toEqual({ request: undefined, answer: undefined });
    expect((await saidIn(during)).answer).toBe(during.text);
    expect(await saidIn(after)).toEqual({ request: undefined, answer: undefined });
    expect(await inFile('count(*)', 'bodies')).toBe(2);
  });
});
