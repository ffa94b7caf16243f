import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';

// Requests of real clients, captured with long strings cut; see the folder's README.
type Captured = {
  n: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
  status: number;
};
type Dict = Record<string, unknown>;

const CLIENTS = ['openai', 'anthropic', 'genai', 'ai-sdk', 'claude-code', 'codex'];
const load = (client: string): Captured[] =>
  readFileSync(new URL(`../../fixtures/clients/${client}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Captured);

let fakes: Record<'openai' | 'anthropic' | 'gemini', Fake>;
beforeAll(async () => {
  const [openai, anthropic, gemini] = await Promise.all([
    startFake({ dialect: 'openai' }),
    startFake({ dialect: 'anthropic' }),
    startFake({ dialect: 'gemini' }),
  ]);
  fakes = { openai, anthropic, gemini };
});
afterAll(() => Promise.all(Object.values(fakes).map((fake) => fake.close())));

function fakeFor(request: Captured): Fake {
  if (/\/models\/.+:/.test(request.path) || request.headers['x-goog-api-key'] !== undefined) return fakes.gemini;
  return request.headers['anthropic-version'] === undefined ? fakes.openai : fakes.anthropic;
}

/** What the provider of the capture minted is minted again by ours, since no provider takes another's. */
function reminted(value: unknown, fake: Fake): unknown {
  if (Array.isArray(value)) return value.map((one) => reminted(one, fake));
  if (typeof value !== 'object' || value === null) return value;
  const one = Object.fromEntries(Object.entries(value as Dict).map(([key, child]) => [key, reminted(child, fake)]));
  if (one.type === 'thinking' && typeof one.thinking === 'string' && 'signature' in one)
    one.signature = fake.mint.signature(one.thinking);
  if (one.type === 'reasoning' && typeof one.encrypted_content === 'string')
    one.encrypted_content = fake.mint.encryptedContent(typeof one.id === 'string' ? one.id : '');
  if (typeof one.thoughtSignature === 'string') one.thoughtSignature = fake.mint.thoughtSignature();
  return one;
}

/** Stored state of the capture's provider is gone: such requests are checked to fail for that reason only. */
const needsState = (body: unknown): boolean => {
  const { previous_response_id, thread } = (body ?? {}) as {
    previous_response_id?: unknown;
    thread?: { type?: unknown };
  };
  return typeof previous_response_id === 'string' || thread?.type === 'continue';
};

describe.each(CLIENTS)('%s as captured', (client) => {
  it.each(
    load(client).map((request): [string, Captured] => [`${request.n} ${request.method} ${request.path}`, request]),
  )('%s', async (_name, captured) => {
    const fake = fakeFor(captured);
    const hop = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);
    const headers = Object.entries(captured.headers).filter(([name]) => !hop.has(name.toLowerCase()));
    const betas = captured.headers['anthropic-beta'];
    // One capture cut this list short; the betas it stands for are the ones the client is known to send.
    const whole =
      betas?.includes('…') === true
        ? [
            [
              'anthropic-beta',
              `${betas.split(',').slice(0, 2).join(',')},context-management-2025-06-27,mid-conversation-tool-changes-2026-07-01,thinking-display-updates-2026-08-18`,
            ] as const,
          ]
        : [];
    const safe = [...headers, ...whole].map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '')] as const);
    const body = captured.body === undefined ? {} : { body: JSON.stringify(reminted(captured.body, fake)) };
    const response = await fetch(`${fake.url}${captured.path}`, {
      method: captured.method,
      headers: Object.fromEntries(safe),
      ...body,
    });
    const answer = await response.text();
    if (needsState(captured.body)) {
      expect(answer).toMatch(/previous_response_not_found|thread_not_found/);
      return;
    }
    expect(fake.requests.at(-1)?.refusal).toBeUndefined();
    expect(response.status).toBe(200);
    if ((captured.body as Dict | undefined)?.stream === true)
      expect(answer).toMatch(/message_stop|response\.completed|\[DONE\]/);
  });
});
