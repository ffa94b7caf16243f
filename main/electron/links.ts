/** What a `sluice://` link may ask for. A link shows a page or a question, and never does anything by itself (SEC-25). */
import { providerKinds } from '../../shared/config/provider.ts';
import type { LinkReview } from '../../shared/contract/desktop.ts';
import { lookAlike } from './look-alike.ts';

export type Link =
  /** A page of the window. */
  | { readonly kind: 'open'; readonly path: string }
  /** A question to people. */
  | { readonly kind: 'review'; readonly review: LinkReview };

export const linkScheme = 'sluice';
const scheme = `${linkScheme}:`;
const maxLinkBytes = 2_048;
const maxNameChars = 64;

/** By the first word of each page's name (UX-03). */
const pages: Readonly<Record<string, string>> = {
  home: '/',
  activity: '/activity',
  usage: '/usage',
  clients: '/clients',
  models: '/models',
  routes: '/routes',
  policies: '/policies',
  playground: '/playground',
  settings: '/settings',
  welcome: '/welcome',
};

/** Whether an argument of the command line is a link, right or wrong. */
export function isLink(text: string): boolean {
  return text.toLowerCase().startsWith(scheme);
}

/** `officialHosts`: hosts of vendors' own addresses. `undefined`: not a link of ours. */
export function parseLink(text: string, officialHosts: readonly string[]): Link | undefined {
  if (Buffer.byteLength(text) > maxLinkBytes || /[^\x21-\x7e]/.test(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== scheme || url.username !== '' || url.password !== '' || url.port !== '') return undefined;
  switch (url.hostname) {
    case 'open':
      return openLink(url);
    case 'join':
      return joinLink(url);
    case 'provider':
      return providerLink(url, officialHosts);
    default:
      return undefined;
  }
}

function openLink({ pathname, searchParams }: URL): Link | undefined {
  const name = pathname.replace(/^\/|\/$/g, '');
  const page = name === '' ? '/' : Object.hasOwn(pages, name) ? pages[name] : undefined;
  if (page === undefined) return undefined;
  const query = searchParams.toString();
  return { kind: 'open', path: query === '' ? page : `${page}?${query}` };
}

function joinLink({ pathname, searchParams }: URL): Link | undefined {
  const target = webAddress(searchParams.get('url'));
  if (!isBare(pathname) || isAmbiguous(searchParams) || target?.protocol !== 'https:') return undefined;
  return { kind: 'review', review: { kind: 'join', url: target.href, host: target.host } };
}

function providerLink({ pathname, searchParams }: URL, officialHosts: readonly string[]): Link | undefined {
  if (!isBare(pathname) || isAmbiguous(searchParams)) return undefined;
  const kind = searchParams.get('kind') ?? '';
  if (!providerKinds.some((one) => one === kind) || kind === 'demo') return undefined;
  const [named, address] = [searchParams.get('name'), searchParams.get('base_url')];
  const target = webAddress(address);
  if (address !== null && target === undefined) return undefined;
  if (named !== null && !/^[\w .-]+$/.test(named.slice(0, maxNameChars))) return undefined;
  return {
    kind: 'review',
    review: {
      kind: 'provider',
      provider_kind: kind,
      name: named?.slice(0, maxNameChars) ?? null,
      base_url: target?.href.replace(/\/$/, '') ?? null,
      looks_like: target === undefined ? null : (lookAlike(target.hostname, officialHosts) ?? null),
    },
  };
}

function isBare(pathname: string): boolean {
  return pathname === '' || pathname === '/';
}

/** A field that is there twice is nobody's honest link: which of them would be meant? */
function isAmbiguous(fields: URLSearchParams): boolean {
  return new Set(fields.keys()).size !== fields.size;
}

function webAddress(text: string | null): URL | undefined {
  if (text === null) return undefined;
  try {
    const url = new URL(text);
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
    return isWeb && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
  } catch {
    return undefined;
  }
}
