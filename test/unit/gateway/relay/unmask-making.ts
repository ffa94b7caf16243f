// Originals of one exchange, and answers with placeholders in them.
import { placeholderTags, type FoundKind } from '../../../../shared/domain/masking.ts';
import type { Original, Originals } from '../../../../main/gateway/exchange.ts';
import type { UnmaskContext } from '../../../../main/gateway/relay/unmask-channel.ts';

export interface Masked {
  readonly kind: FoundKind;
  readonly id: string;
  readonly text: string;
  readonly inText?: boolean;
  readonly inTool?: (tool: string) => boolean;
}

/** As the gateway makes them: `PERSON7kq2mb`. */
export function placeholderOf({ kind, id }: Pick<Masked, 'kind' | 'id'>): string {
  return placeholderTags[kind] + id;
}

export function originalsOf(list: readonly Masked[]): Originals {
  const byPlaceholder = new Map<string, Original>();
  for (const one of list) {
    const placeholder = placeholderOf(one);
    const { kind, text, inText = true, inTool = () => true } = one;
    byPlaceholder.set(placeholder.toLowerCase(), { placeholder, kind, text, inText, inTool });
  }
  return { byPlaceholder };
}

export const person = { kind: 'person', id: '7kq2mb', text: 'Anna Müller' } as const;
export const nickname = { kind: 'person', id: '3xw4dd', text: 'Jo "Buzz" O\\Neil\n2nd' } as const;
export const email = { kind: 'email', id: '5bcdfg', text: 'anna@example.org' } as const;
export const ip = { kind: 'ip_address', id: '92k4rt', text: '10.1.2.3' } as const;
export const all: readonly Masked[] = [person, nickname, email, ip];

export const inText: UnmaskContext = { json: false, tool: undefined };
export const inArguments: UnmaskContext = { json: true, tool: 'save' };

/** The text with every placeholder of `all` replaced by hand. */
export function restoredByHand(masked: string, replacement: (text: string) => string = (text) => text): string {
  let text = masked;
  for (const one of all) text = text.replaceAll(placeholderOf(one), () => replacement(one.text));
  return text;
}

/** Cuts a text at these places. */
export function cutAt(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const pieces: string[] = [];
  let from = 0;
  for (const place of [...at, text.length]) {
    pieces.push(text.slice(from, place));
    from = place;
  }
  return pieces;
}
