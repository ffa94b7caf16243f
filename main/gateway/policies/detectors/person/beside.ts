/** What stands beside a possible name and is said of people alone: greetings, introductions, thanks, chats, signatures, values of fields. */
import { characterClass, lowerLetter, upperLetter } from './lexicon.ts';
import type { Run } from './words.ts';

/** Before a name that is spoken to: "Thank you, Anna." */
const thanked =
  /(?:^|[\s"'>(])(?:thanks|thank you|thx|sorry|please|yes|no|hi|hello|hey|ok|okay|sure|morning|evening|welcome|congrats|congratulations|call me|text me|write me|remember me|help me|believe me|trust me|bye|goodbye|listen|look|agreed|danke|merci|gracias|grazie|obrigad[oa]|tack|bedankt|dzięki), $/i;
/** "[14/02/24, 09:11:02] ", "09:11 - ": the time of a line of a chat. */
const stamped = /\d:\d\d(?: ?[AP]M)?[\])]?(?: -)? $/i;
const introduced =
  /(?:^|[\s"'>(])(?:this is|it is|it's|i am|i'm|named|backup is|ask for|speaking to|also|here is|greet|hälsa|pozdrów|saluda a|saluta) $/i;
const modal = /(?:^|[\s"'>(])(?:Could|Can|Will|Would|Should|Did|Does|Has|could|can|will|would|should|did|does|has) $/;
const otherSpeaker = /\n(?:\[[^\]\n]{4,24}\] )?\p{Lu}\p{Ll}{2,15}: \p{L}[^\n{};=]{4,}[?!. ]/u;
const taskBefore = /(?:^|\n)[ \t>]*(?:[-*•–]|\d{1,2}[.)]|\[[ x]\]|(?:TOP|Action|Item|AI|Todo) ?\d{0,2}:) $/i;
/** The end of a sentence or of a greeting, and an empty line. */
const signedLine = /[\p{Ll}\d)][.!?,][ \t]*\r?\n(?:[> \t]*\r?\n)(?:> ?)?$/u;

/** "Anna, can you", "Remember me, Anna?", and "Anna: hello" at the beginning of a line. */
export function isCalled(text: string, start: number, end: number): boolean {
  const next = text[end];
  if ((next === '?' || next === '!') && text[start - 2] === ',') return true;
  const begins =
    start === 0 ||
    text[start - 1] === '\n' ||
    text[start - 1] === '"' ||
    (text[start - 1] === ' ' && stamped.test(text.slice(Math.max(0, start - 8), start)));
  if (!begins) return false;
  if (next === ',' && text[end + 1] === ' ')
    return (
      characterClass[text.charCodeAt(end + 2)] === lowerLetter ||
      /^(?:I|I'm|I'd|I've)\b/.test(text.slice(end + 2, end + 6))
    );
  if (next !== ':' || text[end + 1] !== ' ') return false;
  if (characterClass[text.charCodeAt(end + 2)] === upperLetter) return true;
  // Small letters as in a chat: only where others speak too.
  return (
    /\p{Ll}[^\n{};=]{3,}(?:\n|$)/uy.test(text.slice(end + 2, end + 80)) &&
    otherSpeaker.test('\n' + text.slice(Math.max(0, start - 200), start) + text.slice(end, end + 300))
  );
}

/** "Thank you, Anna.", and what a list of tasks begins with: "- Anna to send …". */
export function isAddressed(text: string, units: Uint16Array, start: number, end: number): boolean {
  const next = units[end] as number;
  const before = units[start - 1] as number;
  if (before !== 0x20) return false;
  if ((next === 0x2e || next === 0x21 || next === 0x3f || next === 0x2c) && units[start - 2] === 0x2c)
    return thanked.test(text.slice(Math.max(0, start - 24), start));
  if (next === 0x20 && taskBefore.test(text.slice(Math.max(0, start - 14), start)))
    return /^ (?:to|will|and \p{Lu}\p{Ll}+ to|\p{Ll}{2,}s|kann|soll|muss|macht|doit|va|debe) /u.test(
      text.slice(end, end + 40),
    );
  return false;
}

/** "this is Anna", "Could Anna send", and behind the last sentence of a line: "See you. Anna". */
export function isIntroduced(
  text: string,
  units: Uint16Array,
  run: Run,
  from: number,
  start: number,
  end: number,
): boolean {
  if (units[start - 1] !== 0x20 || run.count - from !== 1) return false;
  const next = units[end] as number;
  const before = text.slice(Math.max(0, start - 14), start);
  if (from === 0 && introduced.test(before)) return true;
  if (from <= 1 && next === 0x20 && characterClass[units[end + 1] as number] === lowerLetter && modal.test(before))
    return true;
  return from === 0 && (next === 0x0a || end === text.length) && /\p{L}[.!?] $/u.test(before);
}

/** A line of its own in a letter: behind a sentence and an empty line, before another one or the end. */
export function standsInMail(text: string, start: number, end: number): boolean {
  if (text[start - 1] !== '\n' && !text.startsWith('> ', start - 2)) return false;
  return (
    /^[ \t]*(?:$|\r?\n(?:[> ]*\r?\n|On |Am |Le |El |>|--|Sent from))/.test(text.slice(end, end + 16)) &&
    signedLine.test(text.slice(Math.max(0, start - 48), start))
  );
}

/** Only of people: "Banks was admitted on". */
export function isAdmitted(text: string, units: Uint16Array, end: number): boolean {
  if (units[end] !== 0x20 || units[end + 1] !== 0x77) return false;
  return /^ was (?:admitted|discharged|diagnosed|hospitali[sz]ed|born|examined|referred to|prescribed|hired|promoted|arrested|sentenced|interviewed)\b/.test(
    text.slice(end, end + 24),
  );
}

/** "My name is Xqaru Vombel": two words that nobody knows. */
export function isNamed(text: string, units: Uint16Array, start: number, count: number): boolean {
  return (
    count > 1 &&
    start > 2 &&
    units[start - 1] === 0x20 &&
    units[start - 2] === 0x73 &&
    /\b(?:my|her|his|their|the patient's) (?:full |legal |real )?name(?: is|'s) $/i.test(
      text.slice(Math.max(0, start - 32), start),
    )
  );
}

export function isSaying(text: string, start: number): boolean {
  return /(?:says|said|asks|asked|replied|wrote|sagte|sagt|dit|dijo|disse)\s$/i.test(
    text.slice(Math.max(0, start - 9), start),
  );
}

/** Behind a greeting a single unknown word is a name where a comma or the end of the line follows: "Dear Sunniva,". */
export function isGreeting(text: string, end: number): boolean {
  const next = text[end];
  return next === ',' || next === '\n' || next === '!' || next === undefined;
}

/** `Anna Smith <anna@example.org>`, `Anna Smith (anna@example.org)`, `CN=Anna Smith:mailto:`. */
export function mailFollows(text: string, units: Uint16Array, end: number): boolean {
  let at = end;
  if (units[at] === 0x22) at++;
  if (units[at] === 0x20) at++;
  const next = units[at];
  if (next !== 0x3c && next !== 0x28 && next !== 0x3a && next !== 0x26) return false;
  return /^(?:<|\(|&lt;|:)(?:mailto:)?[\w.+-]{1,64}@[\w-]/.test(text.slice(at, at + 90));
}

/** The value of a field ends here: a single unknown word is no name in `given: Promise<T>` and `author: Use the flag`. */
export function endsValue(text: string, end: number): boolean {
  const next = text[end];
  if (next === '<') return text[end + 1] === '/';
  return (
    next === undefined ||
    next === '"' ||
    next === "'" ||
    next === '\n' ||
    next === '\r' ||
    next === '|' ||
    next === ';' ||
    next === '\t' ||
    (next === ' ' && text[end + 1] === ' ') ||
    (next === ',' && text[end + 1] !== '\n')
  );
}
