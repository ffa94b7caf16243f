/** A form looked through: what its texts hold, and its bytes with any choice of that replaced. */
import type { FoundKind, KindCounts } from '../../../../shared/domain/masking.ts';
import type { Span } from '../../dialects/document.ts';
import type { Replaced } from './body-scan.ts';
import type { Conversation } from './conversation.ts';
import type { FoundText } from './engine.ts';

/** One text of the form, where it stands, and what was found in it. */
export interface ScannedFormText {
  readonly text: string;
  readonly span: Span;
  readonly findings: readonly FoundText[];
}

export interface MaskedForm {
  readonly body: Buffer;
  readonly replaced: readonly Replaced[];
  readonly counts: KindCounts;
}

export class FormScan {
  readonly texts: readonly ScannedFormText[];
  readonly #body: Buffer;
  readonly #conversation: Conversation;

  /** `texts` in the order in which they stand in `body`. */
  constructor(body: Buffer, texts: readonly ScannedFormText[], conversation: Conversation) {
    this.texts = texts;
    this.#body = body;
    this.#conversation = conversation;
  }

  /** What was found of these kinds. */
  findings(
    kinds: ReadonlySet<FoundKind>,
  ): { readonly kind: FoundKind; readonly subtype: string; readonly count: number }[] {
    return this.texts.flatMap(({ findings }) =>
      findings.filter(({ kind }) => kinds.has(kind)).map(({ kind, subtype }) => ({ kind, subtype, count: 1 })),
    );
  }

  /** The form with findings of these kinds replaced, everything else byte for byte. */
  masked(kinds: ReadonlySet<FoundKind>): MaskedForm {
    const replaced = new Map<string, Replaced>();
    const counts: Partial<Record<FoundKind, number>> = {};
    const pieces: Buffer[] = [];
    let from = 0;
    for (const { text, span, findings } of this.texts) {
      let masked = '';
      let at = 0;
      for (const { kind, start, end, text: value } of findings) {
        if (!kinds.has(kind)) continue;
        const placeholder = this.#conversation.placeholders.placeholder(kind, value);
        replaced.set(placeholder, { kind, placeholder, text: value });
        counts[kind] = (counts[kind] ?? 0) + 1;
        masked += text.slice(at, start) + placeholder;
        at = end;
      }
      if (at === 0) continue;
      pieces.push(this.#body.subarray(from, span.start), Buffer.from(masked + text.slice(at), 'utf8'));
      from = span.end;
    }
    const body = pieces.length === 0 ? this.#body : Buffer.concat([...pieces, this.#body.subarray(from)]);
    return { body, replaced: [...replaced.values()], counts };
  }
}
