/** Takes secrets out of what was said before it is kept, in the writer's thread: a long text takes some milliseconds. */
import { redacted, spellings, type Redactor } from '../kit/redact.ts';
import type { KeptBody } from './bodies.ts';

/** Shorter ones would blot out ordinary words. */
const minimumLength = 6;
/** No provider's events are nested nearly as deep. */
const maxDepth = 32;

/** The body without the secrets that are known and those of its own. Without any it is the same, byte by byte. */
export function withoutSecrets(body: KeptBody, redactor: Redactor): KeptBody {
  const { bytes, secrets = [] } = body;
  const own = secrets.filter(({ length }) => length >= minimumLength).flatMap((secret) => [...spellings(secret)]);
  const redact = (text: string): string =>
    redactor.redact(own.reduce((rest, spelling) => rest.replaceAll(spelling, redacted), text));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let clean = redact(text);
  if (body.part === 'answer') clean = redactAcrossEvents(clean, redact);
  return clean === text ? body : { ...body, bytes: Buffer.from(clean) };
}

/** A text in an event, and where it stands. */
interface Leaf {
  readonly line: number;
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly text: string;
}

/**
 * A model spells what it says piece by piece, a secret as well: in a stream it is whole only once the texts that stand in the
 * same place of its events are put together. Where one comes to light, the first of them gets all that is said there, without
 * it, and the others nothing.
 */
function redactAcrossEvents(text: string, redact: (text: string) => string): string {
  const lines = text.split('\n');
  const events = new Map<number, { readonly lead: string; readonly event: object }>();
  const places = new Map<string, Leaf[]>();
  for (const [line, content] of lines.entries()) {
    const [, lead = '', json = ''] = /^((?:data: ?)?)(\{.*\})\r?$/.exec(content) ?? [];
    const event = json === '' ? undefined : parsed(json);
    if (event === undefined) continue;
    events.set(line, { lead, event });
    collect(event, line, places);
  }
  // A single one was looked through as it stands.
  if (events.size < 2) return text;
  const changed = new Set<number>();
  for (const leaves of places.values()) {
    const said = leaves.map((leaf) => leaf.text).join('');
    const clean = redact(said);
    if (clean === said) continue;
    for (const [index, { holder, name, line }] of leaves.entries()) {
      holder[name] = index === 0 ? clean : '';
      changed.add(line);
    }
  }
  for (const line of changed) {
    const { lead, event } = events.get(line) ?? { lead: '', event: {} };
    lines[line] = `${lead}${JSON.stringify(event)}`;
  }
  return changed.size === 0 ? text : lines.join('\n');
}

function parsed(json: string): object | undefined {
  try {
    return JSON.parse(json) as object;
  } catch {
    return undefined;
  }
}

function collect(value: object, line: number, places: Map<string, Leaf[]>, path = '', depth = 0): void {
  if (depth > maxDepth) return;
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    const inner = holder[name];
    const place = `${path}/${name}`;
    if (typeof inner === 'string') {
      const leaves = places.get(place);
      if (leaves === undefined) places.set(place, [{ line, holder, name, text: inner }]);
      else leaves.push({ line, holder, name, text: inner });
    } else if (typeof inner === 'object' && inner !== null) collect(inner, line, places, place, depth + 1);
  }
}
