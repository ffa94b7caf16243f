/** Joining a stored conversation to a new request, so that `previous_response_id` works in front of any target. */
import type { Json, JsonObject } from '../canonical.ts';
import { asArray, isObject } from '../dialect.ts';

/** The items of a request's `input`; a string is one user message. */
export function inputItemsOf(requestBody: JsonObject): JsonObject[] {
  const input = requestBody['input'];
  if (typeof input === 'string')
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
  return asArray(input).filter(isObject);
}

/** The items of an answer that a later request would send back. Empty when the answer has none. */
export function outputItemsOf(responseBody: JsonObject): JsonObject[] {
  return asArray(responseBody['output']).filter(isObject);
}

/**
 * The request as if the client had sent the whole conversation: `earlierItems` (the input of earlier turns and their output, in
 * order) before its own input, without `previous_response_id`. Instructions of earlier turns do not carry over (reference:
 * `instructions` with `previous_response_id`), so only this body's count.
 */
export function withHistory(body: JsonObject, earlierItems: readonly JsonObject[]): JsonObject {
  const joined: Record<string, Json | undefined> = { ...body };
  delete joined['previous_response_id'];
  joined['input'] = [...earlierItems, ...inputItemsOf(body)];
  return joined;
}

/** Everything a next turn must know: what was asked (history included) and what was answered. */
export function conversationOf(requestBody: JsonObject, responseBody: JsonObject): JsonObject[] {
  return [...inputItemsOf(requestBody), ...outputItemsOf(responseBody)];
}

/**
 * Puts items in the place of `item_reference`s. `find` gives a stored item by its id; a reference it does not know stays, and is
 * recorded as a loss when the request is decoded.
 */
export function withReferences(body: JsonObject, find: (id: string) => JsonObject | undefined): JsonObject {
  if (!Array.isArray(body['input'])) return body;
  let changed = false;
  const input = inputItemsOf(body).map((item) => {
    const isReference = item['type'] === 'item_reference' || (item['type'] === undefined && item['role'] === undefined);
    const found = isReference && typeof item['id'] === 'string' ? find(item['id']) : undefined;
    if (found !== undefined) changed = true;
    return found ?? item;
  });
  return changed ? { ...body, input } : body;
}
