// Plain answers with pictures in them: megabytes, passed byte for byte, and what they used is known all the same.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { send, startTestGateway, type TestGateway } from './support.ts';

let gemini: Fake;
let gateway: TestGateway;

beforeAll(async () => {
  gemini = await startFake({ dialect: 'gemini', key: 'k-upstream' });
  gateway = await startTestGateway(
    `providers:\n  - { id: gem, kind: gemini, base_url: "${gemini.url}", keys: [{ name: main, value: k-upstream }] }\n`,
  );
});

afterAll(async () => {
  await gateway.stop();
  await gemini.close();
});

const picture = (bytes: number): Record<string, unknown> => ({
  candidates: [
    {
      content: { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data: 'A'.repeat(bytes) } }] },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 },
});

it.each([
  ['three megabytes, with the usage the provider tells', 3_000_000, 'provider'],
  ['nine megabytes, unread, with an estimate', 9_000_000, 'estimated'],
])('passes %s', async (_what, bytes, source) => {
  const answer = picture(bytes);
  gemini.plan({ json: answer });
  const body = { contents: [{ role: 'user', parts: [{ text: 'draw' }] }] };
  const got = await send(gateway, { path: '/v1beta/models/gem%2Fgemini-2.5-flash:generateContent', body });
  expect(got.text === JSON.stringify(answer)).toBe(true);
  const record = await gateway.closed();
  expect([record.outcome, record.usageSource]).toEqual(['complete', source]);
  if (source === 'provider') expect(record.usage).toMatchObject({ inputTokens: 5, outputTokens: 1290 });
});
