/** Hosts that could be taken for a vendor's and are not: people are warned before they send such a host a key (SEC-25). */
import { domainToUnicode } from 'node:url';

/** Of vendors too, besides what our table names: Cohere's and Together's other one, Azure's with a customer's name before it. */
const theirsToo = ['cohere.com', 'together.ai', 'openai.azure.com'];

/** The vendor's host that this one, as a URL has it, could be taken for; `undefined`: it is a vendor's, or looks like nobody's. */
export function lookAlike(hostname: string, officialHosts: readonly string[]): string | undefined {
  const host = hostname.replace(/\.$/, '');
  if ([...officialHosts.map(domainOf), ...theirsToo].some((domain) => isOf(host, domain))) return undefined;
  const seen = asSeen(domainToUnicode(host) || host);
  const words = wordsOf(seen);
  return officialHosts.find((official) => {
    const { domain, name } = vendorOf(official);
    // `api.openai.com.example.org`, whatever is around it.
    return `.${seen}.`.includes(`.${domain}.`) || words.some((word) => isLike(word, name));
  });
}

interface Vendor {
  readonly domain: string;
  readonly name: string;
}

/** Those of our own table, as the eye takes them. */
const vendors = new Map<string, Vendor>();

function vendorOf(official: string): Vendor {
  const known = vendors.get(official);
  if (known !== undefined) return known;
  const domain = asSeen(domainOf(official));
  const vendor = { domain, name: domain.split('.')[0] ?? domain };
  vendors.set(official, vendor);
  return vendor;
}

function isOf(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Shorter words are in too many names. */
const shortestName = 4;

/** The last two names: enough to tell the vendors that we know from others, with no list of public suffixes. */
function domainOf(hostname: string): string {
  return hostname.split('.').slice(-2).join('.');
}

/** Of `open-ai.api.example`: `open-ai` in one word and in two, `api`, `example`. */
function wordsOf(seen: string): string[] {
  const labels = seen.split('.');
  const words = labels.flatMap((label) =>
    label.includes('-') ? [label.replaceAll('-', ''), ...label.split('-')] : [label],
  );
  return words.filter((word) => word.length >= shortestName);
}

/** `openai` as it is; `openaiapi`; `opnai`. Short names are like too many words to allow for more than themselves. */
function isLike(word: string, name: string): boolean {
  if (word === name) return true;
  if (name.length < 6) return false;
  return word.startsWith(name) || word.endsWith(name) || isWithin(word, name, name.length < 9 ? 1 : 2);
}

/** Whether so many letters changed, added or taken away make one of the other (Levenshtein), from there on. */
function isWithin(one: string, other: string, edits: number, oneAt = 0, otherAt = 0): boolean {
  let [at, there] = [oneAt, otherAt];
  while (at < one.length && one[at] === other[there]) {
    at += 1;
    there += 1;
  }
  const [left, leftThere] = [one.length - at, other.length - there];
  if (left === 0 || leftThere === 0) return left + leftThere <= edits;
  if (Math.abs(left - leftThere) > edits || edits === 0) return false;
  return (
    isWithin(one, other, edits - 1, at + 1, there + 1) ||
    isWithin(one, other, edits - 1, at + 1, there) ||
    isWithin(one, other, edits - 1, at, there + 1)
  );
}

/** Letters of other scripts, and digits, that are drawn like a Latin letter; i, l and 1 are one. */
const drawnAlike = new Map(
  Object.entries({
    ...{ a: 'аαɑ', b: 'вЬ', c: 'сϲ', d: 'ԁ', e: 'еєε3', g: 'ɡԍ', h: 'һн', k: 'кκ', m: 'м', n: 'пηո', o: 'оοσօ0' },
    ...{ l: 'iіιıӏ1', p: 'рρ', q: 'ԛ', r: 'г', s: 'ѕ5', t: 'тτ', u: 'υսц', v: 'ѵν', w: 'ԝш', x: 'хχ', y: 'уγ' },
  }).flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/** As the eye takes it at a glance. */
function asSeen(host: string): string {
  const plain = host.normalize('NFKD').replace(/\p{M}/gu, '');
  const latin = plain.replace(/[^a-hj-z.-]/g, (letter) => drawnAlike.get(letter) ?? letter);
  return latin.replaceAll('rn', 'm').replaceAll('vv', 'w');
}
