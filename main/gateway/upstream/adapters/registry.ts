/** Which adapter calls which provider kind. */
import { kindFacts } from '../../../../shared/config/provider.ts';
import type { Provider } from '../../ports.ts';
import type { Adapter } from './adapter.ts';
import { anthropicAdapter } from './anthropic.ts';
import { azureAdapter } from './azure.ts';
import { bedrockAdapter } from './bedrock.ts';
import { geminiAdapter } from './gemini.ts';
import { demoAdapter, openaiAdapter } from './openai.ts';
import { vertexAdapter } from './vertex.ts';

const adapters = {
  openai: openaiAdapter,
  anthropic: anthropicAdapter,
  gemini: geminiAdapter,
  azure: azureAdapter,
  bedrock: bedrockAdapter,
  vertex: vertexAdapter,
  demo: demoAdapter,
} as const satisfies Record<string, Adapter>;

export function adapterFor(provider: Provider): Adapter {
  return adapters[kindFacts[provider.kind].adapter];
}
