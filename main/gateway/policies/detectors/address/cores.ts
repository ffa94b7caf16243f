/** The middle of an address, found from one key word: the street and its number, a box, or what a sentence or a field says is an address. */
import { characterClass, lowerLetter, notLetter, upperLetter } from '../person/lexicon.ts';
import { addressFields } from './street-words.ts';

export interface Core {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** How far we look around a key word. */
const reach = 64;
const longestAddress = 160;

const shape = 0.75;
const announced = 0.85;

function kindAt(text: string, at: number): number {
  return at < 0 || at >= text.length ? notLetter : (characterClass[text.charCodeAt(at)] as number);
}

function isBoundary(text: string, at: number): boolean {
  return kindAt(text, at) === notLetter;
}

const numberThenName =
  /(?:^|[\s"'(>,:;|=*[])((?:(?:[Uu]nit|[Ff]lat|[Aa]pt\.?|[Ss]uite|[Ss]hop|[Pp]lot(?: [Nn]o\.?)?|[Bb]lk|[Bb]lock|H\.? ?[Nn]o\.?|[Hh]ouse [Nn]o\.?|[Dd]oor [Nn]o\.?|D\. ?[Nn]o\.?|[Nn]o\.?)\s?)?#?(?:\d{1,5}\/)?\d{1,6}(?:[A-Za-z]\b)?(?:\s?[-–/]\s?\d{1,5}[A-Za-z]?){0,3},?(?:\s1\/2)?(?:\s(?:[NSEW]|[NS][EW])\.?)?(?:\s(?:\p{Lu}[\p{L}.'’-]*|\d{1,3}(?:st|nd|rd|th)?|(?:of|the|de|la|del|da|and|am|von|der|los|las)))(?:\s(?:\p{Lu}[\p{L}.'’-]*|of|the|de|la|del|and)){0,3})$/u;

/** "12 Victoria Lane", "1137 Portage Ave": the key word is the last of the street. */
export function findAtSuffix(text: string, start: number, end: number): Core | undefined {
  if (!isBoundary(text, end)) return undefined;
  const upper = kindAt(text, start + 1) === upperLetter;
  if (!upper) return findLowerSuffix(text, start, end);
  const from = Math.max(0, start - reach);
  const match = numberThenName.exec(text.slice(from, start));
  const found = match?.[1];
  if (
    found === undefined ||
    (/^(?:19|20)\d\d\s/.test(found) &&
      /(?:\(c\)|©|copyright)\s*$/i.test(text.slice(Math.max(0, start - found.length - 12), start - found.length)))
  )
    return undefined;
  return {
    start: start - found.length,
    end: end + (/^\.?(?:\s(?:[NS][EW]?|[EW])\b)?/.exec(text.slice(end, end + 5))?.[0].length ?? 0),
    score: shape,
  };
}

const lowerNumberThenName = /(?:^|[\s"'(>,:;|=])(\d{1,5}[a-z]?(?:\s[a-z][a-z'-]{2,}){1,2})$/;

/** All small letters: only with a house number before it and a town or a unit behind it. */
function findLowerSuffix(text: string, start: number, end: number): Core | undefined {
  const found = lowerNumberThenName.exec(text.slice(Math.max(0, start - reach), start))?.[1];
  if (
    found === undefined ||
    !/^,? ?(?:apt|suite|unit|flat|#)\.? ?\d|^,\s?[a-z]+(?: [a-z]+)?,? (?:[a-z]{2} )?\d{4,6}\b/.test(
      text.slice(end, end + 40),
    )
  )
    return undefined;
  return { start: start - found.length, end, score: shape };
}

const houseNumber =
  /^,?\s(?:n[°ºo]\.?\s?|nr\.?\s?|[Nn]o[:.]?\s?|č\.\s?p\.\s?|д\.\s?|дом\s|буд\.\s?|№\s?)?\d{1,4}(?:\s?(?!r\/c)[a-zA-Zа-я](?![\p{L}\d]))?(?:\s?[-–/]\s?\d{1,4}[a-zA-Z]?)?(?!\d|[.:]\d|[%°€$£]|\s?(?:GB|MB|KB|ms|px|€|kg|km|%|°))/u;

const beforeOneWord =
  /(?:\d{1,6} )?(?:(?:Am|An|Auf|Im|In|Zum|Zur|Unter|Alte[rnms]?|Neue[rnms]?|Große[rnms]?|Kleine[rnms]?|Obere[rnms]?|Untere[rnms]?|Hohe[rnms]?|Lange[rnms]?|St\.|Sankt|Gamle|Nya|Norra|Södra|Östra|Västra|Store|Lille|Nieuwe|Oude|Grote|der|den|dem|\p{Lu}\p{L}*er) )*[^ ]+$/u;

/** "Goethestraße 13a": the key word is the end of a word, the number stands behind it. */
export function findAtEnding(text: string, start: number, end: number): Core | undefined {
  let stop = end;
  while (stop > start && text[stop - 1] === ' ') stop--;
  const apart = text[start] === ' ';
  if (apart && text[stop] === '.') stop++;
  while (stop - end < 12 && (kindAt(text, stop) === lowerLetter || kindAt(text, stop) === upperLetter))
    return undefined;
  const number = houseNumber.exec(text.slice(stop, stop + 24))?.[0];
  if (number === undefined) return undefined;
  const before = text.slice(Math.max(0, start - reach), stop);
  const street =
    /(?:^|[\s"'(>,:;|=*[])((?:(?:\d{1,6}|\d+\.)\s)?(?:(?:\p{Lu}[\p{L}.'’-]*|am|an|der|im|zur|zum|von|de|van|den|het)[ -]){0,3}\p{Lu}[\p{L}.’'-]*)$/u.exec(
      before,
    )?.[1];
  if (street === undefined) return undefined;
  const last = street.slice(street.lastIndexOf(' ') + 1);
  const alone = !apart && last.length === stop - start;
  if (alone && last === street) return undefined;
  // "Das Haus Lindenallee 7": before a street of one word stands nothing of it but "Am", "Alte" and the like.
  const from = apart || alone ? street : (beforeOneWord.exec(street)?.[0] ?? last);
  return { start: stop - from.length, end: stop + number.length, score: shape };
}

const nameThenNumber =
  /^(?:(?:d['’]|l['’])?(?:\p{Lu}[\p{L}\d.'’-]*|\d{1,3}|(?:de|del|de la|de los|de las|des|du|da|do|dos|das|della|dei|degli|di|van|la|le|les|el|los|las|y|e|et|of|the|d|św\.|gen\.|ks\.|im\.|nr)(?=\s|['’]))[\s]?){1,7}/u;
const placeNumber =
  /^,?\s?(?:n[°ºo.]{1,2}\s?|nr\.?\s?|no\.?\s?|núm\.?\s?|num\.?\s?|č\.\s?|д\.\s?|дом\s|буд\.\s?|№\s?|#\s?)?(\d{1,5}(?:\s?(?!r\/c)[a-zA-Zа-я](?![\p{L}\d]))?(?:\s?[-–/]\s?\d{1,5}[a-zA-Z]?)?)(?![\d%°€$£]|[.:]\d)/u;

/** Streets with numbers for names: "Carrera 9 # 65-42", "Calle 100 No. 8A-55 Sur" (Colombia). */
const gridNumber =
  /^(?:carrera|calle|cra\.?|kra\.?|cl\.?|cll\.?|kr\.?|diagonal|transversal|avenida|av\.?|dg\.?|tv\.?)\s?\d{1,3}[A-Z]?(?:\sbis)?(?:\s(?:sur|norte|este|oeste))?\s?(?:#|no\.?|n[°º.])\s?\d{1,3}[A-Z]?\s?[-–]\s?\d{1,3}(?:\s(?:sur|norte|este|oeste))?(?!\d)/i;

/** "64 bis boulevard Voltaire", "Calle Mayor 53", "Via Roma, 10". */
export function findAtPrefix(text: string, start: number, end: number): Core | undefined {
  if (!isBoundary(text, start - 1)) return undefined;
  const behind = text.slice(end, end + reach).replace(/\n[^]*$/, '');
  const grid = gridNumber.exec(text.slice(start, end) + behind)?.[0];
  if (grid !== undefined) return { start, end: start + grid.length, score: announced };
  const name = nameThenNumber.exec(
    text[end - 1] === ' ' || /^[.\s]/.test(behind) ? behind.replace(/^[.\s]+/, '') : behind,
  )?.[0];
  if (name === undefined || !/\p{Lu}\p{L}/u.test(name)) return undefined;
  const offset = end + behind.indexOf(name);
  const number =
    /(?:^|[\s"'(>,:;|=])(\d{1,4}(?:\s?(?:bis|ter|quater|[A-Za-z]))?(?:[-/]\d{1,4})?,?\s)$/.exec(
      text.slice(Math.max(0, start - 16), start),
    )?.[1] ?? '';
  const trimmed = name.replace(/[\s,.]+$/, '');
  const nameEnd = offset + trimmed.length;
  const from = start - number.length;
  if (number !== '') return { start: from, end: nameEnd, score: shape };
  // "Số 276 Nguyễn Huệ": here the word is the number's.
  if (/^số/i.test(text.slice(start, start + 2)) && /^\d{1,4}[A-Z]?\s\p{Lu}/u.test(name) && text[nameEnd] === ',')
    return { start, end: nameEnd, score: shape };
  // The number was read as part of the name: "Marszałkowska 10/5".
  if (/\p{L}.*\s\d{1,5}[a-zA-Z]?$/u.test(trimmed)) {
    const more = /^\s?[-/]\s?\d{1,5}[a-zA-Z]?(?!\d)/.exec(text.slice(nameEnd, nameEnd + 10))?.[0] ?? '';
    return { start: from, end: nameEnd + more.length, score: shape };
  }
  const after = placeNumber.exec(text.slice(nameEnd, nameEnd + 20))?.[0];
  return after === undefined ? undefined : { start: from, end: nameEnd + after.length, score: shape };
}

const streetBeforeUnit =
  /(?:^|[\n>"'(:|]|[?.!,]\s)[ \t>]*((?:\p{Lu}[\p{L}.'’-]*\s)?#?\d{1,6}[A-Za-z]?(?:[ /-]\d{1,5})?(?:,?\s[\p{L}\d][\p{L}\d.'’/()-]*){1,7},?\s*>?\s*)$/u;

/** "Apt 1587, Princess Residence, Sheikh Zayed Road": the unit stands first. */
const buildingBehind =
  /^,\s(?:(?:\p{Lu}[\p{L}\d.'’-]*|\d{1,4}[a-z]{0,2})\s){1,4}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Drive|Tower|Towers|Building|House|Residence|Residency|Residences|Apartments|Heights|Plaza|Complex|Society|Enclave|Court|Villas?)\b(?:,\s(?:\p{Lu}[\p{L}\d.'’-]*\s){0,4}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Drive|Marg|Nagar)\b)?/u;

/** "20789 Allika 46\n Suite 501": a unit with its number, the street on the same line or the one above. */
export function findAtUnit(text: string, start: number, end: number): Core | undefined {
  if (!isBoundary(text, start - 1)) return undefined;
  const number = /^#?\s?(?:\d{1,5}[A-Za-z]?|[A-Z]\d{0,4})(?![\p{L}\d])/u.exec(text.slice(end, end + 8))?.[0];
  if (number === undefined) return undefined;
  const before = text.slice(Math.max(0, start - 96), start);
  const street = streetBeforeUnit.exec(before)?.[1];
  const box = /^(?:\s|,)*box\s\d/i.test(text.slice(end + number.length, end + number.length + 12));
  if (street === undefined) {
    const building = buildingBehind.exec(text.slice(end + number.length, end + number.length + 96))?.[0];
    if (building !== undefined) return { start, end: end + number.length + building.length, score: shape };
  }
  if (street === undefined) return box ? { start, end: end + number.length, score: shape } : undefined;
  if (!/\p{Lu}/u.test(street) && /\p{Lu}/u.test(before)) return undefined;
  return { start: start - street.length, end: end + number.length, score: shape };
}

/** Post boxes and army post. */
export function findAtBox(text: string, start: number, end: number): Core | undefined {
  if (!isBoundary(text, start - 1)) return undefined;
  const word = text.slice(start, end).toLowerCase();
  if (/^[afd]po a$/.test(word)) {
    const code = /^[AEP]\s\d{5}/i.exec(text.slice(end, end + 8))?.[0];
    if (code === undefined) return undefined;
    const line = /([^\n]{2,50}\n)$/.exec(text.slice(Math.max(0, start - 52), start))?.[1];
    const ship =
      line === undefined ? undefined : /(?:USNS|USS|USCGC|USNV|PSC|Unit|CMR)\s[^\n]{1,40}\n$/i.exec(line)?.[0];
    return { start: start - (ship?.length ?? 0), end: end + code.length, score: announced };
  }
  const number =
    /^(?:\s(?:postal|box|no\.?|nr\.?|n[°º]))?\.?,?[\s:#]{1,2}\d[\d ]{0,9}\d?(?:-\d{3,5})?(?:,?\s?box\s\d{1,5})?/i.exec(
      text.slice(end - (text[end - 1] === ' ' ? 1 : 0), end + 28),
    )?.[0];
  if (number === undefined) return undefined;
  const before = /(?:^|[\n"'(:])[ \t>]*(\d{1,6}\s)$/.exec(text.slice(Math.max(0, start - 12), start))?.[1] ?? '';
  return {
    start: start - before.length,
    end: end - (text[end - 1] === ' ' ? 1 : 0) + number.trimEnd().length,
    score: announced,
  };
}

const cueRest =
  /^(?:\p{Ll}{0,4})?(?:[^\S\n]*(?:\?|:|-|is|it is|it's|in|at|au|an der|przy|na|user:|adrese|adresie|adrese:|numer|nummer|her|his|their|our|my|me|us|new|address|by|the office|to|te|am|:)){0,4}[^\S\n]*["„“]?/iu;

/** "I live at …", "wohnhaft …": what follows, when it has the shape of an address. */
export function findAtCue(text: string, start: number, end: number): Core | undefined {
  if (!isBoundary(text, start - 1)) return undefined;
  let from = end;
  if (text.slice(start, end).toLowerCase().startsWith('cool')) {
    const place = text.indexOf("It's in ", end);
    if (place < 0 || place - end > 80) return undefined;
    from = place + 8;
  }
  from += cueRest.exec(text.slice(from, from + 60))?.[0].length ?? 0;
  if (/\p{L}/u.test(text[from - 1] ?? '') && /\p{L}/u.test(text[from] ?? '')) return undefined;
  const found = addressFrom(text, from, announced);
  return found === undefined || isCertainCue(text, start) || hasPlace(text, found) ? found : undefined;
}

function isCertainCue(text: string, start: number): boolean {
  return !/^(?:live|stay|based|direct|pick|drop|meet|sen[dt]|ship|mail|deliver|moved|taxi|went|my pl)/i.test(
    text.slice(start, start + 6),
  );
}

/** A house number in front, a postal code, a line below, or a part behind a comma with a number in it: not "sent to Redis 7". */
function hasPlace(text: string, found: Core): boolean {
  const value = text.slice(found.start, found.end);
  return (
    /^#?\d|,.*\d|\d{4,6}|(?:^|\s)(?:ul|str|av|rue|via|calle|rua|jl)\b/u.test(value) ||
    text[found.end] === '\n' ||
    /(?:str\.?|straße|strasse|gatan|weg|allee|straat|utca)\s\d/.test(value)
  );
}

/** What stands in a field for addresses. */
export function findAtField(text: string, start: number, end: number): Core | undefined {
  let first = start;
  while (start - first < 24 && first > 0 && /[\p{L}\d_-]/u.test(text[first - 1] as string)) first--;
  let last = end;
  while (last - end < 24 && /[\p{L}\d_-]/u.test(text[last] ?? ' ')) last++;
  while (last > first && /[":=>;\s]/.test(text[last - 1] as string)) last--;
  const key = text
    .slice(first, last)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^\p{L}\d]/gu, '');
  if (!addressFields.has(key) && !/(?:address|adresse)(?:line)?\d?$/.test(key)) return undefined;
  const gap =
    /^(?:["']?\s?[:=>][\s"'[{]{0,3}(?:(?:text|line|full|street)"\s?:\s?["[]{1,2})?|;[^:\n]{0,40}:;*|\*\*:?\s)/.exec(
      text.slice(last, last + 60),
    )?.[0];
  if (gap === undefined) return undefined;
  const from = last + gap.length;
  if (key === 'adr') {
    const line = text.slice(from, from + longestAddress).split('\n', 1)[0] ?? '';
    return looksLikeAddress(line) ? { start: from, end: from + line.trimEnd().length, score: announced } : undefined;
  }
  const quote = /["']/.exec(gap)?.[0] !== undefined ? /["']\s*$/.exec(gap)?.[0].trim() : undefined;
  if (quote === undefined || quote === '') return addressFrom(text, from, announced);
  const close = text.indexOf(quote, from);
  if (close < 0 || close - from > longestAddress) return undefined;
  const value = text.slice(from, close);
  return looksLikeAddress(value) && /\s|\p{Lo}/u.test(value)
    ? { start: from, end: close, score: announced }
    : undefined;
}

/** A number and a word with a capital (or of a script without), and nothing of a program, a link or a mail. */
function looksLikeAddress(value: string): boolean {
  return (
    /\d/.test(value) &&
    /\p{Lu}\p{L}|\p{Lo}{2}|\p{Ll}{4}/u.test(value) &&
    !/[{}<>=$`\\]|:\/\/|@|0x|\d\.\d+\.\d/.test(value) &&
    value.length > 6
  );
}

const ends =
  /\n|(?<!\b(?:TP|St|No|boul|bd|imm|bât|Nr|Av|Ave|Blvd|Str|Col|Brgy|Apt|Jl|Gg|Bd|Cad|Sok|Sk|Mah|Bul|ul|al|os|pl))\. (?=\p{Lu}\p{Ll})|[;!?"”<>|)\]{}]|\.$|\.\s*$| (?:and|but|und|et|y|which|where|who|that|because|since|for|with|if|so|is|was|has|please|until|from|by|on|as|atteste|mais|pero|ma|maar|men)\s|, (?:and|but|which|where|who|please|und|et|atteste|telefon|tel)\b/iu;

/** What begins here, to the end of the sentence, when it has the shape of an address within its first words. */
function addressFrom(text: string, from: number, score: number): Core | undefined {
  const rest = text.slice(from, from + longestAddress);
  const stop = ends.exec(rest);
  let value = (stop === null ? rest : rest.slice(0, stop.index)).trimEnd();
  if (/^the corner of /i.test(value)) value = (/^the corner of [^.;\n]{4,60}/i.exec(rest)?.[0] ?? value).trimEnd();
  value = value.replace(/[,.]+$/, '');
  const line = value.split(/,\s(?:\p{Ll})/u)[0] as string;
  const next = stop?.[0] === '\n' && looksLikeNextLine(rest.slice(stop.index + 1));
  if (!looksLikeAddress(line) && !(next && /^\p{Lu}/u.test(line))) return undefined;
  if (
    !/^(?:#?\d|\p{Lu}|\p{Lo}|〒|(?:ul|al|os|pl|av|avda|c\/|r|via|viale|piazza|corso|largo|rua|travessa|praça|avenida|rue|place|boulevard|calle|jl|jalan|ул|улица|пр|просп|пер|вул|г|м)\.?\s\p{Lu}|the corner of|(?:rue|calle|avenue|via|rua|unit|flat|box|suite|apt)\b)/u.test(
      line,
    ) &&
    /\p{Lu}/u.test(rest)
  )
    return undefined;
  if (
    /^\d+(?:[.,:]\d+|%|\s(?:years|days|hours|minutes|people|items|users|times)|\s?[ap]m\b)/.test(line) ||
    !/\d[\p{L}\d /-]{0,8}(?:[\s,]|$)/u.test(line + ' ')
  )
    return next ? { start: from, end: from + line.length, score } : undefined;
  return { start: from, end: from + line.length, score };
}

function looksLikeNextLine(rest: string): boolean {
  return /^\s?(?:(?:suite|apt\.?|unit|box)\s#?\d|[AFD]PO\s[A-Z]{2}\s\d{5}|\d{4,6}\s\p{Lu}|\p{Lu}[\p{L} ]{2,30},?\s(?:[A-Z]{2}\s)?\d{4,6})/iu.test(
    rest,
  );
}
