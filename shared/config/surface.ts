/** The words by which access rules name surfaces, and the surfaces each of them stands for. */
import type { SurfaceId } from '../domain/dialect.ts';

/** A word covers what a client of that surface needs: who may use `messages` may count tokens for it. */
const words = {
  chat: ['chat'],
  responses: ['responses', 'responses_compact'],
  messages: ['messages', 'messages_count_tokens'],
  gemini: ['gemini_generate', 'gemini_stream', 'gemini_count_tokens'],
  ollama: ['ollama_chat', 'ollama_generate'],
  completions: ['completions'],
  embeddings: ['embeddings', 'gemini_embed'],
  moderations: ['moderations'],
  images: ['images'],
  audio: ['audio'],
  rerank: ['rerank'],
  count_tokens: ['messages_count_tokens', 'gemini_count_tokens'],
  models: ['models', 'ollama_show', 'ollama_tags', 'ollama_version'],
} as const satisfies Readonly<Record<string, readonly SurfaceId[]>>;

export type SurfaceWord = keyof typeof words;

/** What may stand in `allowed_surfaces` and `denied_surfaces`; `*` is all of them. */
export const surfaceWords = ['*', ...(Object.keys(words) as SurfaceWord[])] as const;

const surfacesOf = (word: (typeof surfaceWords)[number]): readonly SurfaceId[] =>
  word === '*' ? Object.values(words).flat() : words[word];

/** Ids of the surfaces that may be used. The list of models belongs to each of them: it shows what the key may use and no more. */
export function allowedSurfaceIds(allowed: readonly (typeof surfaceWords)[number][]): readonly SurfaceId[] {
  return allowed.length === 0 ? [] : [...new Set([...allowed, 'models' as const].flatMap(surfacesOf))];
}

export function deniedSurfaceIds(denied: readonly (typeof surfaceWords)[number][]): readonly SurfaceId[] {
  return [...new Set(denied.flatMap(surfacesOf))];
}
