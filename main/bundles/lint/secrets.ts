/** Looks for keys and passwords anywhere in a bundle: it is public, and whoever follows it has all that is in it (BND-02). */
import type { BundlePayload } from '../../../shared/bundle/payload.ts';
import { atOnce, type Steps } from '../../kit/steps.ts';
import type { GatewayTools, ReadBundle } from '../types.ts';
import type { LintReport, Path } from './finding.ts';

const mend = 'Take it out, and change it where it is used: declare a slot under secrets, which each person fills';

/** A step of a path and what leads to it: of the thousands of texts there are, next to none has its path told. */
interface Place {
  readonly parent: Place | undefined;
  readonly step: string | number;
}

/** A text of the bundle, with where it stands. */
interface Piece {
  readonly place: Place | undefined;
  /** In the text that is looked through. */
  readonly start: number;
  readonly end: number;
}

type Tools = Pick<GatewayTools, 'findSecrets'>;

export function* lintSecrets({ payload, text: whole }: ReadBundle, tools: Tools, report: LintReport): Steps<void> {
  lintProviders(payload, (path, text) => report.secret(path, text, mend));
  // Of all that was signed: reasons, and sections that this version does not know, are public as well.
  yield* textsLint(JSON.parse(whole), tools, report);
}

/** Tells of each text of a value at most once. */
export function lintTexts(value: unknown, tools: Tools, report: LintReport): void {
  atOnce(textsLint(value, tools, report));
}

function* textsLint(value: unknown, tools: Tools, report: LintReport): Steps<void> {
  const said = new Set<Piece>();
  const tell = (piece: Piece, text: string): void => {
    if (!said.has(piece)) report.secret(pathOf(piece.place), text, mend);
    said.add(piece);
  };
  const { text, pieces } = gather(value);
  yield undefined;
  for (const { start, what } of tools.findSecrets(text)) {
    const piece = pieceAt(pieces, start);
    if (piece !== undefined) tell(piece, `this looks like a secret (${what})`);
  }
  yield undefined;
  for (const [what, form] of forms) {
    for (const match of text.matchAll(form)) {
      const piece = pieceAt(pieces, match.index);
      if (piece !== undefined) tell(piece, `this looks like a secret (${what})`);
    }
  }
}

function pathOf(place: Place | undefined): Path {
  return place === undefined ? [] : [...pathOf(place.parent), place.step];
}

/** Forms that are never anything else, whatever stands around them. */
const forms: readonly (readonly [string, RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/g],
  ['age private key', /AGE-SECRET-KEY-1[A-Z0-9]{20}/g],
  ['key of Sluice', /\bsk-sluice-[A-Za-z0-9-]{20}/g],
];

const credentialHeaders =
  /^(?:authorization|proxy-authorization|cookie|x-api-key|api-key|x-goog-api-key|x-auth-token|ocp-apim-subscription-key)$/i;
const credentialParameter = /^(?:api[-_]?key|access[-_]?token|token|sig|signature|secret|password)$/i;

function lintProviders(payload: BundlePayload, tell: (path: Path, text: string) => void): void {
  for (const part of ['enforced', 'defaults'] as const) {
    for (const [id, provider] of Object.entries(payload[part]?.providers?.define ?? {})) {
      const path = [part, 'providers', 'define', id];
      for (const name of Object.keys(provider.headers ?? {}))
        if (credentialHeaders.test(name)) tell([...path, 'headers', name], `the header ${name} carries a credential`);
      lintAddress(provider.base_url, [...path, 'base_url'], tell);
    }
  }
  lintAddress(payload.status?.url ?? undefined, ['status', 'url'], tell);
  lintAddress(payload.contact?.url, ['contact', 'url'], tell);
  for (const [index, { how }] of payload.secrets.entries()) lintAddress(how, ['secrets', index, 'how'], tell);
}

function lintAddress(address: string | undefined, path: Path, tell: (path: Path, text: string) => void): void {
  const url = address === undefined ? null : URL.parse(address);
  if (url === null) return;
  if (url.username !== '' || url.password !== '') tell(path, 'the address holds a name or password');
  // `?key=` is a credential where a provider is called, and may be anything in a wiki.
  const isKey = (name: string): boolean =>
    credentialParameter.test(name) || (path.includes('define') && name === 'key');
  if ([...url.searchParams.keys()].some(isKey)) tell(path, 'the address holds a key');
}

/** Shorter ones are words. */
const minLength = 8;

/** What is public by nature and looks random. */
const publicNames: ReadonlySet<string> = new Set(['tls_ca', 'extends_hash']);

/**
 * Every text of the bundle in one, so that it is looked through once. A text keeps the name it stands under: `password: …` says more
 * than its value alone. Texts stand apart, so that one says nothing of the next.
 */
function gather(payload: unknown): { readonly text: string; readonly pieces: readonly Piece[] } {
  const parts: string[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  const add = (place: Place | undefined, text: string): void => {
    pieces.push({ place, start: length, end: length + text.length });
    parts.push(text, apart);
    length += text.length + apart.length;
  };
  const visit = (value: unknown, place: Place | undefined): void => {
    if (typeof value === 'string') {
      const name = place?.step;
      if (typeof name === 'string' && publicNames.has(name)) {
        // A certificate is public; a key beside it is not.
        if (value.includes('PRIVATE KEY')) add(place, value);
      } else if (value.length >= minLength) add(place, typeof name === 'string' ? `${name}: ${value}` : value);
    } else if (Array.isArray(value)) {
      for (const [step, item] of value.entries()) visit(item, { parent: place, step });
    } else if (typeof value === 'object' && value !== null) {
      for (const [step, item] of Object.entries(value)) {
        const inner = { parent: place, step };
        if (step.length >= 16) add(inner, step);
        visit(item, inner);
      }
    }
  };
  visit(payload, undefined);
  return { text: parts.join(''), pieces };
}

const apart = '\n\n';

function pieceAt(pieces: readonly Piece[], at: number): Piece | undefined {
  let [low, high] = [0, pieces.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece === undefined) return undefined;
    if (at < piece.start) high = middle - 1;
    else if (at >= piece.end) low = middle + 1;
    else return piece;
  }
  return undefined;
}
