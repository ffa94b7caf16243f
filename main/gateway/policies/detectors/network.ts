/** Addresses of machines: IPv4 and IPv6 that are somebody's on the public internet, and hardware addresses. */

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`${octet}(?:\\.${octet}){3}(?![\\w]|\\.\\d|-[A-Za-z\\d])`, 'y');
/** Written so that nobody clicks on it: `203[.]0[.]113[.]9`, `203(.)0(.)113(.)9`, `203[dot]0…`. */
const defanged = new RegExp(
  `${octet}(?:(?:\\[\\.\\]|\\(\\.\\)|\\{\\.\\}|\\[dot\\]|\\(dot\\)|\\.)${octet}){3}(?![\\w]|\\.\\d)`,
  'iy',
);
const networkSuffix = /\/(\d{1,2})(?!\d)/y;

// Resolvers that everybody writes down (Cloudflare, Google, Quad9, OpenDNS).
const wellKnown = new Set([
  '1.1.1.1',
  '1.0.0.1',
  '8.8.8.8',
  '8.8.4.4',
  '9.9.9.9',
  '4.4.4.4',
  '208.67.222.222',
  '208.67.220.220',
  '1.2.3.4',
  '1.1.1.2',
  '1.1.1.3',
  '5.6.7.8',
  '4.3.2.1',
  '2.2.2.2',
  '3.3.3.3',
  '5.5.5.5',
  '6.6.6.6',
  '7.7.7.7',
]);

/** Reserved by RFC 1122, 1918, 3927, 6598, 2544, or for many receivers. Those for documents (RFC 5737) look like any other. */
function isReserved(a: number, b: number, c: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b <= 127;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 192) return b === 168 || (b === 0 && c === 0) || (b === 88 && c === 99);
  return a === 198 && (b === 18 || b === 19);
}

const versionBefore =
  /(?:version|versions|ver|v|build|builds|release|released|rev|revision|firmware|driver|upgrade[ds]?|updated?|downgrade[ds]?|patch|oid|section|clause|chapter|§|kernel|runtime|sdk|chrome|chromium|safari|firefox|edge|webkit|assembly|dll|file ?version|assemblyversion)["']?[ \t:=]{0,3}["'(]?(?:to |from |is |number |no\.? )?$/i;
const addressBefore =
  /(?:\bip|ipv4|addr(?:ess)?|host|from|client|server|remote|peer|origin|source|src|dst|destination|login|node|proxy|gateway|dns|ssh|ping|sshd?|@|:\/\/)["']?[ \t:=]{0,3}["'([]?$/i;
const lookBack = 32;

/** End of the public IPv4 address that begins at a digit; -1 where none does or where it is a version. */
export function ipv4End(text: string, at: number): number {
  const before = at === 0 ? 32 : text.charCodeAt(at - 1);
  if (
    before === 46 ||
    before === 45 ||
    before === 95 ||
    before === 126 ||
    before === 94 ||
    before === 43 ||
    before === 36 ||
    before === 35
  )
    return -1;
  ipv4.lastIndex = at;
  if (!ipv4.test(text)) return -1;
  const end = ipv4.lastIndex;
  const address = text.slice(at, end);
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  if (isReserved(a, b, c) || wellKnown.has(address)) return -1;
  networkSuffix.lastIndex = end;
  const suffix = networkSuffix.exec(text);
  if (suffix !== null && Number(suffix[1]) < 32 && (d === 0 || Number(suffix[1]) < 24)) return -1;
  const context = text.slice(Math.max(0, at - lookBack), at);
  // `Chrome/95.1.2.3`, `lib@1.2.3.4`: a name directly before it.
  if (
    (before === 47 || before === 64) &&
    /[A-Za-z][\w.]*[/@]$/.test(context) &&
    !/(?:\/\/|^|[\s"'])[\w.+-]*@$|:\/\/[^\s/]*$|\/\/$/.test(context)
  )
    return -1;
  if (versionBefore.test(context)) return -1;
  const isSmall = a < 50 && b < 50 && c < 50 && d < 50;
  return isSmall && !addressBefore.test(context) ? -1 : end;
}

/** End of the public IPv4 address with brackets around its full stops that begins at a digit; -1 where none does. */
export function defangedEnd(text: string, at: number): number {
  defanged.lastIndex = at;
  if (!defanged.test(text)) return -1;
  const end = defanged.lastIndex;
  const address = text.slice(at, end).replace(/\D+/g, '.');
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number);
  return isReserved(a, b, c) || wellKnown.has(address) ? -1 : end;
}

const hexadecimal = /[0-9A-Fa-f:.]{2,45}/y;

/** End of the public IPv6 address (2000::/3, RFC 4291) that begins at a digit; -1 where none does. */
export function ipv6End(text: string, at: number): number {
  hexadecimal.lastIndex = at;
  const match = hexadecimal.exec(text);
  if (match === null) return -1;
  const address = match[0].replace(/[:.]+$/, '');
  const end = at + address.length;
  if (/[A-Za-z0-9_]/.test(text.charAt(end)) || !/^[23][0-9a-f]{3}:/i.test(address)) return -1;
  const halves = address.split('::');
  if (halves.length > 2) return -1;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return -1;
  if (halves.length === 1 ? groups.length !== 8 : groups.length < 2 || groups.length > 7) return -1;
  // Documentation (RFC 3849, 9637) and the resolvers that everybody writes down.
  if (/^(?:2001:0?db8:|3fff:|2001:4860:4860:|2606:4700:4700:)/i.test(address)) return -1;
  return end;
}

const hardware = /[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![0-9A-Za-z]|[:-][0-9A-Fa-f])/y;
const dotted = /[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z.])/y;

const hardwareBefore = /mac|hw|ether|lladdr|arp|station|dhcp|bssid|wlan|client|neighbou?r|interface/i;

/** Digits and letters of the hexadecimal system enough to be neither a number nor words. */
function isMixed(address: string): boolean {
  return /(?:\d[^\d]*){4}/.test(address) && /(?:[a-f][^a-f]*){2}/i.test(address);
}

/** End of the hardware address (EUI-48) that begins at a place; -1 where none does. Not all zeros or ones, not a made-up run. */
export function macEnd(text: string, at: number): number {
  hardware.lastIndex = at;
  dotted.lastIndex = at;
  let end = hardware.test(text) ? hardware.lastIndex : -1;
  if (
    end < 0 &&
    text[at - 1] !== '.' &&
    dotted.test(text) &&
    /[a-f]/i.test(text.slice(at, dotted.lastIndex)) &&
    (isMixed(text.slice(at, dotted.lastIndex)) || hardwareBefore.test(text.slice(Math.max(0, at - lookBack), at)))
  )
    end = dotted.lastIndex;
  if (end < 0) return -1;
  const digits = text
    .slice(at, end)
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase();
  if (/^(.)\1+$|^001122334455$|^123456789abc$|^aabbccddeeff$|^00005e0053|^acde48|^deadbeef/.test(digits)) return -1;
  return end;
}
