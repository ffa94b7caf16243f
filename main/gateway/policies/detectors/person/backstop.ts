/** Once found, found everywhere in the same text: the whole name, and single parts of it that are no ordinary words. */
import {
  characterClass,
  family,
  given,
  hashOf,
  known,
  lead,
  deed,
  notLetter,
  opener,
  ordinary,
  particle,
  tail,
  title,
} from './lexicon.ts';
import type { Found } from './found.ts';

/** Bounds the work: this many different parts are looked for, each by one pass of `indexOf`. */
const mostParts = 48;
const mostWork = 8_000_000;
const shortestPart = 3;
const score = 0.75;

/** Adds all other places of what is in `found`. */
export function findAgain(found: Found): void {
  const { text } = found;
  const parts = new Set<string>();
  for (const one of found.all()) {
    for (const part of text.slice(one.start, one.end).split(/[\s,.;]+/)) {
      if (parts.size < mostParts && isTelling(part)) parts.add(part);
    }
  }
  let work = 0;
  for (const part of parts) {
    findPart(found, part);
    const lower = part.toLowerCase();
    // In small letters only what is a name for sure: an unknown word may be any.
    if (lower !== part && part.length > shortestPart && (known(hashOf(part, 0, part.length)) & (given | family)) !== 0)
      findPart(found, lower);
    work += 2 * text.length;
    if (work > mostWork) return;
  }
}

/** A part of a name that stands for the person alone. */
function isTelling(part: string): boolean {
  if (part.length < shortestPart || /\d/.test(part)) return false;
  const flags = known(hashOf(part, 0, part.length));
  // "ICU": short and in capitals alone it is an abbreviation, unless it is a name.
  if (
    part.length <= 4 &&
    part === part.toUpperCase() &&
    part !== part.toLowerCase() &&
    (flags & (given | family)) === 0
  )
    return false;
  return (flags & (ordinary | tail | title | opener | lead | deed | particle)) === 0;
}

function findPart(found: Found, part: string): void {
  const { text } = found;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    const end = at + part.length;
    if (isEdge(text, at - 1) && isEdge(text, end) && !isMember(text, end)) found.add(at, end, score);
  }
}

/** Neither in a longer word, nor in an address, a path or a name in a program. */
function isEdge(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return true;
  const code = text.charCodeAt(at);
  if (characterClass[code] !== notLetter) return false;
  return code !== 0x40 && code !== 0x2f && code !== 0x5c && code !== 0x2d && code !== 0x2b && code !== 0x25;
}

function isMember(text: string, end: number): boolean {
  return (text[end] === '.' && characterClass[text.charCodeAt(end + 1)] !== notLetter) || text[end] === '(';
}
