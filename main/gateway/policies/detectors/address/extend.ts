/** What belongs to a street: unit, town, postal code, region, country, on the same line and on the lines below it. */
import type { Core } from './cores.ts';
import { unitWords } from './street-words.ts';

/** An address has no more parts than this, and is no longer. */
const mostParts = 7;
const longest = 200;

const word = "\\p{Lu}[\\p{L}.'’-]*";
const town = `${word}(?:[ -](?:${word}|am|an der|im|in der|ob der|upon|on|under|sur|sous|de|del|de la|da|do|la|le|les|los|di|nad|pod)){0,4}(?:/${word})?(?: \\(${word}\\))?(?: \\d{1,2}(?![\\p{L}\\d]))?`;
/** Codes of the countries: UK, CA, NL, JP, BR, PL, CZ and SE, PT, US, all others. */
const postal =
  '(?:[A-Z]{1,2}\\d[A-Z\\d]?\\s?\\d[A-Z]{2}|[A-Z]\\d[\\dW]\\s?[A-Z\\d]{4}|[A-Z]\\d[A-Z][\\s-]?\\d[A-Z]\\d|\\d{4}\\s?[A-Z]{2}|〒?\\d{3}-\\d{4}|\\d{5}-\\d{3}|\\d{2}-\\d{3}|\\d{3}\\s\\d{2}|\\d{4}-\\d{3}|\\d{5}-\\d{4}|[A-Z]\\d{4}[A-Z]{3}|(?:[A-Z]{1,3}-)?\\d{4,6})(?![\\p{L}\\d])';
const unit = `(?:#\\s?\\d{1,5}[A-Z]?|(?:${unitWords})(?:\\s?[#:.]?\\s?\\d{1,5}[A-Za-z]?|\\s[A-Z])(?![\\p{L}\\d])|\\d{1,3}(?:º|°|ª|er|ème|st|nd|rd|th|\\.)\\s?(?:[A-Z](?![\\p{L}])|floor|étage|izda?\\.?|dcha?\\.?|piso|patro|kat|em\\.|OG|Stock)?(?:\\s[A-Z](?![\\p{L}]))?|S\\/N|bajo|ático)`;
/** Floors, doors and stairs as they are written in one country alone: Denmark, Spain, Portugal, Hungary, Romania, Turkey, Belgium, Indonesia. */
const foreignUnit =
  '(?:#\\d{1,3}-\\d{1,5}[A-Z]?|\\d{1,2}(?=\\s#\\d)|\\d{1,2}\\.?\\s(?:tv|th|mf|sal)\\b\\.?|st\\.?\\s(?:th|tv|mf)\\b|esc\\.?\\s?[A-Z\\d]{1,2}(?:,?\\s\\d{1,2}[ºª°](?:\\s?[A-Z](?!\\p{L}))?){0,2}|\\d{1,3}\\.?[ºª°](?:,?\\s?(?:izq|dcha|izda|dto|esq|fte|drt|frt|dta|der|[A-Z])\\b\\.?)?|r\\/c(?:\\s(?:esq|dto|fte)\\b\\.?)?|fszt\\.?(?:\\s?\\d{1,3}\\.?)?|\\d{1,2}\\.\\s?em(?:elet)?\\.?(?:\\s?\\d{1,3}\\.?)?|(?:bl|sc|ap|bte|bus|bureau|local|piso|dpto|depto|int|apto|of|kat|daire|blok|rt|rw)\\.?\\s?(?:\\d{1,4}[A-Z]?|[A-Z]\\d{0,3})(?!\\p{L})(?:\\/rw\\s?\\d{1,3})?|sector(?:ul)?\\s\\d|bloco\\s[A-Z\\d]{1,3}(?!\\p{L})|d:\\s?\\d{1,3}|[A-H]\\s?\\d{1,3}(?=,)|\\d{1,3}(?=,\\s\\d{5}\\s)|(?:bis|ter|hs)(?=,)|(?:col|brgy|barangay|kel|kec|urb|fracc|bairro|phường|quận|p\\.|q\\.)\\.?\\s(?:\\d{1,2}|\\p{Lu}[\\p{L}.’-]*(?:\\s\\p{Lu}[\\p{L}.’-]*){0,3}))';
const state = '(?:(?:[A-Z]{2,3}|[a-z]{2,3})(?![\\p{L}\\d])|(?:New|North|South|West)\\s\\p{Lu}\\p{L}+)';
const country =
  '(?:USA|U\\.S\\.A?\\.?|UK|U\\.K\\.|United States(?: of America)?|United Kingdom|England|Scotland|Wales|Northern Ireland|Ireland|Canada|Australia|New Zealand|Germany|Deutschland|Austria|Österreich|Switzerland|Schweiz|Suisse|France|Belgium|Belgique|België|Netherlands|The Netherlands|Nederland|Spain|España|Portugal|Italy|Italia|Sweden|Sverige|Norway|Norge|Denmark|Danmark|Finland|Suomi|Iceland|Greenland(?:er)?|Estonia|Latvia|Lithuania|Poland|Polska|Czech Republic|Czechia|Česko|Slovakia|Slovenia|Hungary|Magyarország|Romania|România|Bulgaria|Serbia|Croatia|Hrvatska|Bosnia|Greece|Ελλάδα|Cyprus(?: \\(Greek\\)| \\(Anglicized\\))?|Turkey|Türkiye|Russia|Россия|Ukraine|Україна|Israel|India|Pakistan|Bangladesh|China|Japan|South Korea|Korea|Taiwan|Vietnam|Thailand|Malaysia|Singapore|Indonesia|Philippines|Brazil|Brasil|Argentina|Chile|Mexico|México|Colombia|Peru|Uruguay|Tunisia|Morocco|Egypt|South Africa|Nigeria|Kenya|Ghana)';
const gap = '(?:,?[ \\t]{1,2}|\\s?,\\s?|\\s?[-–]\\s|[ \\t]*\\r?\\n[ \\t>]*,?[ \\t]*|\\\\n|,)';

/** What numbers a flat: before a town, which "Kat 3, 35220" looks like too. */
const unitParts: readonly RegExp[] = [
  new RegExp(`(?:${gap}|/|\\. )${foreignUnit}`, 'iuy'),
  new RegExp(`${gap}${unit}`, 'iuy'),
];
const parts: readonly RegExp[] = [
  // All in small letters: "delmas, mp 35739".
  new RegExp(`${gap}\\p{Ll}[\\p{Ll} ]{2,30}, ?\\p{L}{2,3} \\d{4,6}(?!\\d)`, 'uy'),
  // Quarter, town and state before the code: "- Pinheiros, São Paulo - SP, 05422-030".
  new RegExp(`(?:${gap}${town}){2}(?:${gap}${state})?${gap}${postal}`, 'uy'),
  new RegExp(`${gap}(?:[A-Z]{1,2}-)?${postal},?\\s${town}`, 'uy'),
  new RegExp(`${gap}${town}${gap}(?:${state}${gap})?${postal}(?:\\s\\d{1,3}(?!\\d))?`, 'uy'),
  new RegExp(`${gap}(?:${state}${gap})?${postal}(?:\\s\\d{1,3}(?!\\d))?`, 'uy'),
  new RegExp(`${gap}(?:${town}${gap})?${country}(?:\\s${postal})?(?![\\p{L}])`, 'uy'),
  new RegExp(`${gap}${town}\\s?[-/,]\\s?[A-Z]{2,3}(?![\\p{L}\\d])`, 'uy'),
];
/** A town alone, where it ends the line or a part of the sentence, and a line of a unit or a street was before it. */
const lastTown = new RegExp(
  `(?:,[ ]|[ \\t]*\\r?\\n[ \\t>]{1,3})${town}(?:, ${town})?(?=\\s?[,.;)"”<|\\\\}\\n]|$)`,
  'uy',
);
const shoutedTown = /[ \t]{1,2}[\p{Lu}][\p{Lu} .'-]{2,30}(?:\s(?:VIC|NSW|QLD|WA|SA|TAS|ACT|NT)\b)?(?=\s?[\n,.;]|$)/uy;

/** "1052 Budapest, " and "г. Москва, " stand before the street. */
const before = new RegExp(
  `(?:^|[\\s:"'(>|;,])((?:(?:[Ff]lat|[Aa]pt\\.?|[Uu]nit|[Pp]lot|H\\. ?[Nn]o\\.?|[Dd]oor [Nn]o\\.?)\\s?[\\dA-Z/-]{1,8},\\s)?(?:(?:The\\s)?(?:${word}\\s){1,3}(?:House|Vicarage|Cottage|Lodge|Farm|Tower|Towers|Building|Residence|Residency|Apartments|Manor|Barn|Rectory|Hall|Villa|Society|Enclave|Chambers|Mansions?),\\s)|(?:\\d{4,6},?\\s(?:г\\.\\s?)?|(?:г|м)\\.\\s?)${town},\\s)$`,
  'u',
);

/** The address with everything behind it that belongs to it. */
export function extended(text: string, core: Core): Core {
  let end = core.end;
  for (let count = 0; count < mostParts && end - core.start < longest; count++) {
    const next = matchAny(text, end);
    if (next === end) break;
    end = next;
  }
  if (end - core.start < longest) {
    for (const pattern of [lastTown, shoutedTown]) {
      pattern.lastIndex = end;
      if (!pattern.test(text)) continue;
      end = pattern.lastIndex;
      const next = matchAny(text, end);
      if (next > end) end = next;
    }
  }
  const start = core.start - (before.exec(text.slice(Math.max(0, core.start - 48), core.start))?.[1]?.length ?? 0);
  while (end > core.start && /[\s,.]/.test(text[end - 1] as string)) end--;
  return { start, end, score: end > core.end ? Math.max(core.score, 0.85) : core.score };
}

function matchAny(text: string, end: number): number {
  const unitEnd = longestOf(unitParts, text, end);
  return unitEnd > end ? unitEnd : longestOf(parts, text, end);
}

function longestOf(parts: readonly RegExp[], text: string, end: number): number {
  let best = end;
  for (const pattern of parts) {
    pattern.lastIndex = end;
    if (pattern.test(text) && pattern.lastIndex > best) best = pattern.lastIndex;
  }
  return best;
}
