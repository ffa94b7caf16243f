import { describe, expect, it } from 'vitest';
import { rulesFor } from '../../../main/config/model-rules.ts';
import type { ProviderKind } from '../../../shared/config/provider.ts';

describe('rules by kind and name', () => {
  it.each<[ProviderKind, string, object]>([
    ['openai', 'o3', { maxCompletionTokens: true, noSampling: true, noParallelToolCalls: true, reasoning: true }],
    ['openai', 'gpt-5-mini', { maxCompletionTokens: true, noSampling: true, reasoningParameter: 'reasoning_effort' }],
    ['openai', 'gpt-5-chat-latest', { noSampling: false, reasoning: false }],
    ['openai', 'gpt-12', { noSampling: true }],
    ['openai', 'o1-mini', { developerRole: false, noSystem: true, noTools: true }],
    ['openai', 'gpt-4o', { reasoningParameter: 'none', developerRole: true }],
    ['anthropic', 'claude-3-5-haiku-20241022', { reasoning: false }],
    ['anthropic', 'claude-sonnet-4-5', { reasoning: true }],
    ['anthropic', 'claude-opus-4-7', { adaptiveThinking: true, noSampling: true }],
    ['anthropic', 'claude-sonnet-5', { adaptiveThinking: true, noSampling: true, midConversationSystem: true }],
    ['bedrock', 'us.anthropic.claude-sonnet-5', { adaptiveThinking: true, midConversationSystem: false }],
    ['bedrock', 'amazon.titan-text-express-v1', { noSystem: true, noTools: true }],
    ['gemini', 'gemini-2.5-pro', { reasoning: true }],
    ['gemini', 'gemini-3-pro-preview', { reasoning: true, thinkingLevel: true }],
    ['gemini', 'gemma-3-27b-it', { noSystem: true, noTools: true }],
    ['mistral', 'mistral-large-latest', { mistral: true, noStreamOptions: true }],
    ['deepseek', 'deepseek-chat', { reasoningField: 'reasoning_content', noJsonSchema: true }],
    ['openrouter', 'anything/at-all', { reasoningField: 'reasoning', reasoningParameter: 'reasoning' }],
    ['groq', 'openai/gpt-oss-120b', { reasoning: true, reasoningParameter: 'reasoning_effort' }],
    ['perplexity', 'sonar-pro', { noTools: true }],
  ])('%s %s', (kind, model, rules) => {
    expect(rulesFor(kind, model).rules).toMatchObject(rules);
  });

  it('does not take a name for a relative it only begins like', () => {
    expect(rulesFor('anthropic', 'claude-sonnet-4-20250514').rules.adaptiveThinking).toBeUndefined();
    expect(rulesFor('openai', 'gpt-4.5-preview').rules.noSampling).toBeUndefined();
    expect(rulesFor('openai', 'omni-moderation-latest').rules.noSampling).toBeUndefined();
    expect(rulesFor('gemini', 'gemini-2.5-flash').rules.thinkingLevel).toBeUndefined();
  });

  it('does not mind case', () => {
    expect(rulesFor('openai', 'GPT-5').rules).toEqual(rulesFor('openai', 'gpt-5').rules);
  });

  it('says which dialects offer a model, where that is not all of them', () => {
    expect(rulesFor('openai', 'o3-pro').dialects).toEqual(['openai-responses']);
    expect(rulesFor('openai', 'gpt-4o-audio-preview').dialects).toEqual(['openai-chat']);
    expect(rulesFor('vertex', 'claude-sonnet-4-5@20250929').dialects).toEqual(['anthropic-messages']);
    expect(rulesFor('vertex', 'gemini-2.5-pro').dialects).toEqual(['gemini']);
    expect(rulesFor('openai', 'gpt-5').dialects).toBeUndefined();
  });

  it('knows nothing of a server that may run anything', () => {
    expect(rulesFor('openai-compatible', 'gpt-5').rules).toEqual({});
    expect(rulesFor('demo', 'echo').rules).toEqual({});
  });
});
