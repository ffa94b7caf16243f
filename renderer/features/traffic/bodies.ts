/** What was said, made readable: JSON indented, streams as events, placeholders told from other text. */
import { placeholderTags } from '../../../shared/domain/masking.ts';

export interface StreamEvent {
  /** `null`: it has no name. */
  readonly name: string | null;
  readonly data: string;
}

/** JSON with indents, or the text as it is. */
export function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Events of a stream; `undefined` for what is none. */
export function eventsOf(text: string): readonly StreamEvent[] | undefined {
  if (!/^(?:\ufeff)?(?:data|event|id|retry|)\s*:/.test(text)) return undefined;
  const events: StreamEvent[] = [];
  for (const block of text.replace(/^\ufeff/, '').split(/\r?\n\r?\n/)) {
    const lines = block.split(/\r?\n/);
    const data = lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []));
    const name =
      lines
        .find((line) => line.startsWith('event:'))
        ?.slice(6)
        .trim() ?? null;
    if (data.length > 0 || name !== null) events.push({ name, data: data.join('\n') });
  }
  return events.length === 0 ? undefined : events;
}

/** Words of one event, in the dialects there are: chat, responses, messages, Gemini. */
interface SaidEvent {
  readonly choices?: readonly { readonly index?: number; readonly delta?: { readonly content?: unknown } }[];
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: unknown; readonly thought?: unknown }[] };
  }[];
}

/** What a stream said, put together: the text of its first answer, without what was thought. `undefined`: there is none. */
export function textOf(events: readonly StreamEvent[]): string | undefined {
  const text = events.map(({ data }) => wordsOf(data)).join('');
  return text === '' ? undefined : text;
}

function wordsOf(data: string): string {
  try {
    // Whatever is no such object has none of these fields.
    const { choices, type, delta, candidates } = Object(JSON.parse(data)) as SaidEvent;
    if (type === 'response.output_text.delta') return wordOf(delta);
    if (type === 'content_block_delta') return wordOf((delta as { readonly text?: unknown }).text);
    const parts = candidates?.[0]?.content?.parts ?? [];
    const said = parts.filter(({ thought }) => thought !== true).map(({ text }) => wordOf(text));
    return `${wordOf(choices?.find(({ index = 0 }) => index === 0)?.delta?.content)}${said.join('')}`;
  } catch {
    // `[DONE]`, or a provider's event of another form: it says nothing that could be read.
    return '';
  }
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export interface TextPart {
  readonly text: string;
  /** It stands for something that was masked. */
  readonly isPlaceholder: boolean;
}

/** Tag and id, as masking writes them: `EMAIL4bcdfg`. */
const placeholder = new RegExp(
  `(?:${Object.values(placeholderTags).join('|')})[2-9][bcdfghjkmnpqrstvwxyz2-9]{5,11}(?![a-z0-9])`,
  'g',
);

/** The text cut where placeholders begin and end; in their order it is the whole text. */
export function partsOf(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), isPlaceholder: false });
    parts.push({ text: match[0], isPlaceholder: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isPlaceholder: false });
  return parts;
}

export function hasPlaceholders(text: string): boolean {
  return text.search(placeholder) >= 0;
}
