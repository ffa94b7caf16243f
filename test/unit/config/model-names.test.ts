import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { findEntry } from '../../../main/config/model-names.ts';

function found(known: readonly string[], name: string): string | undefined {
  return findEntry(new Map(known.map((id) => [id, id])), name);
}

describe('findEntry', () => {
  const known = [
    ...['claude-sonnet-4-5', 'gemini-flash-latest', 'anthropic.claude-v2', 'gpt-5', 'gpt-5-mini', 'gpt-4o'],
    ...['gpt-3.5-turbo', 'gpt-4o-2024-05-13', 'gemini-2.0-flash', 'claude-opus-4-1@20250805', 'mistral-large-2512'],
    ...['anthropic.claude-opus-4-5-20251101-v1:0', 'anthropic.claude-sonnet-5', 'global.anthropic.claude-sonnet-5'],
    ...['amazon.nova-pro-v1:0', 'anthropic/claude-sonnet-4.5', 'openai/gpt-oss-20b', 'openai/gpt-oss-20b:free'],
    ...['accounts/fireworks/models/glm-5p2', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 'llama-3.3-70b'],
  ];

  it.each([
    // Dates, `-latest`, versions.
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@default', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4-5'],
    ['claude-opus-4-1@20250805', 'claude-opus-4-1@20250805'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['gpt-4o-2026-01-01', 'gpt-4o'],
    ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
    // Paths of Google.
    ['models/gemini-flash', 'gemini-flash-latest'],
    ['publishers/anthropic/models/claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['projects/p/locations/us-east5/publishers/google/models/gemini-2.0-flash', 'gemini-2.0-flash'],
    // Bedrock: regions, versions of the deployment, ARNs.
    ['eu.anthropic.claude-v2', 'anthropic.claude-v2'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'anthropic.claude-opus-4-5-20251101-v1:0'],
    ['anthropic.claude-opus-4-5-20251101', 'anthropic.claude-opus-4-5-20251101-v1:0'],
    ['global.anthropic.claude-sonnet-5', 'global.anthropic.claude-sonnet-5'],
    ['global.anthropic.claude-sonnet-5-v1:0', 'global.anthropic.claude-sonnet-5'],
    ['us-gov.anthropic.claude-sonnet-5', 'anthropic.claude-sonnet-5'],
    ['us.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-5-20251101-v1:0',
      'anthropic.claude-opus-4-5-20251101-v1:0',
    ],
    // OpenRouter: another gateway's prefix, ways of routing.
    ['openrouter/anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4.5'],
    ['anthropic/claude-sonnet-4.5:nitro', 'anthropic/claude-sonnet-4.5'],
    ['anthropic/claude-sonnet-4.5:thinking', 'anthropic/claude-sonnet-4.5'],
    ['openai/gpt-oss-20b:free', 'openai/gpt-oss-20b:free'],
    // Others.
    ['fireworks_ai/accounts/fireworks/models/glm-5p2', 'accounts/fireworks/models/glm-5p2'],
    ['glm-5p2', 'accounts/fireworks/models/glm-5p2'],
    ['azure/gpt-5-mini', 'gpt-5-mini'],
    ['gpt-35-turbo', 'gpt-3.5-turbo'],
    ['GPT-5-Mini', 'gpt-5-mini'],
    ['Claude-Sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  ])('takes %s for %s', (name, id) => {
    expect(found(known, name)).toBe(id);
  });

  it.each([
    ...['claude-sonnet-4', 'claude-sonnet-4-5-mini', 'claude-sonnet-5', 'gpt-5-nano', 'gpt-5-pro', 'gpt-5.1', 'gpt'],
    ...['gpt-5-mini-high', 'gpt-5-codex', 'gpt-4', 'gpt-4o-mini', 'gpt-4o-audio-preview', 'gemini-2.0-flash-lite'],
    ...['gemini-2.0-flash-thinking', 'gemini-flash-20250101', 'mistral-large', 'mistral-large-2411', 'llama-3.3'],
    ...['openai/gpt-oss-120b', 'openai/gpt-oss-120b:free', 'anthropic/claude-sonnet-4.5:free', 'my-gpt-5'],
    ...['anthropic/claude-sonnet-4.5:online', 'anthropic/claude-sonnet-4.5:extended', 'amazon.nova-pro-v2:0'],
    ...['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdef', '', '/', ':free', '@default'],
  ])('takes %j for none of them', (name) => {
    expect(found(known, name)).toBeUndefined();
  });

  it('finds every model of the catalogue by its own name, and none but itself', async () => {
    const catalogue = await loadCatalogue();
    for (const vendor of ['openai', 'anthropic', 'google', 'azure', 'amazon-bedrock', 'openrouter', 'mistral', 'xai']) {
      const models = catalogue.modelsOf(vendor);
      for (const id of models.keys()) expect(findEntry(models, id)?.id).toBe(id);
    }
  });
});
