import { expect, it } from 'vitest';
import type { CanonicalResponse, StreamPart } from '../../../main/gateway/dialects/canonical.ts';
import { partsOfResponse } from '../../../main/gateway/relay/translate.ts';
import { responseOfParts } from '../../../main/gateway/response-of-parts.ts';

const whole: CanonicalResponse = {
  id: 'msg_1',
  model: 'some-model',
  createdAt: 1_800_000_000,
  serviceTier: 'standard',
  parts: [
    { type: 'reasoning', text: 'a thought', id: 'rs_1', opaque: undefined },
    {
      type: 'text',
      text: 'an answer',
      opaque: undefined,
      citations: [{ url: 'https://example.com', title: 'a page' }],
    },
    {
      type: 'tool-call',
      id: 'c1',
      name: 'f',
      namespace: undefined,
      kind: 'function',
      input: '{"a":1}',
      opaque: undefined,
    },
    { type: 'refusal', text: 'no' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
  ],
  finish: { reason: 'tool_calls' },
  usage: { inputTokens: 3, outputTokens: 5, cacheReadTokens: 1, cacheWriteTokens: 0 },
  rawUsage: { total: 9 },
};

it('is what the stream was made of', () => {
  expect(responseOfParts(partsOfResponse(whole))).toMatchObject(JSON.parse(JSON.stringify(whole)) as object);
});

it('puts pieces together in any order of blocks, and takes no piece of a call for no arguments', () => {
  const stream: StreamPart[] = [
    { type: 'response-start', id: 'x', model: 'm' },
    { type: 'tool-call-start', block: 0, id: 'a', name: 'f', kind: 'function' },
    { type: 'text-start', block: 1 },
    { type: 'text-delta', block: 1, text: 'one ' },
    { type: 'tool-call-end', block: 0 },
    { type: 'text-delta', block: 1, text: 'two' },
    { type: 'text-end', block: 1 },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 } },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0 } },
    { type: 'finish', finish: { reason: 'stop' } },
    { type: 'response-end' },
  ];
  expect(responseOfParts(stream)).toMatchObject({
    parts: [
      { type: 'tool-call', id: 'a', input: '{}' },
      { type: 'text', text: 'one two' },
    ],
    usage: { outputTokens: 7 },
  });
});

it.each([
  ['without its end', (parts: StreamPart[]) => parts.slice(0, -1)],
  ['without its beginning', (parts: StreamPart[]) => parts.slice(1)],
  [
    'with an error',
    (parts: StreamPart[]) => [
      ...parts,
      { type: 'error', error: { status: 500, kind: 'server', message: 'no' } } as const,
    ],
  ],
])('is nothing %s', (_what, change) => {
  expect(responseOfParts(change(partsOfResponse(whole)))).toBeUndefined();
});
