/** Puts together what the layers say of a text: words, other readings of it, hidden characters and the model. */
import { modelOdds } from './classifier.ts';
import type { Weights } from './classifier.ts';
import { atbash, otherReadings, reversed, rot13 } from './decode.ts';
import { normalise } from './normalise.ts';
import { commandSigns } from './injection-commands.ts';
import { scanPhrases } from './phrases.ts';
import type { PhraseSigns } from './phrases.ts';
import { unitsOf } from './units.ts';

/** Logarithms of odds that a text is an attack, and what spoke for it. */
export interface Odds {
  readonly odds: number;
  readonly reasons: readonly string[];
}

/** Most that the words of a text can add. */
const mostByPhrases = 7;
/** What an instruction gains by being encoded: nobody writes to people like that. */
const encodedBonus = 2.2;
/** Share of the model's doubt in favour of the text that rules can overcome. */
const leastModel = -3.5;

interface View {
  readonly phrases: number;
  readonly reasons: ReadonlySet<string>;
  readonly signs: PhraseSigns;
}

function look(text: string, isRunTogether: boolean, units: Uint16Array): View {
  const signs = scanPhrases(text, isRunTogether, units);
  const reasons = new Set<string>();
  if (signs.override >= 1) reasons.add('override');
  if (signs.extraction >= 1) reasons.add('prompt_extraction');
  if (signs.persona >= 1) reasons.add('jailbreak_persona');
  if (signs.exfiltration >= 1) reasons.add('exfiltration');
  if (signs.delimiter >= 1) reasons.add('role_delimiter');
  const parts = [signs.override, signs.extraction, signs.persona, signs.exfiltration, signs.delimiter].sort(
    (a, b) => b - a,
  );
  // The strongest sign counts in full, the others by half: they often stand for the same words.
  const sum = parts.reduce((total, part, index) => total + (index === 0 ? part : Math.max(0, part) / 2), 0);
  return { phrases: Math.min(mostByPhrases, sum), reasons, signs };
}

/** Text of ROT13, written backwards or mirrored: told by common words in that form. */
function turned(text: string, signs: PhraseSigns): string[] {
  const readings: string[] = [];
  if (signs.rot13 >= 3) readings.push(rot13(text));
  if (signs.backwards >= 3) readings.push(reversed(text));
  if (signs.mirrored >= 3) readings.push(atbash(text));
  return readings;
}

/** Most characters that are read once more, and how deep encodings are followed into each other. */
const deepest = 2;

function readAgain(
  text: string,
  depth: number,
  weights: Weights,
  best: { odds: number; reasons: Set<string> },
  signs: PhraseSigns,
): void {
  if (depth === 0) return;
  for (const other of turned(text, signs)) weigh(other, false, depth, weights, best);
  for (const reading of otherReadings(text))
    weigh(normalise(reading.text).text, reading.isRunTogether, depth, weights, best);
}

function weigh(
  text: string,
  isRunTogether: boolean,
  depth: number,
  weights: Weights,
  best: { odds: number; reasons: Set<string> },
): void {
  const units = unitsOf(text);
  const view = look(text, isRunTogether, units);
  if (view.signs.quoted === undefined) {
    const model = isRunTogether ? 0 : modelOdds(text, weights, units);
    const odds = Math.max(model, leastModel / 2) + view.phrases + encodedBonus;
    if ((view.phrases >= 1.5 || model > -0.5) && odds > best.odds) {
      best.odds = odds;
      best.reasons = new Set([...view.reasons, 'encoded']);
      if (model > 0) best.reasons.add('model');
    }
  }
  readAgain(text, depth - 1, weights, best, view.signs);
}

/** Takes time in proportion to the text. */
export function injectionOdds(text: string, weights: Weights): Odds {
  const normal = normalise(text);
  const { text: shown, view, units } = withoutQuotes(normal.text);
  const model = modelOdds(shown, weights, units);
  const commands = commandSigns(shown);
  const reasons = new Set(view.reasons);
  let odds = Math.max(model, leastModel) + view.phrases + commands;
  if (model > 0) reasons.add('model');
  if (commands > 0) reasons.add('exfiltration');
  const isVeiled = normal.invisible >= 6 || normal.mixedScripts;
  if (isVeiled && (view.phrases >= 1 || model > -0.5)) odds += encodedBonus;
  if (isVeiled || normal.smuggled.length >= 8) reasons.add('hidden_text');
  const best = { odds, reasons };
  if (normal.smuggled.length >= 8) hidden(normal.smuggled, weights, best);
  readAgain(shown, deepest, weights, best, view.signs);
  return { odds: best.odds, reasons: [...best.reasons].sort() };
}

/** Quotes that are taken out at most: a text with more of them is a list of attacks, and is treated as one. */
const mostQuotes = 3;

/** The text without the attacks it quotes to speak about them: what is left is looked at as usual. */
function withoutQuotes(text: string): { text: string; view: View; units: Uint16Array } {
  let rest = text;
  let units = unitsOf(rest);
  let view = look(rest, false, units);
  for (let i = 0; i < mostQuotes && view.signs.quoted !== undefined; i++) {
    const [from, end] = view.signs.quoted;
    rest = `${rest.slice(0, from)}"…"${rest.slice(end)}`;
    units = unitsOf(rest);
    view = look(rest, false, units);
  }
  return { text: rest, view, units };
}

/** Letters that nobody can see are a message to a program, whatever they say. */
function hidden(text: string, weights: Weights, best: { odds: number; reasons: Set<string> }): void {
  const units = unitsOf(text);
  const view = look(text, false, units);
  const model = modelOdds(text, weights, units);
  const odds = Math.max(2.5, Math.max(model, -1) + view.phrases + 3);
  if (odds > best.odds) {
    best.odds = odds;
    best.reasons = new Set([...view.reasons, 'hidden_text']);
  }
}
