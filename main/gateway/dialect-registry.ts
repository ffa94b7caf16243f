/** Every dialect by its id. */
import type { ClientDialectId, DialectId } from '../../shared/domain/dialect.ts';
import { anthropicMessages } from './dialects/anthropic-messages/anthropic-messages.ts';
import { bedrockConverse } from './dialects/bedrock-converse/bedrock-converse.ts';
import type { ClientDialect, Dialect } from './dialects/dialect.ts';
import { gemini } from './dialects/gemini/gemini.ts';
import { ollama } from './dialects/ollama/ollama.ts';
import { openaiChat } from './dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from './dialects/openai-responses/openai-responses.ts';

const dialects: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'bedrock-converse': bedrockConverse,
};

export function dialectById(id: DialectId): Dialect {
  return dialects[id];
}

export function clientDialectById(id: ClientDialectId): ClientDialect {
  return id === 'ollama' ? ollama : dialects[id];
}
