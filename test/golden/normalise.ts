// Makes two runs of the same exchange equal: ids, times and minted opaque strings become what they are, numbered as they appear.

/** Fields whose text is an id; ids that tests write themselves are shorter than eight letters. */
const idFields =
  /^(?:id|responseId|response_id|item_id|call_id|tool_call_id|tool_use_id|toolUseId|system_fingerprint)$/;
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
    if (handle.test(one)) return label('handle', one);
    if (signed.test(one)) return label('signed', one);
    if (!idFields.test(name) || one.length < 8) return one;
    return label(/^[a-z]+(?=[_-])/.exec(one)?.[0] ?? 'id', one);
  };
  return walk(value, '');
}

/** The events of a client's stream, one value each; what only repeats the terminal event is named, not written out. */
export function events(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n');
      const name = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
      const data = lines
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice('data: '.length))
        .join('\n');
      const parsed = data === '[DONE]' ? data : shortened(JSON.parse(data) as Record<string, unknown>);
      // Every event of Messages and Responses says its name twice; a difference would show.
      return name === undefined || (typeof parsed === 'object' && parsed['type'] === name)
        ? parsed
        : { event: name, data: parsed };
    });
}

function shortened(data: Record<string, unknown>): Record<string, unknown> {
  const type = data['type'];
  if (type !== 'response.created' && type !== 'response.in_progress') return data;
  const { id: responseId, status, model } = data['response'] as Record<string, unknown>;
  return { ...data, response: { id: responseId, status, model, rest: 'as in the terminal event' } };
}

/** The text of a golden file: what a person compares is spread out, the events of a stream stand one to a line. */
export function render(golden: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(golden).map(([name, value]) => {
    const list = name === 'stream' && Array.isArray(value) ? (value as unknown[]) : undefined;
    const text =
      list === undefined
        ? JSON.stringify(value, null, 1)
        : `[\n${list.map((event) => `  ${JSON.stringify(event)}`).join(',\n')}\n ]`;
    return ` ${JSON.stringify(name)}: ${text.replaceAll('\n', list === undefined ? '\n ' : '\n')}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
