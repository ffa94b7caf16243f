/** What people paste or type to join a team: an address, a path, labels; read here only as far as it is shown before anything is fetched. */

/** Bytes; the instance takes no larger ones. */
export const maxFileSize = 2_000_000;

/** A path of this machine as the address that the instance knows it by; everything else stays as it is. */
export function addressOf(entered: string): string {
  const text = entered.trim();
  if (text.startsWith('/') && !text.startsWith('//')) return `file://${escapedPath(text)}`;
  if (/^[A-Za-z]:[\\/]/.test(text)) return `file:///${escapedPath(text.replaceAll('\\', '/'))}`;
  return text;
}

/** What a chosen file is called where an address is asked for: nobody opens it by that. */
export function fileAddress(name: string): string {
  return `file:///${encodeURIComponent(name)}`;
}

function escapedPath(path: string): string {
  return encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F');
}

/** Whom a link leads to, for people; `null` where it cannot be told. A link of our own leads where the address in it does. */
export function hostOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== 'sluice:') return url.host === '' ? null : url.host;
  const inner = url.searchParams.get('url');
  return inner === null || inner.startsWith('sluice:') ? null : hostOf(inner);
}

/** Without its fragment, which never leaves this machine. */
export function shownAddress(link: string): string {
  return link.replace(/#.*$/s, '');
}

/** `RLhZz465…c0QpI`: enough to see that two differ; all of it is copied. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.length > 16 ? `${fingerprint.slice(0, 8)}…${fingerprint.slice(-6)}` : fingerprint;
}

/** `env=prod, team=data`; `undefined`: not written like that. */
export function readLabels(text: string): Readonly<Record<string, string>> | undefined {
  const parts = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const pairs: [string, string][] = [];
  for (const part of parts) {
    const at = part.indexOf('=');
    const [name, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at < 1 || value === '' || name === '' || name.length > 64 || value.length > 64) return undefined;
    pairs.push([name, value]);
  }
  const labels = Object.fromEntries(pairs);
  return Object.keys(labels).length === pairs.length ? labels : undefined;
}

/** From there it comes by itself already; of a file the next version is chosen as the first was. */
export function isFollowedAt(url: string, followed: readonly { readonly url: string }[]): boolean {
  return !url.startsWith('file:') && followed.some((one) => one.url === url);
}
