/** What a notification is, before any system draws it, and how words from outside get into one. */
import type { NoticeKind } from '../../../shared/contract/desktop.ts';
import { printable } from '../../kit/printable.ts';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
  /** What a click on it does, also where the system draws no buttons. */
  readonly open: () => void;
  readonly actions: readonly NoticeAction[];
}

export interface ShownNotice {
  /** Takes it away; does nothing once it is gone. */
  close(): void;
}

export type ShowNotice = (notice: Notice) => ShownNotice;

/** What was told stays told, for as long as anybody remembers. */
export const forever = Number.MAX_SAFE_INTEGER;

/** Something that may be told: once under its rule, in its time, if its kind is wanted. */
export interface Offer {
  readonly kind: NoticeKind;
  /** Told once under this name … */
  readonly rule: string;
  /** … until then, in milliseconds since 1970. */
  readonly until: number;
  /** One that was shown about the same is taken away. */
  readonly about: string;
  /** What people may just have changed themselves, as `OwnDeeds` names it. */
  readonly subject?: string | undefined;
  /** What came in quiet hours is told when they end, if it still holds. Without it, it is dropped there. */
  readonly later?: Held | undefined;
  readonly make: () => Notice | Promise<Notice>;
}

/** What waits for the end of quiet hours: enough to look whether it still holds. */
export type Held =
  { readonly what: 'budget'; readonly id: string; readonly subject: string | null } | { readonly what: 'update' };

/** `told` includes what waits to be told together with others. */
export type OfferOutcome = 'told' | 'held' | 'dropped';

/** Names are read at a glance, and systems cut long ones anywhere. */
const usualNameChars = 60;

/**
 * A word from outside as it may stand in a notification: one line, cut, without control and bidirectional marks. Linux
 * servers may read markup in a body, so that angle brackets become ones that look alike.
 */
export function outside(text: string, maxChars: number = usualNameChars): string {
  // A cut comes first: the text may be as long as a model's name that a client made up.
  const clean = printable(text.slice(0, maxChars * 4))
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .trim();
  const characters = [...clean];
  return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : clean;
}
