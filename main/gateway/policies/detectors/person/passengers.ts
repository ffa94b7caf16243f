/** Passengers as tickets write them: "KIM/MINJUN MR", "DUBOIS/ANNE MARIE MRS" (IATA passenger name elements). */
import { family, given, hashOf, known } from './lexicon.ts';
import type { Tell } from './found.ts';

const slash = 0x2f;
const longestPart = 30;
const score = 0.85;
const rest = /([A-Z]{2,30}(?: [A-Z]{2,20})?) ?(?:MR|MRS|MS|MSTR|MISS|DR|CHD|INF|PROF)(?![A-Za-z\d-])/y;

/** Looks at slashes between capital letters alone. */
export function findPassengers(text: string, tell: Tell): void {
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
    if (!isCapital(text.charCodeAt(at - 1)) || !isCapital(text.charCodeAt(at + 1))) continue;
    let start = at;
    while (start > 0 && at - start < longestPart && isCapital(text.charCodeAt(start - 1))) start--;
    const before = text.charCodeAt(start - 1);
    if (at - start < 2 || before === slash || (before > 0x20 && /[\w.-]/.test(text.charAt(start - 1)))) continue;
    rest.lastIndex = at + 1;
    const match = rest.exec(text);
    if (match !== null && (isName(text, start, at) || isName(text, at + 1, at + 1 + (match[1] as string).length)))
      tell(start, at + 1 + (match[1] as string).length, score);
  }
}

function isName(text: string, start: number, end: number): boolean {
  return (known(hashOf(text, start, end)) & (given | family)) !== 0;
}

function isCapital(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a;
}
