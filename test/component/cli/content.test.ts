// The real product with `logging.content: full`: what was said is shown to the owner, to nobody with the file alone.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { makeHome, type Ended, type Home, type Running } from './instance.ts';

const key = 'sk-sluice-ide-of-a-test-0123456789';
const escape = '\u001b[31m';
let home: Home;
let fake: Fake;
let instance: Running;

type Shown = CallOutput<'traffic.get'> & CallOutput<'traffic.get'>['entry'];

const config = (content: string): string => `version: 1
logging: { content: ${content} }
providers:
  - id: up
    kind: openai-compatible
    base_url: "${fake.url}/v1"
    keys: [{ name: main, value: canary-of-the-provider }]
    models: [{ id: some, pricing: { input: "3", output: "15" } }]
virtual_keys: [{ id: ide, value: "sha256:${createHash('sha256').update(key).digest('hex')}" }]
`;

function write(content: string): void {
  const file = join(home.data, 'sluice.yaml');
  // As editors do: never half a file.
  writeFileSync(`${file}.new`, config(content), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

async function ask(text: string): Promise<string> {
  fake.plan({
    json: {
      id: 'x',
      choices: [
        { index: 0, message: { role: 'assistant', content: `${text}: canary-of-the-provider` }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 1_200, completion_tokens: 30, total_tokens: 1_230 },
    },
  });
  const response = await fetch(`${instance.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/some', messages: [{ role: 'user', content: text }] }),
  });
  await response.text();
  expect(response.status).toBe(200);
  return response.headers.get('x-sluice-request-id') ?? '';
}

async function shown(id: string): Promise<Shown> {
  const { code, out, err } = await home.sluice('log', 'show', id, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Shown;
}

beforeAll(async () => {
  home = makeHome();
  fake = await startFake({ dialect: 'openai' });
  mkdirSync(home.data, { mode: 0o700 });
  write('full');
  instance = await home.serve();
});

afterAll(async () => {
  await home.leave();
  await fake.close();
});

describe('an exchange', () => {
  it('is shown with what was said, without secrets, and with the arithmetic of its cost', async () => {
    const id = await ask('where is the parcel?');
    const found = await shown(id);
    expect(found).toMatchObject({
      request_id: id,
      bodies: 'recorded',
      request_body: '{"model":"up/some","messages":[{"role":"user","content":"where is the parcel?"}]}',
      cost_usd: '0.00405',
      costs: [
        [
          { what: 'input', count: 1_200, rate_usd: '0.000003', amount_usd: '0.0036' },
          { what: 'output', count: 30, rate_usd: '0.000015', amount_usd: '0.00045' },
        ],
      ],
    });
    expect(found.answer_body).toContain('where is the parcel?: ***');
    const { out } = await home.sluice('log', 'show', id);
    expect(out).toContain(`"up/some"`);
    expect(out).toContain('1,200 input × $0.000003 = $0.0036');
    expect(out).toContain('where is the parcel?: ***');
  });

  it('acts on no terminal, whatever was said', async () => {
    await ask(`${escape}red\u202e\u009b2J`);
    for (const argv of [
      ['log', 'show'],
      ['log', 'show', 'last', '--json'],
    ]) {
      const { out } = await home.sluice(...argv);
      expect(out).toContain('red');
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    expect((await shown('last')).request_body).toContain('\u202e\u009b2J');
  });

  it('that is not there is an error that says where to look', async () => {
    const { code, err } = await home.sluice('log', 'show', 'req_nothing');
    expect(code).toBe(1);
    expect(err).toContain('sluice log --json');
  });

  it('is recorded without what was said from the moment the file says so', async () => {
    write('metadata');
    await vi.waitUntil(async () => (await shown(await ask('still there?'))).bodies === 'not_recorded', {
      timeout: 30_000,
      interval: 200,
    });
    const { out } = await home.sluice('log', 'show');
    expect(out).toContain('not recorded');
    expect(out).not.toContain('still there?');
  });
});

describe('the directory', () => {
  it('holds no word of it that can be read', async () => {
    const id = await ask('where is the parcel?');
    expect((await shown(id)).bodies).toBe('not_recorded');
    const files = readdirSync(home.data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.map(({ name }) => name)).toContain('ledger.db');
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      for (const word of ['where is the parcel', 'still there?']) expect(bytes.includes(word), name).toBe(false);
    }
  });

  it('gives it out without an instance too, and no more once the key is gone', async () => {
    const ids = await recordedIds();
    instance.child.kill('SIGTERM');
    await instance.ended;
    const [id = ''] = ids;
    expect((await shown(id)).bodies).toBe('recorded');
    rmSync(join(home.data, 'install.key'));
    const lost = await shown(id);
    expect(lost).toMatchObject({ bodies: 'unreadable', request_body: null, answer_body: null, status: 200 });
    const page: Ended = await home.sluice('log', 'show', id);
    expect(page.code).toBe(0);
    expect(page.out).toContain('cannot be opened');
  });
});

async function recordedIds(): Promise<string[]> {
  const entries = JSON.parse((await home.sluice('log', '--json')).out) as { readonly request_id: string }[];
  const found: string[] = [];
  for (const { request_id } of entries) if ((await shown(request_id)).bodies === 'recorded') found.push(request_id);
  return found;
}
