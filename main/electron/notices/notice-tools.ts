/** What the rules of all kinds need to look at things and to say them. */
import type { CallInput, CallName } from '../../../shared/contract/contract.ts';
import type { NoticeKind } from '../../../shared/contract/desktop.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { Dispatch } from '../../control/dispatch.ts';
import type { Zone } from '../../kit/zone.ts';
import type { NoticeAction, Offer, OfferOutcome } from './notice.ts';
import type { NoticeBook } from './notice-book.ts';

export interface NoticeTools {
  readonly clock: { now(): number };
  readonly zone: () => Zone;
  readonly text: () => DesktopText;
  readonly ask: Dispatch['ask'];
  readonly goTo: (path: string) => void;
  /** For a button: makes the call, and says so where that did not work. */
  readonly act: <Name extends CallName>(kind: NoticeKind, name: Name, input: CallInput<Name>) => void;
  readonly justDone: (subject: string) => boolean;
  readonly isWanted: (kind: NoticeKind) => boolean;
  readonly offer: (offer: Offer) => OfferOutcome;
  readonly book: NoticeBook;
  /** Runs to its end before `stop` resolves; what it throws is logged. */
  readonly track: (work: () => Promise<void>) => void;
}

export const minuteMs = 60_000;
export const dayLongMs = 86_400_000;

/** A button that leads to a page, and a click on the rest that does the same. */
export function leadingTo(
  tools: NoticeTools,
  path: string,
  label: string,
): { readonly open: () => void; readonly actions: readonly NoticeAction[] } {
  const open = (): void => tools.goTo(path);
  return { open, actions: [{ label, run: open }] };
}
