// Makes two runs of the same exchange equal: ids, times and minted opaque strings become what they are, numbered as they appear.

/** Fields whose text is an id; ids that tests write themselves are shorter than eight letters. */
const idFields =
  /^(?:id|responseId|response_id|item_id|call_id|tool_call_id|tool_use_id|toolUseId|system_fingerprint|previous_response_id)$/;
const timeFields = /^(?:created|created_at|completed_at)$/;
const handle = /^sluiceRsn[A-Za-z0-9]+$/;
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
    if (handle.test(one)) return label('handle', one);
    if (signed.test(one)) return label('signed', one);
    if (!idFields.test(name) || one.length < 8) return one;
    return label(/^[a-z]+(?=[_-])/.exec(one)?.[0] ?? 'id', one);
  };
  return walk(value, '');
}
