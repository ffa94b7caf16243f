import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { leavesOf, leafText, type Leaf } from '../../../../main/gateway/dialects/leaves.ts';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';
import { captured } from './support.ts';

const surfaces: readonly [string, RegExp, SurfaceId][] = [
  ['claude-code', /messages/, 'messages'],
  ['anthropic', /messages$/, 'messages'],
  ['anthropic', /count_tokens/, 'messages_count_tokens'],
  ['codex', /responses/, 'responses'],
  ['openai', /chat/, 'chat'],
  ['openai', /responses/, 'responses'],
  ['openai', /embeddings/, 'embeddings'],
  ['ai-sdk', /chat/, 'chat'],
  ['ai-sdk', /responses/, 'responses'],
  ['ai-sdk', /messages/, 'messages'],
  ['ai-sdk', /:generateContent/, 'gemini_generate'],
  ['genai', /:generateContent/, 'gemini_generate'],
  ['genai', /:streamGenerateContent/, 'gemini_stream'],
  ['genai', /:countTokens/, 'gemini_count_tokens'],
];

function documentsOf(client: string, path: RegExp): JsonDocument[] {
  return captured(client, path).map((entry) => JsonDocument.read(Buffer.from(JSON.stringify(entry.body ?? {}))));
}

function countsOf(leaves: readonly Leaf[]): string {
  const counts = new Map<string, number>();
  for (const { place } of leaves) counts.set(place, (counts.get(place) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, count]) => `${place} ${String(count)}`)
    .join(', ');
}

/** Names whose strings are never texts, wherever a client of these wrote them outside of data. */
const protocolNames = new Set([
  ...['model', 'role', 'type', 'id', 'tool_use_id', 'tool_call_id', 'call_id', 'signature', 'thoughtSignature'],
  ...['encrypted_content', 'effort', 'status', 'namespace', 'verbosity', 'prompt_cache_key', 'previous_response_id'],
  ...['tool_choice', 'mode', 'responseMimeType', 'encoding_format', 'enum', 'required', '$schema', 'pattern', 'syntax'],
  ...['previous_message_id', 'include', 'truncation', 'display', 'keep', 'execution', 'search_content_types', 'ttl'],
]);
/** Names under which everything is data, and those under which names are a schema's own. */
const dataNames = new Set(['input', 'args', 'response', 'metadata', 'client_metadata', 'parsed_arguments', 'parsed']);
const namesNames = new Set(['properties', '$defs']);

/** Strings under such names. */
function protocolStrings(value: unknown, found: string[] = [], name = ''): string[] {
  if (typeof value === 'string' && protocolNames.has(name)) found.push(value);
  if (Array.isArray(value)) for (const item of value as unknown[]) protocolStrings(item, found, name);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      if (dataNames.has(key) && !Array.isArray(inner)) continue;
      protocolStrings(inner, found, namesNames.has(name) ? '' : key);
    }
  return found;
}

describe('leaves of what real clients send', () => {
  it('are these, by who says them', () => {
    const table = surfaces.flatMap(([client, path, surface]) =>
      documentsOf(client, path).map((document) => {
        const leaves = leavesOf(document, surface, { definitions: false });
        return `${client} ${surface}: ${countsOf(leaves)}`;
      }),
    );
    expect(table).toMatchInlineSnapshot(`
      [
        "claude-code messages: other 2, system 3, user 10",
        "claude-code messages: other 2, system 3, user 10",
        "claude-code messages: other 2, system 3, user 10",
        "claude-code messages: assistant 1, other 2, system 3, tool 3, user 10",
        "claude-code messages: other 2, system 3, user 10",
        "claude-code messages: assistant 1, other 2, system 3, tool 3, user 10",
        "claude-code messages: other 2, system 4, user 3",
        "claude-code messages: assistant 1, other 2, system 5, tool 3, user 3",
        "claude-code messages: other 2, system 3, user 10",
        "anthropic messages: system 1, user 1",
        "anthropic messages: user 1",
        "anthropic messages: other 2, system 1, user 1",
        "anthropic messages: user 1",
        "anthropic messages: tool 6, user 1",
        "anthropic messages: user 1",
        "anthropic messages: tool 6, user 1",
        "anthropic messages: user 1",
        "anthropic messages: assistant 1, tool 6, user 1",
        "anthropic messages: user 1",
        "anthropic messages: tool 1",
        "anthropic messages: user 1",
        "anthropic messages: user 1",
        "anthropic messages_count_tokens: system 1, user 1",
        "codex responses: other 15, system 3, user 2",
        "codex responses: other 15, system 3, user 2",
        "codex responses: other 15, system 3, user 2",
        "codex responses: assistant 1, other 15, system 3, tool 3, user 2",
        "codex responses: assistant 3, other 15, system 3, tool 3, user 3",
        "codex responses: other 15, system 4, user 2",
        "codex responses: assistant 1, other 15, system 4, tool 2, user 2",
        "codex responses: other 15, system 6, user 2",
        "codex responses: assistant 1, other 15, system 6, tool 3, user 2",
        "openai chat: system 1, user 1",
        "openai chat: user 1",
        "openai chat: user 1",
        "openai chat: tool 3, user 1",
        "openai chat: user 1",
        "openai chat: tool 5, user 1",
        "openai chat: user 1",
        "openai chat: tool 6, user 1",
        "openai chat: user 1",
        "openai chat: user 1",
        "openai chat: user 1",
        "openai responses: system 1, user 1",
        "openai responses: user 1",
        "openai responses: user 1",
        "openai responses: user 1",
        "openai responses: assistant 1, tool 3, user 1",
        "openai responses: user 1",
        "openai responses: tool 1",
        "openai responses: user 1",
        "openai responses: tool 2, user 1",
        "openai embeddings: user 2",
        "ai-sdk chat: system 1, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: tool 3, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: tool 6, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: system 1, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: tool 3, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk chat: tool 6, user 1",
        "ai-sdk chat: user 1",
        "ai-sdk responses: system 1, user 1",
        "ai-sdk responses: user 1",
        "ai-sdk responses: user 1",
        "ai-sdk responses: tool 3, user 1",
        "ai-sdk responses: user 1",
        "ai-sdk responses: tool 6, user 1",
        "ai-sdk responses: user 1",
        "ai-sdk messages: system 1, user 1",
        "ai-sdk messages: user 1",
        "ai-sdk messages: user 1",
        "ai-sdk messages: tool 3, user 1",
        "ai-sdk messages: user 1",
        "ai-sdk messages: tool 6, user 1",
        "ai-sdk messages: user 1",
        "ai-sdk gemini_generate: system 1, user 1",
        "ai-sdk gemini_generate: user 1",
        "ai-sdk gemini_generate: tool 6, user 1",
        "ai-sdk gemini_generate: user 1",
        "genai gemini_generate: system 1, user 1",
        "genai gemini_generate: user 1",
        "genai gemini_generate: tool 4, user 1",
        "genai gemini_generate: tool 4, user 1",
        "genai gemini_generate: user 1",
        "genai gemini_generate: assistant 1, tool 4, user 1",
        "genai gemini_generate: assistant 1, tool 4, user 1",
        "genai gemini_generate: user 1",
        "genai gemini_generate: tool 4, user 1",
        "genai gemini_generate: user 1",
        "genai gemini_stream: user 1",
        "genai gemini_stream: user 1",
        "genai gemini_stream: user 1",
        "genai gemini_count_tokens: user 1",
      ]
    `);
  });

  it.each(surfaces)('of %s %s are no words of the protocol', (client, path, surface) => {
    for (const document of documentsOf(client, path)) {
      const leaves = leavesOf(document, surface, { definitions: true });
      const words = new Set(protocolStrings(document.root()));
      // Texts may hold the same word; a leaf that is such a word stands under another name.
      const bytes = document.bytes.toString('latin1');
      for (const leaf of leaves) {
        if (leaf.form !== 'text' || leaf.layers !== 1 || leaf.field !== undefined || !words.has(leafText(leaf).text))
          continue;
        const name = /"([^"]*)":\[?"$/.exec(bytes.slice(Math.max(0, leaf.start - 80), leaf.start))?.[1] ?? '';
        expect(protocolNames.has(name), `${name}: ${leaf.raw}`).toBe(false);
      }
      expect(words.size > 0 || surface === 'gemini_count_tokens').toBe(true);
    }
  });

  it('are no pictures', () => {
    const texts = surfaces.flatMap(([client, path, surface]) =>
      documentsOf(client, path).flatMap((document) => leavesOf(document, surface, { definitions: true })),
    );
    expect(texts.filter((leaf) => leaf.raw.includes('base64,'))).toEqual([]);
  });
});
