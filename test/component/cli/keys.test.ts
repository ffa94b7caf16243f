// Virtual keys from the command line to the port: what a change of a key lets through, and what it ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { chat, makeHome, type Home, type Running } from './instance.ts';

let home: Home;
let instance: Running;

beforeAll(async () => {
  home = makeHome();
  instance = await home.serve();
});

afterAll(async () => {
  await home.leave();
});

async function json(...argv: string[]): Promise<unknown> {
  const { code, out, err } = await home.sluice(...argv, '--json');
  if (code !== 0) throw new Error(`${code}: ${err}`);
  return JSON.parse(out) as unknown;
}

async function make(...options: string[]): Promise<KeyEntry & { readonly key: string }> {
  return (await json('keys', 'create', ...options)) as KeyEntry & { readonly key: string };
}

async function status(key: string): Promise<number> {
  const response = await chat(instance.url, key);
  await response.arrayBuffer();
  return response.status;
}

const config = (): string => readFileSync(join(home.data, 'sluice.yaml'), 'utf8');

/** A stream that goes on for a while. */
async function stream(key: string): Promise<Response> {
  return fetch(`${instance.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'demo/slow',
      stream: true,
      messages: [{ role: 'user', content: 'word '.repeat(500) }],
    }),
  });
}

describe('a key', () => {
  it('is made with budgets and limits, which its list and its page show', async () => {
    const made = await make('--name', 'CI', '--budget', '5/day,100/month', '--rpm', '600', '--team', 'core');
    expect(await status(made.key)).toBe(200);
    expect(config()).toContain('- { limit_usd: "100", period: month }');
    const { out } = await home.sluice('keys', 'list');
    expect(out).toMatch(/^ci +CI +active +\* +\$5\/day \$100\.00\/month +600 rpm +core +never$/m);
    const page = await home.sluice('keys', 'show', 'ci');
    expect(page).toMatchObject({ code: 0 });
    expect(page.out).toMatch(/^budget +\$5\/day/m);
    expect(page.out).toMatch(/^written +sluice\.yaml, line \d+$/m);
    expect(page.out + out).not.toContain(made.key);
  });

  it('that is changed is held to it from the next request on', async () => {
    const made = await make('--name', 'narrow');
    expect(await status(made.key)).toBe(200);
    await json('keys', 'update', 'narrow', '--models', 'gpt-*');
    expect(await status(made.key)).toBe(403);
    await json('keys', 'update', 'narrow', '--models', '*');
    expect(await status(made.key)).toBe(200);
  });

  it('that is rotated with overlap opens with both secrets, without with the new one alone', async () => {
    const first = await make('--name', 'turning');
    const { code, out } = await home.sluice('keys', 'rotate', 'turning', '--overlap', '1h');
    expect(code).toBe(0);
    const second = out.trim();
    expect(second).toMatch(/^sk-sluice-turning-/);
    expect([await status(first.key), await status(second)]).toEqual([200, 200]);
    expect(await json('keys', 'list')).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ id: 'turning', state: 'rotating' })]) as KeyEntry[],
    });
    const third = ((await json('keys', 'rotate', 'turning')) as { key: string }).key;
    expect([await status(first.key), await status(second), await status(third)]).toEqual([401, 401, 200]);
  });

  it('that is rotated without overlap ends its running streams', async () => {
    const { key } = await make('--name', 'leaked');
    const response = await stream(key);
    expect(response.status).toBe(200);
    await json('keys', 'rotate', 'leaked');
    const text = await response.text();
    expect(text).not.toContain('[DONE]');
    expect(text).toContain('revoked');
  });

  it('that is disabled opens nothing, ends its running streams, and opens again when it is enabled', async () => {
    const { key } = await make('--name', 'paused');
    const response = await stream(key);
    expect(await json('keys', 'disable', 'paused')).toMatchObject({ id: 'paused', state: 'disabled' });
    expect(await response.text()).not.toContain('[DONE]');
    const refused = await chat(instance.url, key);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('x-sluice-error')).toBe('admit.key_disabled');
    expect(await json('keys', 'enable', 'paused')).toMatchObject({ state: 'active' });
    expect(await status(key)).toBe(200);
  });

  it('cannot be made against what the config file allows, and then is not', async () => {
    const before = config();
    const { code, err } = await home.sluice('keys', 'create', '--name', 'x', '--models', 'gpt-?');
    expect([code, err.includes('"gpt-?" holds "?", but only "*" is special')]).toEqual([2, true]);
    expect(config()).toBe(before);
  });
});
