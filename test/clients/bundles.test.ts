// Team bundles from end to end: a publisher with the command line, a static host, the product as a process, and real SDKs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { NewSigningKey } from '../../main/bundles/keys.ts';
import { fault, type Fake } from '../fakes/fake.ts';
import {
  Desk,
  deskConfig,
  FileHost,
  lastAsked,
  Publisher,
  quietPort,
  startProviders,
  thrown,
  type Served,
} from './bundle-world.ts';

const slow = { timeout: 30_000 } as const;

const desk = new Desk();
const site = new FileHost(join(desk.home.folder, 'site'));
const publisher = new Publisher(desk.home, () => site.origin);
let providers: { readonly oai: Fake; readonly ant: Fake };
let before = '';
let signer: NewSigningKey;

beforeAll(async () => {
  await site.open();
  providers = await startProviders();
  publisher.key('root');
  signer = publisher.key('signer');
  for (const id of ['acme-core', 'acme-org', 'acme-team', 'acme-watch', 'acme-short'])
    await publisher.found(id, 'signer');
  before = deskConfig(providers);
  desk.write(before);
  await desk.start();
});

afterAll(async () => {
  await desk.end();
  await Promise.all([site.close(), providers.oai.close(), providers.ant.close()]);
});

// ---------------------------------------------------------------- what the SDKs ask

const hello = (content = 'hello'): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

/** A chat by the SDK of OpenAI; with what was said of it in headers. */
async function chat(model: string, { text = 'hello', limit = 50 } = {}) {
  const { data, response } = await desk
    .openai()
    .chat.completions.create({ model, messages: hello(text), max_completion_tokens: limit })
    .withResponse();
  return { said: data.choices[0]?.message.content, headers: response.headers };
}

/** The same by the SDK of Anthropic. */
async function message(model: string, { text = 'hello', limit = 50 } = {}) {
  const { data, response } = await desk
    .anthropic()
    .messages.create({ model, max_tokens: limit, messages: [{ role: 'user', content: text }] })
    .withResponse();
  return {
    said: data.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    headers: response.headers,
  };
}

async function listed(): Promise<readonly string[]> {
  return (await desk.openai().models.list()).data.map(({ id }) => id);
}

/** The same refusal by its own class in both SDKs. */
async function expectDenied(model: string, ...says: readonly string[]): Promise<void> {
  const asked = providers.oai.requests.length + providers.ant.requests.length;
  const errors = [await thrown(chat(model)), await thrown(message(model))];
  expect(errors[0]).toBeInstanceOf(OpenAI.PermissionDeniedError);
  expect(errors[1]).toBeInstanceOf(Anthropic.PermissionDeniedError);
  for (const error of errors) for (const text of says) expect((error as Error).message).toContain(text);
  expect(providers.oai.requests.length + providers.ant.requests.length).toBe(asked);
}

async function explained(pointer: string): Promise<CallOutput<'bundles.effective'>> {
  const { out } = await publisher.run('policy', 'explain', pointer, '--json');
  return JSON.parse(out) as CallOutput<'bundles.effective'>;
}

/** Asks for what is denied as fast as it can, once more when the start is over; what came of it, but that nobody was there. */
async function knock(url: string, start: { readonly isOver: boolean }): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (let isLast = false; !isLast;) {
    isLast = start.isOver;
    const answer = await thrown(
      desk.openai(url).chat.completions.create({ model: 'oai/gpt-x-preview', messages: hello() }),
    );
    if (!(answer instanceof OpenAI.APIConnectionError)) answers.push(answer);
  }
  return answers;
}

const statuses = (log: readonly Served[], path: string): readonly number[] =>
  log.filter((one) => one.path === path).map(({ status }) => status);

// ---------------------------------------------------------------- the story

const core = (change: { deny?: string; limit?: number; more?: string } = {}): string => `
name: ACME core
layer: org
expires_after: P90D
contact: { text: "#llm-platform" }
enforced:
  models:
    deny: { value: [${change.deny ?? '"*/*-preview*"'}], reason: No previews with customer data, ref: ACME-12 }
    max_output_tokens: ${String(change.limit ?? 300)}
  budgets:
    - { id: dear-day, scope: model, match: oai/dear, limit_usd: "0.001", period: day }
  masking:
    enabled: true
    patterns: [{ id: employee-id, pattern: '\\bE-[0-9]{6}\\b', replace: tag }]
defaults:
  models: { aliases: { fast: oai/gpt-4o } }
${change.more ?? ''}`;

const ownRoute = '\nroutes:\n  - { id: mine, alias: fast, targets: [ant/claude-sonnet-4-5] } # faster for me\n';
const bundlePath = '/acme-core/acme-core.sluice';

describe('a bundle that a team publishes', () => {
  let link = '';
  let next: NewSigningKey;

  it('is looked at before it is followed, and says what it would have refused', async () => {
    expect((await chat('oai/gpt-x-preview', { text: 'E-123456' })).said).toBe('echo: E-123456');
    link = await publisher.publish('acme-core', 'signer', core());
    const preview = await desk.product.ask('bundles.preview', { url: link });
    expect(preview).toMatchObject({ id: 'acme-core', org: 'acme', version: 1, pinned: true, signed: true });
    expect(preview.impact).toMatchObject({ examined: 1, refused: 1 });
    // Nothing of it holds by looking.
    expect((await chat('oai/gpt-x-preview')).said).toBe('echo: hello');
    expect(desk.text()).toBe(before);
  });

  it('is followed by its link, which the config file keeps beside the words of its owner', async () => {
    expect(await desk.join(link)).toMatchObject({ state: 'active', trust: 'pinned', version: 1, signers: [signer.id] });
    const [url = '', fingerprint = ''] = link.split(/#sluice1=|&org=/);
    const text = desk.text();
    expect(text).toContain(url);
    expect(text).toContain(fingerprint);
    for (const line of before.split('\n')) expect(text).toContain(line);
  });

  it('denies with its reason, and with whom to ask, in the error class of each SDK', async () => {
    const says = ['No previews with customer data', 'acme-core@1, line', '#llm-platform'];
    await expectDenied('oai/gpt-x-preview', ...says);
    expect((await chat('oai/gpt-4o')).said).toBe('echo: hello');
    expect((await message('ant/claude-sonnet-4-5')).said).toBe('echo: hello');
  });

  it('hides from lists what it denies', async () => {
    const models = await listed();
    expect(models).toEqual(expect.arrayContaining(['oai/gpt-4o', 'fast']));
    expect(models).not.toContain('oai/gpt-x-preview');
  });

  it.each([
    ['oai', chat, 'oai/gpt-4o'],
    ['ant', message, 'ant/claude-sonnet-4-5'],
    ['ant', chat, 'ant/claude-sonnet-4-5'],
  ] as const)('keeps from %s what it masks, and gives it back to who asked', async (id, ask, model) => {
    expect((await ask(model, { text: 'Is E-123456 in?' })).said).toBe('echo: Is E-123456 in?');
    const sent = lastAsked(providers[id]);
    expect(sent.refusal).toBeUndefined();
    expect(sent.body.toString('utf8')).not.toContain('123456');
    expect(sent.body.toString('utf8')).toContain('Is ');
  });

  it('gives it back in a stream as well', async () => {
    const stream = desk.anthropic().messages.stream({
      ...{ model: 'oai/gpt-4o', max_tokens: 50 },
      messages: [{ role: 'user', content: 'Is E-654321 in?' }],
    });
    expect(await stream.finalText()).toBe('echo: Is E-654321 in?');
    expect(lastAsked(providers.oai).body.toString('utf8')).not.toContain('654321');
  });

  it('lowers the most that an answer may say, and tells', async () => {
    const [openai, anthropic] = [
      await chat('oai/gpt-4o', { limit: 4_000 }),
      await message('ant/claude-sonnet-4-5', { limit: 4_000 }),
    ];
    expect(lastAsked(providers.oai).json).toMatchObject({ max_completion_tokens: 300 });
    expect(lastAsked(providers.ant).json).toMatchObject({ max_tokens: 300 });
    for (const { headers } of [openai, anthropic])
      expect(headers.get('x-sluice-losses')).toMatch(
        /^max_tokens: clipped to 300: team policy \/models\/max_output_tokens \(acme-core@1, line \d+\)$/,
      );
    expect((await chat('oai/gpt-4o', { limit: 200 })).headers.get('x-sluice-losses')).toBeNull();
  });

  it('holds its budget, which nobody here can raise', async () => {
    const asked = providers.oai.requests.length;
    const says = /Budget "dear-day" \(team bundle acme-core@1, line \d+\)/;
    const refused = await thrown(chat('oai/dear'));
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect((refused as Error).message).toMatch(says);
    const raised = await desk.home.sluice('budgets', 'raise', 'dear-day', '50');
    expect(raised).toMatchObject({ code: 1, err: expect.stringContaining('acme-core@1') as string });
    expect(await thrown(chat('oai/dear'))).toBeInstanceOf(OpenAI.RateLimitError);
    expect(providers.oai.requests).toHaveLength(asked);
  });

  it('explains itself, by the line that was signed', async () => {
    const { entries, bundles } = await explained('/models/deny');
    expect(bundles).toEqual(['acme-core@1']);
    const [entry] = entries;
    expect(entry).toMatchObject({
      ...{ mode: 'enforced', bundle: 'acme-core@1', reason: 'No previews with customer data', ref: 'ACME-12' },
      ...{ value: ['*/*-preview*'], contact: { text: '#llm-platform' } },
    });
    const lines = publisher.payload('acme-core').split('\n');
    expect(lines[(entry?.line ?? 0) - 1]).toContain('"deny": {');
    const file = join(publisher.folder('acme-core'), 'acme-core.sluice');
    const verified = JSON.parse(
      (await publisher.run('bundle', 'verify', file, '--trust', link, '--json')).out,
    ) as object;
    const { sha256 } = await desk.card('acme-core');
    expect(verified).toMatchObject({ verified: true, id: 'acme-core', version: 1, sha256 });
  });

  it('answers by its alias until its reader writes a route of that name', async () => {
    expect((await chat('fast')).headers.get('x-sluice-target')).toBe('oai/gpt-4o');
    desk.write(desk.text() + ownRoute);
    await expect
      .poll(async () => (await chat('fast')).headers.get('x-sluice-target'), { timeout: 30_000 })
      .toBe('ant/claude-sonnet-4-5');
  });

  it('holds as its next version says one poll later, and lets what began before end', async () => {
    const open = Promise.withResolvers<undefined>();
    providers.oai.plan({ fault: fault.wait({ events: 3 }, () => open.promise) });
    const stream = await desk.openai().chat.completions.create({
      ...{ model: 'oai/gpt-4o-mini', max_completion_tokens: 250, stream: true },
      messages: hello('long 40'),
    });
    const words = stream[Symbol.asyncIterator]();
    const first = (await words.next()).value as OpenAI.ChatCompletionChunk;
    await publisher.publish('acme-core', 'signer', core({ deny: '"*/*-preview*", "*/*-mini"', limit: 100 }));
    expect(await desk.check('acme-core')).toMatchObject({ state: 'active', version: 2 });
    await expectDenied('oai/gpt-4o-mini', 'acme-core@2, line');
    await chat('oai/gpt-4o', { limit: 4_000 });
    expect(lastAsked(providers.oai).json).toMatchObject({ max_completion_tokens: 100 });
    open.resolve(undefined);
    let said = first.choices[0]?.delta.content ?? '';
    let end: string | null | undefined;
    for (let chunk = await words.next(); chunk.done !== true; chunk = await words.next()) {
      said += chunk.value.choices[0]?.delta.content ?? '';
      end = chunk.value.choices[0]?.finish_reason ?? end;
    }
    expect([said.trim().split(/\s+/).length, end]).toEqual([40, 'stop']);
  });

  it('costs its host a 304 for each further poll', async () => {
    site.taken();
    for (let count = 0; count < 3; count += 1) await desk.check('acme-core');
    const log = site.taken();
    expect(statuses(log, bundlePath)).toEqual([304, 304, 304]);
    expect(log).toHaveLength(3);
  });

  it('holds while its host cannot be reached, from the first request of the next start on', async () => {
    await site.close();
    const card = await desk.check('acme-core');
    expect(card).toMatchObject({ version: 2, error: { code: 'bundle.unreachable' } });
    await expectDenied('oai/gpt-x-preview');
    await desk.stop();
    const port = await quietPort();
    const url = `http://127.0.0.1:${String(port)}`;
    const asked = providers.oai.requests.length;
    const start = { isOver: false };
    const knocking = knock(url, start);
    await desk.start(port).finally(() => (start.isOver = true));
    const answers = await knocking;
    expect(answers).not.toEqual([]);
    for (const answer of answers) expect(answer).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(providers.oai.requests).toHaveLength(asked);
    await vi.waitFor(async () => {
      const error = { code: 'bundle.unreachable' };
      expect(await desk.card('acme-core')).toMatchObject({ state: 'active', version: 2, error });
    }, slow);
  });

  it('goes on by the next signer after a rotation, and takes nothing by the one that was retired', async () => {
    await site.open();
    next = publisher.key('next');
    await publisher.rotate('acme-core', '--retire', signer.id, '--add-signer', 'next.key.pub');
    await publisher.publish('acme-core', 'next', core({ limit: 90 }));
    expect(await desk.check('acme-core')).toMatchObject({ version: 3, epoch: 2, signers: [next.id], error: null });
    for (const [epoch, version] of [
      [2, 4],
      [1, Number.MAX_SAFE_INTEGER],
    ]) {
      publisher.smuggle('acme-core', signer, { epoch, version, enforced: {} });
      const card = await desk.check('acme-core');
      expect(card).toMatchObject({ state: 'last_good', version: 3, error: { code: 'bundle.unknown_key' } });
      await expectDenied('oai/gpt-x-preview', 'acme-core@3, line');
    }
  });

  it('has a history, and an audit log that nobody changed', async () => {
    const { revisions } = await desk.product.ask('bundles.history', { key: 'acme-core' });
    expect(revisions.map(({ epoch, version, active }) => [epoch, version, active])).toEqual([
      [2, 3, true],
      [1, 2, false],
      [1, 1, false],
    ]);
    expect(revisions[1]?.changes).toContainEqual(
      expect.objectContaining({ effect: 'tightens', text: '1 model newly blocked: */*-mini' }),
    );
    const { entries, intact } = await desk.product.ask('bundles.audit', {});
    expect(intact).toBe(true);
    const steps = entries.map(({ action, detail }) => (action === 'reject' ? detail.split(':')[0] : action)).reverse();
    expect(steps).toEqual([
      ...['verify', 'activate', 'enrol', 'override_refused', 'verify', 'activate', 'fetch', 'verify', 'activate'],
      'bundle.unknown_key',
    ]);
  });

  it('is gone when it is left, with nothing changed but what its reader changed', async () => {
    await desk.leave('acme-core');
    expect(desk.text()).toBe(before + ownRoute);
    expect(
      (await chat('oai/gpt-x-preview', { text: 'E-123456', limit: 4_000 })).headers.get('x-sluice-losses'),
    ).toBeNull();
    expect(lastAsked(providers.oai).json).toMatchObject({ max_completion_tokens: 4_000, messages: hello('E-123456') });
    expect(await listed()).toContain('oai/gpt-x-preview');
    expect((await chat('oai/dear')).said).toBe('echo: hello');
    const { entries, bundles } = await explained('/models/deny');
    expect([bundles, entries.filter(({ bundle }) => bundle !== null)]).toEqual([[], []]);
  });
});

describe('a bundle that only watches', () => {
  it('refuses nothing, and records what it would have refused', async () => {
    await desk.join(await publisher.publish('acme-watch', 'signer', core({ more: 'mode: audit\n' })));
    expect(await desk.card('acme-watch')).toMatchObject({ state: 'active', mode: 'audit' });
    const { said, headers } = await chat('oai/gpt-x-preview');
    expect(said).toBe('echo: hello');
    const id = headers.get('x-sluice-request-id') ?? '';
    await vi.waitFor(async () => {
      const { safety } = await desk.product.ask('traffic.get', { request_id: id });
      expect(safety).toMatchObject([{ source: 'policy', rule: 'acme-watch@1:/models/deny', action: 'log' }]);
    }, slow);
    await desk.leave('acme-watch');
  });
});

describe('bundles of an organisation and of a team in it', () => {
  it('hold as the stricter one says, each in what it says', async () => {
    const rules = (layer: string, enforced: string): string =>
      `layer: ${layer}\nexpires_after: P9D\nenforced: ${enforced}\n`;
    const org = '{ models: { max_output_tokens: 120, deny: ["*/*-preview*"] }, providers: { allow: [oai, ant] } }';
    const team = '{ models: { max_output_tokens: 500, deny: ["*/*-mini"] }, providers: { allow: [oai, demo] } }';
    // The weaker layer first: which came first decides nothing.
    await desk.join(await publisher.publish('acme-team', 'signer', rules('team', team)));
    await chat('oai/gpt-4o', { limit: 4_000 });
    expect(lastAsked(providers.oai).json).toMatchObject({ max_completion_tokens: 500 });
    await desk.join(await publisher.publish('acme-org', 'signer', rules('org', org)));
    await chat('oai/gpt-4o', { limit: 4_000 });
    expect(lastAsked(providers.oai).json).toMatchObject({ max_completion_tokens: 120 });
    await expectDenied('oai/gpt-x-preview', 'acme-org@1');
    await expectDenied('oai/gpt-4o-mini', 'acme-team@1');
    await expectDenied('ant/claude-sonnet-4-5', 'acme-team@1');
    await expectDenied('demo/echo', 'acme-org@1');
    expect((await explained('/models/max_output_tokens')).entries).toMatchObject([
      { value: 120, bundle: 'acme-org@1' },
    ]);
    await desk.leave('acme-org');
    await desk.leave('acme-team');
  });
});

describe('a bundle that expired', () => {
  it('restricts to what it says itself, at that moment and after a start', async () => {
    const rules = 'enforced: { models: { deny: ["*/*-preview*"] } }\n';
    const restrict = '{ grace: PT0S, on_expiry: restrict, restrict_to: { models: { allow: ["ant/*"] } } }';
    await desk.join(await publisher.publish('acme-short', 'signer', `expires_after: P9D\n${rules}`));
    expect((await chat('oai/gpt-4o')).said).toBe('echo: hello');
    // Published and read before it expires, however slow the machine.
    const startedAt = Date.now();
    expect(await desk.check('acme-short')).toMatchObject({ version: 1, error: null });
    await publisher.publish('acme-short', 'signer', `expires_after: P9D\n${rules}`);
    const tookMs = Date.now() - startedAt;
    const expires = new Date(Date.now() + 3_000 + 4 * tookMs).toISOString();
    await publisher.publish('acme-short', 'signer', `expires_at: ${expires}\noffline: ${restrict}\n${rules}`);
    expect(await desk.check('acme-short')).toMatchObject({ version: 3, error: null });
    await expect
      .poll(async () => (await desk.card('acme-short')).state, { timeout: 60_000 + 4 * tookMs })
      .toBe('restricted');
    const check = async (): Promise<void> => {
      await expectDenied('oai/gpt-4o', 'acme-short@3');
      expect((await message('ant/claude-sonnet-4-5')).said).toBe('echo: hello');
    };
    // The card knows it by the clock; a moment later it is in force.
    await vi.waitFor(check, slow);
    await desk.stop();
    await desk.start();
    await check();
    await desk.leave('acme-short');
    expect((await chat('oai/gpt-4o')).said).toBe('echo: hello');
    expect(readFileSync(desk.file, 'utf8')).toBe(before + ownRoute);
  });
});
