// Chromium knows no scheme of ours: its pages are shown under an https address that nothing else can have, and main hears of theirs alone.

const ending = '.invalid';
const schemes = new Set<string>();

/** From now on addresses of this scheme are translated. */
export function translateScheme(scheme: string): void {
  schemes.add(scheme);
}

/** `app://sluice/x` → `https://sluice.app.invalid/x`, as Chromium is told. */
export function toPage(address: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(address) ?? [];
  if (!schemes.has(scheme.toLowerCase())) return address;
  return `https://${host}.${scheme.toLowerCase()}${ending}${rest === '' ? '/' : rest}`;
}

/** The way back, as main is told; also of origins. */
export function fromPage(address: string): string {
  const [, host = '', scheme = '', rest = ''] =
    /^https:\/\/([^/?#:@]+)\.([a-z0-9+-]+)\.invalid(.*)$/is.exec(address) ?? [];
  return schemes.has(scheme) ? `${scheme}://${host}${rest}` : address;
}

/** As `WebFrameMain.origin` says it. */
export function originOf(address: string): string {
  const custom = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(address);
  if (custom !== null && schemes.has(custom[1] ?? '')) return custom[0];
  try {
    return new URL(address).origin;
  } catch {
    return 'null';
  }
}
