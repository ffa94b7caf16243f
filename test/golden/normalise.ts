// Makes two runs of the same exchange equal: ids, times and minted opaque strings become what they are, numbered as they appear.
import { isDeepStrictEqual } from 'node:util';

import { handlePrefix } from '../../main/gateway/reasoning-keeper.ts';

/** Fields whose text is an id; ids that tests write themselves are shorter than eight letters. */
const idFields =
  /^(?:id|responseId|response_id|item_id|call_id|tool_call_id|tool_use_id|toolUseId|system_fingerprint|previous_response_id)$/;
const timeFields = /^(?:created|created_at|completed_at)$/;
/** What the fakes sign starts with `["[\"` in base64. */
const signed = /^WyJbXCJ[A-Za-z0-9+/=]+$/;

/** `value` with everything random in it replaced. */
export function normalise(value: unknown): unknown {
  const seen = new Map<string, string>();
  const label = (kind: string, found: string): string => {
    const known = seen.get(found);
    if (known !== undefined) return known;
    const made = `<${kind} ${String(seen.size + 1)}>`;
    seen.set(found, made);
    return made;
  };
  const walk = (one: unknown, name: string): unknown => {
    if (Array.isArray(one)) return one.map((item: unknown) => walk(item, ''));
    if (typeof one === 'object' && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, walk(item, key)]));
    if (typeof one === 'number') return timeFields.test(name) ? 0 : one;
    if (typeof one !== 'string') return one;
    if (name === 'createTime') return '<time>';
    if (one.startsWith(handlePrefix)) return label('handle', one);
    if (signed.test(one)) return label('signed', one);
    if (!idFields.test(name) || one.length < 8) return one;
    return label(/^[a-z]+(?=[_-])/.exec(one)?.[0] ?? 'id', one);
  };
  return walk(value, '');
}

/** What a Responses answer holds besides, when nothing was asked for (API reference, the response object). */
const defaults: Readonly<Record<string, unknown>> = {
  object: 'response',
  error: null,
  incomplete_details: null,
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** A Responses answer without the fields that only repeat the request or say a default, if none of them is missing. */
export function withoutEchoes(
  answer: Readonly<Record<string, unknown>>,
  sent: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = Object.keys(defaults);
  if (names.some((name) => !(name in answer))) return answer;
  const isEcho = (name: string): boolean =>
    name in defaults && isDeepStrictEqual(answer[name], name in sent ? sent[name] : defaults[name]);
  const rest = Object.fromEntries(Object.entries(answer).filter(([name]) => !isEcho(name)));
  return { ...rest, 'all else': 'as sent, or a default' };
}
