/** Addresses on the web that lead to one person: profiles, and links with personal data in them. */
import type { Finding } from './detector.ts';
import type { KeywordHits } from './keyword-scan.ts';

type Report = (finding: Finding) => void;

const longest = 2_048;
const closing = new Set(Array.from('"\'<>[]`\\|^{}', (char) => char.charCodeAt(0)));

/** What ends an address in a text: white space, quotation marks, brackets, and the signs of scripts without spaces. */
function isClosing(code: number): boolean {
  return code <= 32 || closing.has(code) || code === 0xa0 || (code >= 0x3000 && code <= 0x303f) || code >= 0xff00;
}

/** Sites whose pages are people's, with the path that names one. */
const profiles: readonly (readonly [RegExp, RegExp])[] = [
  [/(?:^|\.)linkedin\.com$/, /^\/(?:in|pub)\/[^/?#]{3,}/],
  [/(?:^|\.)xing\.com$/, /^\/profile\/[^/?#]{3,}/],
  [
    /(?:^|\.)(?:twitter|x)\.com$/,
    /^\/@?(?!home|search|intent|share|i\/|hashtag|explore|login|settings|messages|notifications|privacy|tos)[A-Za-z0-9_]{3,30}\/?(?:$|[?#])/,
  ],
  [
    /(?:^|\.)(?:instagram\.com|threads\.(?:net|com))$/,
    /^\/@?(?!p\/|explore|reel|stories|accounts|about|developer|legal)[A-Za-z0-9_.]{3,30}\/?(?:$|[?#])/,
  ],
  [
    /(?:^|\.)(?:facebook|fb)\.com$/,
    /^\/(?:profile\.php\?id=\d|people\/|(?!sharer|share|groups|pages|events|watch|login|help|policies|dialog|tr|plugins|marketplace|business)[A-Za-z0-9.]{5,50}\/?(?:$|[?#]))/,
  ],
  [
    /(?:^|\.)(?:tiktok\.com|youtube\.com|medium\.com|mastodon\.\w+|threads\.net|substack\.com)$/,
    /^\/@[A-Za-z0-9_.-]{3,}/,
  ],
  [/(?:^|\.)(?:strava\.com)$/, /^\/athletes\/\w+/],
  [/(?:^|\.)calendly\.com$/, /^\/[A-Za-z0-9][\w-]{3,}/],
  [
    /(?:^|\.)(?:bsky\.app|researchgate\.net|fiverr\.com|angel\.co|wellfound\.com|upwork\.com|freelancer\.com|codepen\.io|hackerrank\.com|untappd\.com|letterboxd\.com|goodreads\.com|academia\.edu)$/,
    /^\/(?:profile|u|freelancers|user|users?\/show|user\/show)\/[^/?#]{3,}/,
  ],
  [
    /^(?:t|telegram)\.me$|^wa\.me$|^cash\.app$|^venmo\.com$|^(?:www\.)?about\.me$|^linktr\.ee$|^keybase\.io$|^cal\.com$|^(?:www\.)?behance\.net$|^dribbble\.com$|^soundcloud\.com$|^vk\.com$|^ok\.ru$|^snapchat\.com$|^(?:www\.)?pinterest\.\w+$|^(?:www\.)?twitch\.tv$|^flickr\.com$|^weibo\.com$|^(?:www\.)?last\.fm$/,
    /^\/(?!share|login|about|help|terms|privacy|search|legal|docs|blog)(?:[$@]|add\/|in\/|people\/|user\/|u\/)?[A-Za-z0-9+][\w.+-]{3,}\/?/,
  ],
  [/^orcid\.org$/, /^\/\d{4}-\d{4}-\d{4}-\d{3}[\dX]/],
  [/(?:^|\.)(?:stackoverflow|stackexchange|superuser|serverfault)\.com$/, /^\/users\/\d+\/[\w-]+/],
  [/^scholar\.google\.\w+/, /^\/citations\?(?:.*&)?user=/],
];

/** Sites where projects have addresses as people do: only where the text says that it is somebody's. */
const shared: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(?:www\.)?(?:github|gitlab)\.com$|^bitbucket\.org$|^codeberg\.org$|^(?:www\.)?kaggle\.com$|^(?:www\.)?paypal\.me$|^ko-fi\.com$|^(?:www\.)?patreon\.com$|^leetcode\.com$|^dev\.to$|^huggingface\.co$|^gist\.github\.com$/,
    /^\/(?:u\/|users\/)?[A-Za-z0-9][\w-]{2,38}\/?(?:$|[?#])/,
  ],
  [
    /^(?:www\.)?[a-z][a-z-]{6,40}\.(?:me|name|page|blog|bio|id)$/,
    /^(?:$|\/(?:$|about|cv|resume|contact|bio|blog|portfolio|me)?\/?$)/,
  ],
];
const personal =
  /(?:\b(?:cv|resume|résumé|curriculum|portfolio|profile|my (?:site|website|page|blog|homepage|repos?|account|github|gitlab)|personal (?:site|website|page)|about me|(?:find|follow) (?:me|him|her|them|\p{Lu}\p{L}+) (?:at|on)|candidate|applicant|lebenslauf|bewerbung|profil|perfil|profilo)\b|履歴書|简历|프로필|резюме|профил)[^\n]{0,48}$|@[\w-]+(?:\.[\w-]+){1,3}>? ?[|,•·–—-] ?$/iu;
const personalReach = 72;

const mailValue = /[\w.+-]{2,}(?:@|%40)[\w-]+(?:\.|%2E)[a-z]/i;
const fieldNames =
  /[?&#;](?:e?-?mail|mail_?address|user_?(?:name|mail|email)?|login|name|full_?name|first_?name|last_?name|given_?name|surname|fname|lname|dob|birth_?date|birthday|phone|tel|mobile|msisdn|ssn|passport|iban|address|street|customer|member|patient|recipient|contact|to|owner|author|nombre|apellidos?|nom|prenom|vorname|nachname|geburtsdatum|telefon|telefono|correo)=([^&#\s]{3,128})/gi;
const namePath =
  /\/(?:users?|u|people|person|members?|profiles?|customers?|patients?|employees?|staff|accounts?|contacts?|candidates?|authors?|clients?|drivers?|students?)\/([a-z]{2,20}[._-][a-z]{2,24}(?:[._-][a-z]{2,20})?\d{0,4})(?:[/?#]|$)/i;
const notName =
  /(?:^|[._-])(?:by|id|list|all|new|edit|login|search|settings|profile|service|group|groups|team|teams|create|update|delete|index|api|admin|default|sign|up|in|out|log|get|set|me|self|test|type|types|role|roles|name|key|keys|user|users|json|html|php|config|account|accounts|invite|reset|verify|password|email|phone|data|info|bulk|import|export|current|example)(?:$|[._-])/i;
const dateValue =
  /^(?:19|20)\d{2}(?:-|%2F|\/)?\d{2}(?:-|%2F|\/)?\d{2}$|^\d{1,2}(?:[-./]|%2F)\d{1,2}(?:[-./]|%2F)\d{4}$/i;
const phoneValue = /^(?:\+|%2B|00)?\d[\d().%+-]{6,20}$/i;
const nameValue = /^[\p{L}]{2,20}(?:[._+-]|%20|%2E)[\p{L}]{2,24}(?:(?:[._+-]|%20)[\p{L}]{2,24})?\d{0,4}$/iu;

const notPublic =
  /^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|\[::1\]|.*(?:^|\.)example(?:\.|$)|.*\.(?:test|invalid|localhost|local))/i;

function hasPersonalQuery(rest: string): boolean {
  const mark = rest.search(/[?#]/);
  if (mark < 0) return false;
  const query = rest.slice(mark);
  if (mailValue.test(query) && !/(?:@|%40)(?:example|test|domain)\b/i.test(query)) return true;
  fieldNames.lastIndex = 0;
  for (let match = fieldNames.exec(query); match !== null; match = fieldNames.exec(query)) {
    const field = (match[0].slice(1).split('=')[0] as string).toLowerCase();
    const value = match[1] as string;
    if (/dob|birth|geburt/.test(field)) {
      if (dateValue.test(value)) return true;
    } else if (/phone|tel|mobile|msisdn|ssn|passport|iban/.test(field)) {
      if (phoneValue.test(value) || (/iban|passport|ssn/.test(field) && /\d{5}/.test(value))) return true;
    } else if (nameValue.test(value) && !notName.test(value)) return true;
  }
  return false;
}

function kindOf(text: string, start: number, host: string, rest: string): string | undefined {
  if (notPublic.test(host)) return undefined;
  if (profiles.some(([site, path]) => site.test(host) && path.test(rest))) return 'profile';
  if (
    shared.some(([site, path]) => site.test(host) && path.test(rest)) &&
    personal.test(text.slice(Math.max(0, start - personalReach), start))
  )
    return 'profile';
  if (rest.length < 6) return undefined;
  const path = namePath.exec(rest);
  if (path !== null && !notName.test(path[1] as string)) return 'personal_path';
  return hasPersonalQuery(rest) ? 'personal_query' : undefined;
}

/** Words around which addresses on the web are looked for. */
export const webKeywords: readonly string[] = [
  '://',
  'linkedin.com/',
  'xing.com/',
  'instagram.com/',
  'facebook.com/',
  'twitter.com/',
  't.me/',
  'wa.me/',
  'orcid.org/',
];

function endOf(text: string, from: number): number {
  const most = Math.min(text.length, from + longest);
  let end = from;
  while (end < most && !isClosing(text.charCodeAt(end))) end++;
  while (end > from && /[.,;:!?)\]*]/.test(text.charAt(end - 1))) end--;
  return end;
}

/** Reports links that lead to one person. `first` is the index of the first of `webKeywords` among the words of `hits`. */
export function findPersonalLinks(text: string, hits: KeywordHits, first: number, report: Report): void {
  let done = 0;
  for (let i = 0; i < hits.count; i++) {
    const word = hits.word(i) - first;
    if (word < 0 || hits.start(i) < done) continue;
    let start = hits.start(i);
    if (word === 0) {
      const scheme = /https?$/i.exec(text.slice(Math.max(0, start - 5), start));
      if (scheme === null) continue;
      start -= scheme[0].length;
    } else {
      if (/[\w@]/.test(text.charAt(start - 1))) continue;
      const before = /(?:www|m|[a-z]{2})\.$/.exec(text.slice(Math.max(0, start - 4), start));
      if (before !== null) start -= before[0].length;
    }
    const end = endOf(text, hits.end(i));
    done = end;
    const from = word === 0 ? hits.end(i) : start;
    const address = text.slice(from, end);
    const slash = address.search(/[/?#]/);
    const host = (slash < 0 ? address : address.slice(0, slash)).toLowerCase().replace(/^[^@]*@/, '');
    const subtype = kindOf(text, start, host, slash < 0 ? '' : address.slice(slash));
    if (subtype !== undefined) report({ start, end, kind: 'url', subtype, score: subtype === 'profile' ? 0.85 : 0.96 });
  }
}
