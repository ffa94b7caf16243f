/** The page for people beside a published bundle: who publishes it, its fingerprint to compare, and how to follow it. */
import { fingerprintWords } from '../fingerprint.ts';
import type { TrustedBundle } from '../types.ts';
import { qrSvg } from './qr.ts';
import type { TrustFolder } from './trust-folder.ts';

export interface PageInput {
  readonly bundle: TrustedBundle;
  readonly trust: TrustFolder;
  /** `undefined`: the page works its address out where it is looked at. */
  readonly link: string | undefined;
}

/** One file that loads nothing. Whatever a bundle says is text on it. */
export function bundlePage({ bundle, trust, link }: PageInput): string {
  const { id, name = id, description, version, expires_at, contact, changelog } = bundle.payload;
  const { org, epoch } = trust.inForce.document;
  const fragment = `sluice1=${trust.fingerprint}&org=${org}`;
  const join = link === undefined ? undefined : `sluice://join?url=${encodeURIComponent(link)}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Publisher', org],
    ['Bundle', `${id}, version ${version} (epoch ${epoch})`],
    ['Holds until', expires_at?.slice(0, 10)],
    ['Contact', contact?.text ?? contact?.url],
    ['What is new', changelog],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(name)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(name)}</h1>
${description === undefined ? '' : `<p>${escaped(description)}</p>\n`}<dl>
${rows.flatMap(([title, text]) => (text === undefined ? [] : [`<dt>${title}</dt><dd>${escaped(text)}</dd>`])).join('\n')}
</dl>
<h2>Fingerprint</h2>
<p class="words">${fingerprintWords(trust.fingerprint).map(escaped).join(' ')}</p>
<p><code>${escaped(trust.fingerprint)}</code></p>
<p>Compare the words with somebody who knows them: this page could be anybody’s.</p>
<h2>Follow it</h2>
<p><a id="join" href="${escaped(join ?? '#')}">Open in Sluice</a>, or paste this link there:</p>
<p><code id="link" data-file="${escaped(`${id}.sluice`)}" data-fragment="${escaped(fragment)}">${escaped(link ?? `${id}.sluice#${fragment}`)}</code></p>
${link === undefined ? script : qrSvg(link)}
</main>
</body>
</html>
`;
}

/** Reads nothing of the bundle but two attributes, and writes text. */
const script = `<script>
const link = document.getElementById('link');
const address = new URL(link.dataset.file, location.href).href.split('#')[0] + '#' + link.dataset.fragment;
link.textContent = address;
document.getElementById('join').href = 'sluice://join?url=' + encodeURIComponent(address);
</script>`;

const style =
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText}main{max-width:42rem;margin:0 auto;padding:2rem 1rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{opacity:.7}dd{margin:0}.words{font-size:1.4rem;font-weight:600}code{overflow-wrap:anywhere}svg{width:16rem;height:16rem;background:#fff}:root{color-scheme:light dark}';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
