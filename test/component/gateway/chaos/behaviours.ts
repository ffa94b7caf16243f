// Everything a provider may do to a request, good and bad, as plain plans: which one is a matter of the seed.
import { gzipSync } from 'node:zlib';
import { weighted, type Draws } from './draw.ts';
import type { ErrorKind, Wire, Writing } from './wires.ts';

export type Step =
  | { readonly do: 'write'; readonly bytes: Buffer }
  | { readonly do: 'wait'; readonly ms: number }
  /** Nothing more, ever: until the other side closes. */
  | { readonly do: 'hang' }
  /** RST, after what was written had time to arrive. */
  | { readonly do: 'reset' }
  /** FIN, without the end of the body. */
  | { readonly do: 'hang-up' }
  | { readonly do: 'end' };

export interface Plan {
  /** `undefined`: the head is never sent. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** In place of head and body: bytes on the socket. */
  readonly raw?: string;
  readonly earlyHints?: boolean;
  /** It is an answer, whole and in good order: who calls it anything else is wrong. */
  readonly isWhole: boolean;
}

export interface Asked {
  readonly wire: Wire;
  readonly writing: Writing;
  readonly stream: boolean;
  readonly chance: Draws;
}

interface Behaviour {
  readonly name: string;
  /** Of a thousand. */
  readonly weight: number;
  readonly plan: (asked: Asked) => Plan;
}

const end: Step = { do: 'end' };
const hang: Step = { do: 'hang' };
const reset: Step = { do: 'reset' };

function write(text: string): Step {
  return { do: 'write', bytes: Buffer.from(text, 'utf8') };
}

function typeOf(stream: boolean): Record<string, string> {
  return { 'content-type': stream ? 'text/event-stream' : 'application/json' };
}

/** A head of 200, then these steps. */
function answered(asked: Asked, steps: readonly Step[], isWhole: boolean, headers = {}): Plan {
  return { status: 200, headers: { ...typeOf(asked.stream), ...headers }, steps, isWhole };
}

/** The parts of an answer: the whole body of a plain one counts as content. */
function partsOf({ wire, writing, stream }: Asked): { open: string[]; content: string[]; close: string[] } {
  if (!stream) {
    const characters = [...wire.plain(writing)];
    const third = Math.ceil(characters.length / 3);
    const [first, second, last] = [0, 1, 2].map((part) => characters.slice(part * third, (part + 1) * third).join(''));
    return { open: [], content: [first ?? '', second ?? ''], close: [last ?? ''] };
  }
  const { open, content, close } = wire.frames(writing);
  return { open: [...open], content: [...content], close: [...close] };
}

function allOf(asked: Asked): string[] {
  const { open, content, close } = partsOf(asked);
  return [...open, ...content, ...close];
}

/** Up to somewhere in the content, with at least one piece of it where there is one. */
function beginningOf(asked: Asked): string[] {
  const { open, content } = partsOf(asked);
  return [...open, ...content.slice(0, asked.chance.between(1, Math.max(1, content.length)))];
}

/** The text in packets: in one, in several, or cut anywhere, inside characters too. */
function packets(texts: readonly string[], chance: Draws): Step[] {
  const how = chance.next();
  if (how < 0.4) return [write(texts.join(''))];
  if (how < 0.8) {
    const middle = chance.below(texts.length + 1);
    return [write(texts.slice(0, middle).join('')), { do: 'wait', ms: 0 }, write(texts.slice(middle).join(''))];
  }
  const bytes = Buffer.from(texts.join(''), 'utf8');
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = chance.between(1, 1 + Math.ceil(bytes.length / 3));
    steps.push({ do: 'write', bytes: bytes.subarray(at, at + size) }, { do: 'wait', ms: 0 });
    at += size;
  }
  return steps;
}

function refusal(status: number, kind: ErrorKind, headers: Readonly<Record<string, string>> = {}) {
  return ({ wire }: Asked): Plan => ({
    status,
    headers: { ...typeOf(false), ...headers },
    steps: [write(wire.error(status, kind)), end],
    isWhole: false,
  });
}

/** 429, with the wait told in one of the ways there are. None is the rarest: it costs ten seconds. */
function limited(asked: Asked): Plan {
  const { chance } = asked;
  if (chance.chance(0.02)) return refusal(429, 'limited')(asked);
  const inWords = { status: 429, kind: 'limited_in_words', headers: {} } as const;
  const { status, kind, headers } = chance.pick<{ status: number; kind: ErrorKind; headers: Record<string, string> }>([
    inWords,
    { ...inWords, kind: 'limited', headers: { 'retry-after': '0' } },
    { ...inWords, kind: 'limited', headers: { 'retry-after': '1' } },
    { ...inWords, kind: 'limited', headers: { 'retry-after-ms': '25' } },
    { ...inWords, kind: 'limited', headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } },
    { ...inWords, kind: 'limited', headers: { 'retry-after': '-5' } },
    { ...inWords, headers: { 'retry-after': 'soon' } },
    {
      ...inWords,
      kind: 'limited',
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30ms' },
    },
  ]);
  return refusal(status, kind, headers)(asked);
}

function withLineEndings(texts: readonly string[], chance: Draws): string[] {
  const ending = chance.pick(['\n', '\r\n', '\r']);
  return texts.map((text) => text.replaceAll(/\r?\n/g, ending));
}

function inserted(texts: readonly string[], at: number, frames: readonly string[]): string[] {
  return [...texts.slice(0, at), ...frames, ...texts.slice(at)];
}

/** Whole answers, in every way one may come. */
const good: readonly Behaviour[] = [
  { name: 'whole', weight: 610, plan: (asked) => answered(asked, [...packets(allOf(asked), asked.chance), end], true) },
  {
    name: 'line endings and comments',
    weight: 30,
    plan(asked) {
      const texts = asked.stream ? allOf(asked).flatMap((text) => [': ping\n\n', text]) : allOf(asked);
      const sent = asked.stream ? withLineEndings(texts, asked.chance) : texts;
      return answered(asked, [...packets(sent, asked.chance), end], true);
    },
  },
  {
    name: 'slow drip',
    weight: 25,
    plan(asked) {
      const ms = asked.chance.between(1, 6);
      const steps = allOf(asked).flatMap((text): Step[] => [write(text), { do: 'wait', ms }]);
      return answered(asked, [...steps, end], true);
    },
  },
  {
    name: 'late',
    weight: 20,
    plan: (asked) =>
      answered(
        asked,
        [{ do: 'wait', ms: asked.chance.between(20, 70) }, ...packets(allOf(asked), asked.chance), end],
        true,
      ),
  },
  {
    name: 'gzip nobody asked for',
    weight: 10,
    plan: (asked) =>
      answered(asked, [{ do: 'write', bytes: gzipSync(allOf(asked).join('')) }, end], true, {
        'content-encoding': 'gzip',
      }),
  },
  {
    name: 'plain in place of a stream',
    weight: 10,
    plan: (asked) => answered({ ...asked, stream: false }, [write(asked.wire.plain(asked.writing)), end], true),
  },
  {
    name: 'early hints',
    weight: 5,
    plan: (asked) => ({
      ...answered(asked, [...packets(allOf(asked), asked.chance), end], true),
      earlyHints: true,
    }),
  },
  {
    name: 'usage twice',
    weight: 10,
    plan: (asked) => whole({ ...asked, writing: { ...asked.writing, usage: 'twice' } }),
  },
  {
    name: 'absurd usage',
    weight: 10,
    plan: (asked) => whole({ ...asked, writing: { ...asked.writing, usage: 'absurd' } }),
  },
  {
    name: 'no usage',
    weight: 8,
    plan: (asked) => whole({ ...asked, writing: { ...asked.writing, usage: 'none' } }),
  },
  {
    name: 'one broken event',
    weight: 10,
    plan(asked) {
      const texts = allOf(asked);
      // Not behind the last one, where it would be no part of the answer.
      const sent = asked.stream ? inserted(texts, asked.chance.below(texts.length), [asked.wire.brokenFrame]) : texts;
      return answered(asked, [...packets(sent, asked.chance), end], true);
    },
  },
  {
    name: 'reset behind the end',
    weight: 6,
    plan: (asked) => answered(asked, [write(allOf(asked).join('')), reset], asked.stream),
  },
  // The provider is let go after two seconds: rare, because it takes as long.
  {
    name: 'open behind the end',
    weight: 2,
    plan: (asked) => answered(asked, [write(allOf(asked).join('')), hang], asked.stream),
  },
];

function whole(asked: Asked): Plan {
  return answered(asked, [...packets(allOf(asked), asked.chance), end], true);
}

/** Failures before the first content, without a head or with one that says so. */
const early: readonly Behaviour[] = [
  { name: '500', weight: 12, plan: refusal(500, 'server') },
  { name: '503', weight: 8, plan: refusal(503, 'overloaded') },
  { name: '503, retry-after 0', weight: 4, plan: refusal(503, 'overloaded', { 'retry-after': '0' }) },
  { name: '503, retry-after in ms', weight: 4, plan: refusal(503, 'overloaded', { 'retry-after-ms': '20' }) },
  { name: '529', weight: 6, plan: refusal(529, 'overloaded') },
  { name: '429', weight: 14, plan: limited },
  { name: '401', weight: 1.5, plan: refusal(401, 'refused') },
  { name: '400, invalid', weight: 8, plan: refusal(400, 'invalid') },
  { name: '400, too long', weight: 6, plan: refusal(400, 'too_long') },
  { name: '404, no model', weight: 2, plan: refusal(404, 'no_model') },
  {
    name: 'error without an end',
    weight: 2,
    plan: (asked) => ({ ...refusal(502, 'server')(asked), steps: [write('{"error":{"mess'), { do: 'hang-up' }] }),
  },
  { name: 'reset before the head', weight: 12, plan: () => headless([reset]) },
  { name: 'hang-up before the head', weight: 4, plan: () => headless([{ do: 'hang-up' }]) },
  { name: 'reset behind the head', weight: 10, plan: (asked) => answered(asked, [...opening(asked), reset], false) },
  { name: 'no head', weight: 9, plan: () => headless([hang]) },
  { name: 'no content', weight: 6, plan: (asked) => answered(asked, [...opening(asked), hang], false) },
  { name: 'end without content', weight: 5, plan: (asked) => answered(asked, [...opening(asked), end], false) },
  {
    name: 'error event before content',
    weight: 8,
    plan: (asked) =>
      asked.stream
        ? answered(asked, [write(partsOf(asked).open.join('') + asked.wire.errorFrame), end], false)
        : errorIn200(asked),
  },
  { name: 'error in a 200', weight: 6, plan: errorIn200 },
  { name: 'empty 200', weight: 5, plan: (asked) => answered(asked, [end], false) },
  {
    name: 'web page',
    weight: 3,
    plan: () => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      steps: [write('<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>'), end],
      isWhole: false,
    }),
  },
  {
    name: 'redirect',
    weight: 3,
    plan: () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' }, steps: [end], isWhole: false }),
  },
  { name: 'no HTTP', weight: 3, plan: () => ({ ...headless([{ do: 'hang-up' }]), raw: 'SSH-2.0-OpenSSH_9.6\r\n' }) },
  {
    name: 'upgrade',
    weight: 2,
    plan: () => ({
      ...headless([{ do: 'hang-up' }]),
      raw: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    }),
  },
];

function headless(steps: readonly Step[]): Plan {
  return { status: undefined, headers: {}, steps, isWhole: false };
}

function opening(asked: Asked): Step[] {
  const text = partsOf(asked).open.join('');
  return text === '' ? [] : [write(text)];
}

function errorIn200({ wire }: Asked): Plan {
  return { status: 200, headers: typeOf(false), steps: [write(wire.error(500, 'server')), end], isWhole: false };
}

/** Failures within the answer. */
const late: readonly Behaviour[] = [
  { name: 'reset within', weight: 12, plan: (asked) => cut(asked, reset) },
  { name: 'hang-up within', weight: 6, plan: (asked) => cut(asked, { do: 'hang-up' }) },
  { name: 'end within', weight: 8, plan: (asked) => cut(asked, end) },
  {
    name: 'end without the last event',
    weight: 10,
    plan(asked) {
      const { open, content, close } = partsOf(asked);
      const sent = [...open, ...content, ...(asked.stream && asked.chance.chance(0.7) ? unfinished(close) : [])];
      return answered(asked, [...packets(sent, asked.chance), end], false);
    },
  },
  { name: 'silence within', weight: 12, plan: (asked) => cut(asked, hang) },
  {
    name: 'two broken events',
    weight: 6,
    plan(asked) {
      if (!asked.stream) return answered(asked, [write('{"answer": tru'), end], false);
      const texts = allOf(asked);
      const { brokenFrame } = asked.wire;
      const sent = inserted(texts, asked.chance.below(partsOf(asked).open.length + 3), [brokenFrame, brokenFrame]);
      return answered(asked, [...packets(sent, asked.chance), end], false);
    },
  },
  {
    name: 'error event within',
    weight: 8,
    plan(asked) {
      if (!asked.stream) return errorIn200(asked);
      return answered(asked, [write(beginningOf(asked).join('')), write(asked.wire.errorFrame), end], false);
    },
  },
  {
    name: 'half a gzip',
    weight: 6,
    plan(asked) {
      const packed = gzipSync(allOf(asked).join(''));
      const bytes = packed.subarray(0, asked.chance.between(5, Math.ceil(packed.length * 0.6)));
      return answered(asked, [{ do: 'write', bytes }, end], false, { 'content-encoding': 'gzip' });
    },
  },
  // Seventeen megabytes each time.
  {
    name: 'giant event',
    weight: 0.5,
    plan: (asked) =>
      answered(asked, [write(beginningOf(asked).join('')), { do: 'write', bytes: giant() }, hang], false),
  },
  {
    name: 'length too short',
    weight: 4,
    plan(asked) {
      const bytes = Buffer.from(allOf(asked).join(''), 'utf8');
      const length = asked.chance.between(1, bytes.length - Buffer.byteLength(partsOf(asked).close.join('')));
      return answered(asked, [{ do: 'write', bytes }, { do: 'hang-up' }], false, { 'content-length': String(length) });
    },
  },
  {
    name: 'length too long',
    weight: 4,
    plan(asked) {
      const bytes = Buffer.from(beginningOf(asked).join(''), 'utf8');
      const length = bytes.length + asked.chance.between(1, 400);
      return answered(asked, [{ do: 'write', bytes }, { do: 'hang-up' }], false, { 'content-length': String(length) });
    },
  },
  // Each piece in time, and all of them never: `total_ms` ends it.
  {
    name: 'crawl',
    weight: 1.2,
    plan(asked) {
      const { open, content } = partsOf(asked);
      const steps = [...open, ...content.slice(0, 2)].map(write);
      const again = asked.stream ? ': still here\n\n' : ' ';
      const crawling = Array.from({ length: 200 }, (): Step[] => [{ do: 'wait', ms: 40 }, write(again)]).flat();
      return answered(asked, [...steps, ...crawling, hang], false);
    },
  },
];

function cut(asked: Asked, how: Step): Plan {
  return answered(asked, [...packets(beginningOf(asked), asked.chance), how], false);
}

/** What ends an answer without its very last event; nothing where that is all there is. */
function unfinished(close: readonly string[]): string[] {
  const first = close[0];
  return close.length < 3 || first === undefined || first.includes('"finish_reason":"stop"')
    ? []
    : [...close.slice(0, -1)];
}

let giantBytes: Buffer | undefined;
function giant(): Buffer {
  giantBytes ??= Buffer.concat([Buffer.from('data: {"x":"'), Buffer.alloc(17 * 1024 * 1024, 'x')]);
  return giantBytes;
}

const all = [...good, ...early, ...late] as unknown as readonly [Behaviour, ...Behaviour[]];
export const behaviourNames: readonly string[] = all.map(({ name }) => name);

/** Of a provider that is as good as down. */
const down = early.filter(({ name }) =>
  ['500', '503', 'reset before the head', 'no head', '529'].includes(name),
) as unknown as readonly [Behaviour, ...Behaviour[]];

/** `calm`: nothing goes wrong any more. `isDown`: four of five requests fail. */
export function behaviourFor(
  chance: Draws,
  { calm, isDown }: { readonly calm: boolean; readonly isDown: boolean },
): Pick<Behaviour, 'name' | 'plan'> {
  if (calm) return { name: 'whole', plan: whole };
  if (isDown && chance.chance(0.8)) return weighted(down, chance.next());
  return weighted(all, chance.next());
}
