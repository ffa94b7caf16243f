/** What the detectors of structured data find in a text, as kinds and values. */
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';
import { withoutOverlaps } from '../../../../../main/gateway/policies/detectors/numbers/numbers.ts';
import { structuredDetectors } from '../../../../../main/gateway/policies/detectors/structured.ts';
import type { Finding } from '../../../../../main/gateway/policies/detectors/detector.ts';
import type { FoundKind } from '../../../../../shared/domain/masking.ts';

const detectors = structuredDetectors();
const scan = new KeywordScan(detectors.map((detector) => detector.keywords));

export function findings(text: string, field?: string): Finding[] {
  const hits = scan.scan(text);
  const all: Finding[] = [];
  const isAscii = /^[\0-\x7f]*$/.test(text);
  detectors.forEach((detector, i) => {
    const own = hits[i];
    if (own !== undefined) detector.find({ text, isAscii, field }, own, (finding) => all.push(finding));
  });
  return withoutOverlaps(all);
}

export function found(text: string, field?: string): [FoundKind, string][] {
  return findings(text, field).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}
