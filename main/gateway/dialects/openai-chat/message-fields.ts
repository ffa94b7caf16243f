/** Readers of what stands in a message, whether a client or a provider wrote it; all of them lenient. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, asObject, asString, isObject } from '../dialect.ts';

/** Readable reasoning under any of the names vendors use, or among the parts of the content (Mistral). */
export function reasoningOf(message: JsonObject): string {
  const plain = asString(message['reasoning_content']) ?? asString(message['reasoning']);
  if (plain !== undefined && plain !== '') return plain;
  const details = asArray(message['reasoning_details']).map(
    (detail) => asString(asObject(detail)['text']) ?? asString(asObject(detail)['summary']) ?? '',
  );
  const thoughts = asArray(message['content'])
    .map(asObject)
    .filter((part) => part['type'] === 'thinking')
    .map((part) => textOf(part['thinking']));
  return [...details, ...thoughts].join('');
}

/** The text of a content: a string, or the text parts of a list. */
export function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((part) => asString(asObject(part)['text']) ?? '')
    .join('');
}

/** JSON text of an object, never empty: some servers send the object itself, some nothing or `null` for no arguments. */
export function inputOf(value: Json | undefined): string {
  if (typeof value !== 'string') return isObject(value) ? JSON.stringify(value) : '{}';
  const text = value.trim();
  return text === '' || text === 'null' ? '{}' : value;
}

/** Google's place for a signature in Chat Completions (Gemini API guide, "OpenAI compatibility"). */
export function signatureOf(call: JsonObject): string | undefined {
  return asString(asObject(asObject(call['extra_content'])['google'])['thought_signature']);
}

/** A string that says something. */
export function nonEmpty(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
