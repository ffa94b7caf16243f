import { beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalRequest } from '../../../main/gateway/dialects/canonical.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { markPrefix, takesPrefix, withPrefix } from '../../../main/gateway/translation-prefix.ts';
import { snapshotOf } from '../../component/gateway/support.ts';

const key = 'keys: [{ name: main, value: sk-upstream-key-1 }]';
let snapshot: Snapshot;
beforeAll(async () => {
  snapshot = await snapshotOf(`
providers:
  - { id: anthropic, kind: anthropic, ${key} }
  - { id: bedrock, kind: bedrock, region: us-east-1, ${key} }
  - { id: openrouter, kind: openrouter, ${key} }
  - { id: mistral, kind: mistral, ${key} }
  - { id: groq, kind: groq, ${key} }
  - { id: openai, kind: openai, ${key} }
  - { id: gemini, kind: gemini, ${key} }
  - { id: deepseek, kind: deepseek, ${key} }
  - { id: ollama, kind: ollama }
  - { id: llamacpp, kind: llamacpp }
  - { id: server, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", ${key} }
`);
});

function target(name: string): Target {
  const at = name.indexOf('/');
  const provider = snapshot.providers.get(name.slice(0, at));
  if (provider === undefined) throw new Error(`no provider ${name}`);
  return { id: name, provider, model: name.slice(at + 1) };
}

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
};
const withTools: CanonicalRequest = {
  ...request,
  tools: [{ kind: 'function', name: 'look', parameters: { type: 'object' } }],
};

describe('a target goes on from a beginning', () => {
  it.each([
    ...['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5-20250929', 'anthropic/claude-opus-4-1'],
    ...['anthropic/claude-opus-4-20250514', 'anthropic/claude-3-haiku-20240307', 'anthropic/claude-opus-4-0'],
    'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
    ...[
      'openrouter/anthropic/claude-sonnet-4.5',
      'openrouter/anthropic/claude-opus-4',
      'openrouter/anthropic/claude-3.7-sonnet',
    ],
    ...[
      'mistral/mistral-large-latest',
      'groq/llama-3.3-70b-versatile',
      'ollama/llama3.1:8b',
      'llamacpp/gemma-3-12b-it',
    ],
  ])('%s', (name) => {
    expect(takesPrefix(target(name), request)).toBe(true);
  });

  it.each([
    ...[
      'anthropic/claude-opus-4-6',
      'anthropic/claude-sonnet-4-6',
      'anthropic/claude-opus-4-8',
      'anthropic/claude-sonnet-5',
    ],
    ...[
      'anthropic/claude-fable-5',
      'anthropic/claude-mythos-preview',
      'anthropic/claude-opus-4-10',
      'anthropic/glm-4.6',
    ],
    ...['bedrock/us.anthropic.claude-opus-4-6-v1', 'bedrock/amazon.nova-pro-v1:0'],
    ...['openrouter/anthropic/claude-opus-4.6', 'openrouter/openai/gpt-4o', 'mistral/magistral-medium-latest'],
    ...[
      'groq/openai/gpt-oss-120b',
      'groq/qwen/qwen3-32b',
      'ollama/qwen3:8b',
      'ollama/deepseek-r1:7b',
      'llamacpp/gpt-oss-20b',
    ],
    ...['openai/gpt-4o', 'gemini/gemini-2.5-flash', 'deepseek/deepseek-chat', 'server/llama-3'],
  ])('not %s', (name) => {
    expect(takesPrefix(target(name), request)).toBe(false);
  });

  it('not where it thinks or its answer is bound by a schema', () => {
    const claude = target('anthropic/claude-sonnet-4-5');
    expect(takesPrefix(claude, withTools)).toBe(true);
    expect(takesPrefix(claude, { ...request, reasoning: { mode: 'off' } })).toBe(true);
    expect(takesPrefix(claude, { ...request, reasoning: { mode: 'on' } })).toBe(false);
    expect(takesPrefix(claude, { ...request, output: { type: 'json' } })).toBe(false);
    expect(takesPrefix(target('ollama/llama3.1'), withTools)).toBe(false);
  });
});

describe('a beginning', () => {
  it('is the last message, and leaves the rest of the limit', () => {
    const made = withPrefix({ ...request, maxOutputTokens: 100 }, 'Once upon', { ...noTokens, outputTokens: 30 });
    expect(made.messages).toEqual([
      ...request.messages,
      { role: 'assistant', parts: [{ type: 'text', text: 'Once upon' }] },
    ]);
    expect(made.maxOutputTokens).toBe(70);
    expect(withPrefix({ ...request, maxOutputTokens: 100 }, 'x'.repeat(40), undefined).maxOutputTokens).toBe(90);
    expect(withPrefix({ ...request, maxOutputTokens: 100 }, 'x'.repeat(4_000), undefined).maxOutputTokens).toBe(16);
    expect(withPrefix({ ...request, maxOutputTokens: 5 }, 'x'.repeat(400), undefined).maxOutputTokens).toBe(5);
    expect(withPrefix(request, 'Once upon', undefined).maxOutputTokens).toBeUndefined();
  });

  it('follows the one that the client made itself', () => {
    const begun: CanonicalRequest = {
      ...request,
      messages: [...request.messages, { role: 'assistant', parts: [{ type: 'text', text: 'Well, ' }] }],
    };
    expect(withPrefix(begun, 'once upon', undefined).messages.at(-1)).toEqual({
      role: 'assistant',
      parts: [{ type: 'text', text: 'Well, once upon' }],
    });
  });

  it('is marked for Mistral alone', () => {
    const body = {
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Once' },
      ],
    };
    expect(markPrefix(target('mistral/mistral-small-latest'), body)).toEqual({
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Once', prefix: true },
      ],
    });
    expect(markPrefix(target('groq/llama-3.3-70b-versatile'), body)).toBe(body);
  });
});

const noTokens = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
