/** Face of the detectors of structured personal data: what has a form, a check digit, or a word beside it that says what it is. */
import type { Detector, Finding, ScannedText } from './detector.ts';
import { emailKeywords, findEmails } from './email.ts';
import type { KeywordHits } from './keyword-scan.ts';
import { fold, foldedPlace } from './numbers/fold.ts';
import { numbersDetector, withoutOverlaps } from './numbers/numbers.ts';
import { findPersonalLinks, webKeywords } from './web.ts';

/** Places of hits in a text with tricks undone. */
function foldedHits(hits: KeywordHits, place: (at: number) => number): KeywordHits {
  return {
    count: hits.count,
    word: (hit) => hits.word(hit),
    start: (hit) => place(hits.start(hit)),
    end: (hit) => place(hits.end(hit)),
  };
}

function findMail(scanned: ScannedText, given: KeywordHits, report: (finding: Finding) => void): void {
  const folded = fold(scanned);
  const text = folded?.text ?? scanned.text;
  const hits = folded === undefined ? given : foldedHits(given, (at) => foldedPlace(folded, at));
  const found: Finding[] = [];
  const add = (finding: Finding): number => found.push(finding);
  findEmails(text, hits, add);
  findPersonalLinks(text, hits, emailKeywords.length, add);
  for (const finding of withoutOverlaps(found)) {
    if (folded === undefined) report(finding);
    else
      report({
        ...finding,
        start: folded.places[finding.start] as number,
        end: (folded.places[finding.end - 1] as number) + 1,
      });
  }
}

const mailDetector: Detector = {
  id: 'mail',
  kinds: ['email', 'url'],
  keywords: [...emailKeywords, ...webKeywords],
  find: findMail,
};

/** All of them. */
export function structuredDetectors(): Detector[] {
  return [mailDetector, numbersDetector];
}
