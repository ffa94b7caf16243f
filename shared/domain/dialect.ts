/** The closed vocabulary of wire formats, vendor families, operations and surfaces. */

/** A wire format that carries a conversation. Each has a room under `main/gateway/dialects`. */
export const dialectIds = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
] as const;
export type DialectId = (typeof dialectIds)[number];

/** What a client may speak: Ollama's own API is understood, but no provider is called in it. */
export type ClientDialectId = DialectId | 'ollama';

/** Whose error shape, model list and header habits a surface follows. */
export type Family = 'openai' | 'anthropic' | 'gemini' | 'ollama';

/** What is asked of a model, whatever the wire format. */
export type Operation =
  | 'generate'
  | 'count_tokens'
  | 'compact'
  | 'completions'
  | 'embeddings'
  | 'moderations'
  | 'images'
  | 'audio'
  | 'rerank'
  | 'models';

/** A path we expose. The id is what conditions and the exchange record name. */
export type SurfaceId =
  | 'chat'
  | 'responses'
  | 'responses_compact'
  | 'completions'
  | 'embeddings'
  | 'moderations'
  | 'images'
  | 'audio'
  | 'rerank'
  | 'models'
  | 'messages'
  | 'messages_count_tokens'
  | 'gemini_generate'
  | 'gemini_stream'
  | 'gemini_count_tokens'
  | 'gemini_embed'
  | 'ollama_chat'
  | 'ollama_generate'
  | 'ollama_show'
  | 'ollama_tags'
  | 'ollama_version';
