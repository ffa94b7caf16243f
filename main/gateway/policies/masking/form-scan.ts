/** A form looked through: what its texts hold, and its bytes with any choice of that replaced. */
import type { FoundKind, KindCounts } from '../../../../shared/domain/masking.ts';
import type { Span } from '../../dialects/document.ts';
import { withoutCuts, type Cut } from '../firewall/strip.ts';
import { ReplacedValues, type Replaced, type RuleCounts } from './body-scan.ts';
import type { Conversation } from './conversation.ts';
import type { FoundText } from './engine.ts';
import type { NamedFinding } from './kind-modes.ts';

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
  readonly rules: RuleCounts;
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

  /** What was found and is wanted. */
  findings(
    isWanted: (finding: NamedFinding) => boolean,
  ): { readonly kind: FoundKind; readonly subtype: string; readonly count: number }[] {
    return this.texts.flatMap(({ findings }) =>
      findings.filter(isWanted).map(({ kind, subtype }) => ({ kind, subtype, count: 1 })),
    );
  }

  /** The form with what is chosen replaced, and `cuts` taken out of its texts; everything else byte for byte. */
  masked(
    isMasked: (finding: NamedFinding) => boolean,
    cuts: (text: ScannedFormText) => readonly Cut[] = () => [],
  ): MaskedForm {
    const values = new ReplacedValues();
    const pieces: Buffer[] = [];
    let from = 0;
    for (const one of this.texts) {
      const { text, span, findings } = one;
      const gone = cuts(one);
      const marks = findings
        .filter(
          (finding) => isMasked(finding) && !gone.some((cut) => cut.start < finding.end && finding.start < cut.end),
        )
        .map((finding) => {
          const placeholder = this.#conversation.placeholders.placeholder(finding.kind, finding.text);
          values.add({ ...finding, placeholder });
          return { start: finding.start, end: finding.end, mark: placeholder };
        });
      if (marks.length + gone.length === 0) continue;
      const left = withoutCuts(
        text,
        [...marks, ...gone].sort((a, b) => a.start - b.start),
      );
      pieces.push(this.#body.subarray(from, span.start), Buffer.from(left, 'utf8'));
      from = span.end;
    }
    const body = pieces.length === 0 ? this.#body : Buffer.concat([...pieces, this.#body.subarray(from)]);
    return { body, ...values.all() };
  }
}
