/** The detector of numbers: identity, tax, payment, telephone, network, wallet, place and birth date, from one pass over the digits of a text. */
import { foreignLetter, traitsOf } from '../code-units.ts';
import type { Detector, Finding, ScannedText } from '../detector.ts';
import type { KeywordHits } from '../keyword-scan.ts';
import { machineZoneEnd } from '../identity.ts';
import { findAlone } from './alone.ts';
import { findAnnounced } from './announced.ts';
import { fold, foldedPlace } from './fold.ts';
import { asciiWords, labelsOf, meaningOfField } from './labels.ts';

/** What a machine-readable zone begins with. */
const zoneWords = ['p<', 'i<', 'id<', 'ac<', 'v<', 'c<'];
const keywords: readonly string[] = [...asciiWords, ...zoneWords];
const longestNamed = 512;
const anyDigit = /[0-9]/;

/** From this score on a finding has a word that announces it, and may swallow what is found inside it. */
const announcedScore = 0.78;

function isBetter(finding: Finding, previous: Finding): boolean {
  const length = finding.end - finding.start;
  const before = previous.end - previous.start;
  if (
    previous.start <= finding.start &&
    previous.end >= finding.end &&
    length < before &&
    previous.score >= announcedScore
  )
    return false;
  if (
    finding.start <= previous.start &&
    finding.end >= previous.end &&
    length > before &&
    finding.score >= announcedScore
  )
    return true;
  return finding.score > previous.score || (finding.score === previous.score && length > before);
}

/** Of findings that overlap the one that holds the other, the surer, or the longer one; in the order of their places. */
export function withoutOverlaps(findings: Finding[]): Finding[] {
  findings.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Finding[] = [];
  for (const finding of findings) {
    const previous = kept[kept.length - 1];
    if (previous === undefined || finding.start >= previous.end) kept.push(finding);
    else if (isBetter(finding, previous)) kept[kept.length - 1] = finding;
  }
  return kept;
}

function findZones(text: string, hits: KeywordHits, place: (at: number) => number, into: Finding[]): void {
  for (let i = 0; i < hits.count; i++) {
    if (hits.word(i) < asciiWords.length) continue;
    const at = place(hits.start(i));
    const end = machineZoneEnd(text, at);
    if (end > 0) into.push({ start: at, end, kind: 'passport', subtype: 'machine_readable_zone', score: 0.99 });
  }
}

function find(scanned: ScannedText, hits: KeywordHits, report: (finding: Finding) => void): void {
  const folded = fold(scanned);
  const text = folded?.text ?? scanned.text;
  if (!anyDigit.test(text)) return;
  const place = folded === undefined ? (at: number): number => at : (at: number): number => foldedPlace(folded, at);
  const labels = labelsOf(
    text,
    (traitsOf(scanned) & foreignLetter) !== 0,
    hits,
    folded === undefined ? undefined : place,
  );
  const field = scanned.field === undefined || text.length > longestNamed ? undefined : meaningOfField(scanned.field);
  const found: Finding[] = [];
  findAnnounced(text, labels, field, (finding) => found.push(finding));
  findAlone(text, labels, (finding) => found.push(finding));
  findZones(text, hits, place, found);
  for (const finding of withoutOverlaps(found)) {
    if (folded === undefined) report(finding);
    else
      report({
        ...finding,
        start: folded.places[finding.start] as number,
        end:
          (folded.places[finding.end - 1] as number) + unitsAt(scanned.text, folded.places[finding.end - 1] as number),
      });
  }
}

/** Code units of the character at a place. */
function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
}

export const numbersDetector: Detector = {
  id: 'numbers',
  kinds: [
    'email',
    'phone',
    'credit_card',
    'iban',
    'bank_account',
    'national_id',
    'tax_id',
    'passport',
    'driver_license',
    'medical_id',
    'vehicle_id',
    'device_id',
    'ip_address',
    'mac_address',
    'crypto_wallet',
    'date_of_birth',
    'geo',
  ],
  keywords,
  find,
};
