// Every secret there is, put everywhere it can be put, through a real instance with its most talkative log: then no sink knows one.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { makeHome, type Running } from '../cli/instance.ts';
import { send, type Answer, type Call } from './support.ts';

const random = (): string => randomBytes(18).toString('base64url');
const virtualKey = `sk-sluice-ide-${random()}`;
const literal = `sk-canary-${random()}`;
const fromFile = `canary/${random()}+of=file`;
const bedrock = { id: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`, secret: `${random()}/${random()}` };
const secrets = [virtualKey, literal, fromFile, bedrock.secret];

const home = makeHome();
const answers: Answer[] = [];
let fake: Fake;
let instance: Running;

beforeAll(async () => {
  fake = await startFake({ dialect: 'openai' });
  mkdirSync(home.data, { mode: 0o700 });
  const keyFile = join(home.folder, 'key');
  writeFileSync(keyFile, fromFile, { mode: 0o600 });
  writeFileSync(
    join(home.data, 'sluice.yaml'),
    `version: 1
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: "${literal}" }], retry: { attempts: 1 } }
  - { id: file, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: "file:${keyFile}" }], retry: { attempts: 1 } }
  - id: bed
    kind: bedrock
    base_url: "http://127.0.0.1:9"
    region: us-east-1
    keys: [{ name: main, access_key_id: "${bedrock.id}", secret_access_key: "${bedrock.secret}" }]
    retry: { attempts: 1 }
virtual_keys:
  - { id: ide, value: "sha256:${createHash('sha256').update(virtualKey).digest('hex')}" }
`,
    { mode: 0o600 },
  );
  instance = await home.serve('--log-level', 'debug');
});

afterAll(async () => {
  await home.leave();
  await fake.close();
});

async function ask(call: Call): Promise<void> {
  answers.push(await send(instance, { ...call, headers: { authorization: `Bearer ${virtualKey}`, ...call.headers } }));
}

const chat = '/v1/chat/completions';
const said = (model: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  model,
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
});

async function askEverywhere(): Promise<void> {
  for (const secret of secrets) {
    const none = { authorization: '' };
    await ask({ path: `/c/${encodeURIComponent(secret)}${chat}`, body: said('up/gpt-4o'), headers: none });
    await ask({ path: `/c/${encodeURIComponent(secret)}/nothing`, headers: none });
    await ask({ path: `/v1/models?key=${encodeURIComponent(secret)}`, headers: none });
    await ask({ path: `/c/${encodeURIComponent(secret)}/%zz`, method: 'OPTIONS', headers: none });
    await ask({ path: chat, body: said('up/gpt-4o'), headers: { authorization: `Bearer ${secret}` } });
    await ask({ path: chat, body: said('up/gpt-4o'), headers: { authorization: `Basic ${secret}` } });
    await ask({ path: chat, body: said('up/gpt-4o'), headers: { 'x-api-key': secret } });
    await ask({
      path: chat,
      body: said('up/gpt-4o'),
      headers: { 'user-agent': `${secret}/1`, 'x-session-id': secret, 'x-request-id': secret, cookie: secret },
    });
    await ask({ path: chat, body: said(secret) });
    await ask({ path: '/v1/messages', body: said('up/gpt-4o', { max_tokens: 5, metadata: { user_id: secret } }) });
    for (const model of ['up/gpt-4o', 'file/gpt-4o']) {
      const message = `bad key ${secret}, ${Buffer.from(secret).toString('base64')}`;
      fake.plan({ status: 401, json: { error: { message } }, headers: { 'x-echo': secret } });
      await ask({ path: chat, body: said(model) });
      fake.plan({ sse: [`data: ${JSON.stringify({ error: { message } })}\n\n`] });
      await ask({ path: chat, body: said(model, { stream: true }) });
    }
    await ask({ path: chat, body: said('bed/anthropic.claude-sonnet-4-5') });
  }
  await ask({ path: '/metrics' });
  await ask({ path: '/health?challenge=abcdefgh' });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it('no secret reaches the log, the ledger, a report or a metric', async () => {
  await askEverywhere();
  const reports = [];
  for (const command of [['log', '--json', '--limit', '1000'], ['usage', '--json'], ['status'], ['keys', 'list']])
    reports.push((await home.sluice(...command)).out);
  expect(reports[0]?.split('\n').length).toBeGreaterThan(1);
  instance.child.kill('SIGTERM');
  const { out, err } = await instance.ended;
  expect(err).toContain('a request with an unusable key was refused');
  const kept = filesIn(home.data).filter((file) => !/sluice\.yaml|install\.key/.test(file));
  expect(kept.some((file) => file.endsWith('ledger.db'))).toBe(true);
  const sinks: Record<string, string> = { out, err, reports: reports.join('\n') };
  for (const file of kept) sinks[file] = readFileSync(file, 'latin1');
  for (const [sink, text] of Object.entries(sinks)) {
    for (const secret of secrets) {
      for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        expect([sink, secret, text.includes(spelling)]).toEqual([sink, secret, false]);
    }
  }
});

it('no virtual key comes back, wherever its client put it', () => {
  const own = answers.filter(({ text }) => !text.includes('bad key'));
  expect(own.length).toBeGreaterThan(30);
  for (const { headers, text } of own) expect(`${JSON.stringify(headers)}${text}`).not.toContain(virtualKey);
});
