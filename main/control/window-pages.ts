/** What both doors of the window serve alike: addresses of its pages, and the headers of every answer. */

/** They are drawn by the same file. */
export const windowPages: ReadonlySet<string> = new Set([
  ...['/', '/activity', '/usage', '/clients', '/models', '/routes', '/policies', '/playground', '/settings'],
  ...['/welcome', '/popover'],
]);

/**
 * Nothing but our own files; no plug-ins, no frames, no forms that leave, no script made of text. Styles are written by
 * components as they are drawn.
 */
const contentSecurityPolicy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:"],
  ...["font-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

export const windowHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
};
