import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { clientDialectById, dialectById } from '../../../../main/gateway/dialect-registry.ts';
import type { CanonicalResponse, StreamPart } from '../../../../main/gateway/dialects/canonical.ts';
import type { AnswerNotes, ClientRequest } from '../../../../main/gateway/client-request.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { lastWords } from '../../../../main/gateway/client-wire.ts';
import { Continuation } from '../../../../main/gateway/relay/continuation.ts';
import type { Relay } from '../../../../main/gateway/relay/relay.ts';
import { emptyAnswerFacts } from '../../../../main/gateway/relay/translate.ts';
import { PartRestorer } from '../../../../main/gateway/relay/unmask-parts.ts';
import { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import { ReasoningKeeper } from '../../../../main/gateway/reasoning-keeper.ts';
import { SideStore } from '../../../../main/gateway/side-store.ts';
import { translatedStream, translatedWhole, type Turn } from '../../../../main/gateway/translated-answers.ts';
import { all, cutAt, inText, nickname, originalsOf, person, placeholderOf } from './unmask-making.ts';
import { dialectIds, eventsOf, understood, type StreamDialect } from './unmask-streams.ts';

const P = placeholderOf(person);
const N = placeholderOf(nickname);
const unmasker = (): Unmasker => new Unmasker(originalsOf(all));
const separate = (made = unmasker()): PartRestorer => new PartRestorer(made, made.separateChannels());

function through(restorer: PartRestorer, parts: readonly StreamPart[]): readonly StreamPart[] {
  return parts.flatMap((part) => restorer.part(part));
}

describe('parts of an answer', () => {
  it('say the text with its originals, wherever it is cut, and blocks do not mix', () => {
    const words = fc.array(fc.oneof(fc.constantFrom(P, N, 'PERS', 'e', ' '), fc.string({ maxLength: 4 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, words, fc.array(fc.nat(100), { maxLength: 6 }), (one, two, cuts) => {
        const texts = [one.join(''), two.join('')];
        const pieces = texts.map((text) => cutAt(text, cuts));
        const deltas: StreamPart[] = [];
        for (let at = 0; at < Math.max(...pieces.map((list) => list.length)); at++)
          for (const [block, list] of pieces.entries())
            if (at < list.length)
              deltas.push({ type: block === 0 ? 'text-delta' : 'reasoning-delta', block, text: list[at] ?? '' });
        const out = through(separate(), [
          { type: 'text-start', block: 0 },
          { type: 'reasoning-start', block: 1 },
          ...deltas,
          { type: 'text-end', block: 0 },
          { type: 'reasoning-end', block: 1 },
        ]);
        const saidIn = (block: number): string =>
          out
            .map((part) =>
              (part.type === 'text-delta' || part.type === 'reasoning-delta') && part.block === block ? part.text : '',
            )
            .join('');
        expect([saidIn(0), saidIn(1)]).toEqual(texts.map((text) => unmasker().text(text, inText)));
        expect(out.at(-1)).toEqual({ type: 'reasoning-end', block: 1 });
      }),
      { numRuns: 200 },
    );
  });

  it('are arguments in JSON, and free forms as they are', () => {
    const call = (block: number, kind: 'function' | 'custom', input: string): StreamPart[] => [
      { type: 'tool-call-start', block, id: 'c', name: 'save', kind },
      { type: 'tool-call-delta', block, input },
      { type: 'tool-call-end', block },
    ];
    const out = through(separate(), [...call(0, 'function', `{"a":"${N}"}`), ...call(1, 'custom', N)]);
    expect(out).toContainEqual({ type: 'tool-call-delta', block: 0, input: JSON.stringify({ a: nickname.text }) });
    expect(out).toContainEqual({ type: 'tool-call-delta', block: 1, input: nickname.text });
  });

  it('that wait go out before the end of the answer, or when they are asked for', () => {
    const delta: StreamPart = { type: 'refusal-delta', block: 3, text: 'No, PERSON7' };
    const first = separate();
    expect(through(first, [delta, { type: 'response-end' }])).toEqual([
      { type: 'refusal-delta', block: 3, text: 'No, ' },
      { type: 'refusal-delta', block: 3, text: 'PERSON7' },
      { type: 'response-end' },
    ]);
    const second = separate();
    second.part(delta);
    expect(second.end()).toEqual([{ type: 'refusal-delta', block: 3, text: 'PERSON7' }]);
    expect(second.end()).toEqual([]);
  });

  it('tell of signed reasoning, as the provider wrote it', () => {
    const told: string[][] = [];
    const made = new Unmasker(originalsOf(all), {
      onSignedReasoning: (signature, text) => told.push([signature, text]),
    });
    const opaque = { mint: 'x', form: 'signature', data: 'sig' } as const;
    const said = (text: string): StreamPart[] => [
      { type: 'reasoning-delta', block: 0, text: text.slice(0, 4) },
      { type: 'reasoning-delta', block: 0, text: text.slice(4) },
      { type: 'reasoning-end', block: 0, opaque },
    ];
    through(separate(made), [...said(`${P} asks`), ...said('nobody asks')]);
    expect(told).toEqual([['sig', `${P} asks`]]);
    const response: CanonicalResponse = {
      id: 'r',
      model: 'm',
      finish: { reason: 'stop' },
      parts: [{ type: 'reasoning', text: P, opaque }],
    };
    separate(made).response(response);
    expect(told.at(-1)).toEqual(['sig', P]);
  });

  it('of a whole answer are restored one by one', () => {
    const response: CanonicalResponse = {
      id: 'r',
      model: 'm',
      finish: { reason: 'stop' },
      parts: [
        { type: 'text', text: P, citations: [{ title: P, url: 'https://x' }] },
        { type: 'refusal', text: P },
        { type: 'tool-call', id: 'c', name: 'save', kind: 'function', input: `{"a":"${N}"}` },
        { type: 'image', source: { kind: 'url', url: P } },
      ],
    };
    expect(separate().response(response).parts).toMatchObject([
      { text: person.text, citations: [{ title: person.text, url: 'https://x' }] },
      { text: person.text },
      { input: JSON.stringify({ a: nickname.text }) },
      { source: { url: P } },
    ]);
  });
});

// ---------------------------------------------------------------- through the bodies

interface Made {
  readonly turn: Turn;
  readonly parts: StreamPart[];
}

function turnOf(
  from: StreamDialect,
  to: StreamDialect,
  unmask: Unmasker,
  options: { stream?: boolean; continuation?: Continuation | undefined } = {},
): Made {
  const dialect = clientDialectById(to);
  const { stream = true, continuation } = options;
  const parts: StreamPart[] = [];
  const keeper = {
    store: new SideStore({ clock: { now: () => 0, monotonic: () => 0 }, capBytes: 1_000_000, ttlMs: 1_000 }),
    scope: 'k',
    client: dialect,
    newHandle: () => 'h',
  };
  const client = {
    dialect,
    document: JsonDocument.read(Buffer.from('{"model":"m"}')),
    surface: { query: new URLSearchParams('alt=sse') },
    model: 'm',
    stream,
    requestId: 'req_1',
    createdAt: 1,
    newId: (prefix: string) => `${prefix}1`,
    keeper,
    continuation,
    unmask,
    rewrite: undefined,
  } as unknown as ClientRequest;
  const notes = {
    facts: emptyAnswerFacts(),
    losses: () => undefined,
    meter: undefined,
    onFirstContent: () => undefined,
    onSkipped: () => undefined,
    onTerminal: () => undefined,
    onPart: (part: StreamPart) => parts.push(part),
  } as unknown as AnswerNotes;
  const turn = {
    client,
    target: { provider: { id: 'p' }, model: 'm' },
    dialect: dialectById(from),
    notes,
    request: { model: 'm', stream, messages: [], tools: [], reasoning: { mode: 'on', summary: 'detailed' } },
    restore: undefined,
    keeper: new ReasoningKeeper(keeper),
    isOwn: false,
    attempt: continuation?.attempt({ takesPrefix: true, keep: (part) => part }),
  } as unknown as Turn;
  return { turn, parts };
}

/** A relay that has committed and only takes what it is given. */
function sink(): { relay: Relay; text: () => string; broken: () => GatewayError | undefined } {
  let text = '';
  let broken: GatewayError | undefined;
  const relay = {
    isCommitted: true,
    isOver: false,
    begin: () => undefined,
    content: () => undefined,
    commit: () => undefined,
    complete: () => undefined,
    emit: (bytes: Buffer | string) => (text += bytes.toString()),
    breakOff: (error: GatewayError) => (broken = error),
  };
  return { relay: relay as unknown as Relay, text: () => text, broken: () => broken };
}

const told = {
  reasoning: ['Hm, PERS', 'ON7kq2mb'],
  text: [`Dear ${P}, PERSO`, 'N 7kq2mb! ', 'e'],
  calls: [['{"value":"', N.slice(0, 4), `${N.slice(4)}"}`]],
};
const pairs = dialectIds.flatMap((from) => dialectIds.map((to) => [from, to] as const));

describe('a translated stream', () => {
  it.each(pairs)('from %s to %s has its originals', (from, to) => {
    const made = turnOf(from, to, unmasker());
    const { relay, text } = sink();
    const body = translatedStream(made.turn, relay);
    for (const event of eventsOf(from, told)) body.chunk(Buffer.from(event));
    body.end();
    const got = understood(to, text());
    expect(got.text).toBe(`Dear ${person.text}, ${person.text}! e`);
    expect(got.calls.map((one) => JSON.parse(one) as unknown)).toEqual([{ value: nickname.text }]);
    expect(got.reasoning.trim()).toBe(`Hm, ${person.text}`);
    expect(JSON.stringify(made.parts)).not.toContain('7kq2mb');
  });

  it('gives what it held back before the error that ends it', () => {
    const made = turnOf('anthropic-messages', 'openai-chat', unmasker());
    const { relay, text, broken } = sink();
    const body = translatedStream(made.turn, relay);
    for (const event of eventsOf('anthropic-messages', { text: ['Dear PERSON7'] }).slice(0, 3))
      body.chunk(Buffer.from(event));
    body.end();
    const error = broken();
    if (error === undefined) throw new Error('it did not break');
    const whole = text() + (body.errorText(error)?.text ?? '');
    expect(understood('openai-chat', whole).text).toBe('Dear PERSON7');
  });

  it('goes on with a placeholder that another attempt began', () => {
    const continuation = new Continuation({ mode: 'continue' });
    const unmask = unmasker();
    const first = turnOf('openai-chat', 'anthropic-messages', unmask, { continuation });
    const one = sink();
    const broken = translatedStream(first.turn, one.relay);
    for (const event of eventsOf('openai-chat', { text: ['Dear ', 'PERSON7'] }).slice(0, 3))
      broken.chunk(Buffer.from(event));
    expect(continuation.deliveredText).toBe('Dear PERSON7');
    const second = turnOf('openai-chat', 'anthropic-messages', unmask, { continuation });
    const two = sink();
    const body = translatedStream(second.turn, two.relay);
    for (const event of eventsOf('openai-chat', { text: ['kq2mb', ', hello.'] })) body.chunk(Buffer.from(event));
    body.end();
    expect(understood('anthropic-messages', one.text() + two.text()).text).toBe(`Dear ${person.text}, hello.`);
    expect(continuation.deliveredText).toBe(`Dear ${P}, hello.`);
  });

  it('gives what it held back when nobody goes on', () => {
    const continuation = new Continuation({ mode: 'continue' });
    const made = turnOf('openai-chat', 'openai-chat', unmasker(), { continuation });
    const { relay, text } = sink();
    const body = translatedStream(made.turn, relay);
    for (const event of eventsOf('openai-chat', { text: ['Dear ', 'PERSON7'] }).slice(0, 3))
      body.chunk(Buffer.from(event));
    const last = lastWords(made.turn.client, new GatewayError('relay.stream_cut', 'It broke.'));
    expect(understood('openai-chat', text() + last.text).text).toBe('Dear PERSON7');
  });
});

describe('a translated plain answer', () => {
  const wire = Buffer.from(
    JSON.stringify({
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'text', text: `Dear ${P}, e` },
        { type: 'tool_use', id: 't', name: 'save', input: { value: N } },
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
  );

  it.each([false, true])('has its originals (as a stream: %s)', (stream) => {
    for (const continuation of [undefined, ...(stream ? [new Continuation({ mode: 'continue' })] : [])]) {
      const made = turnOf('anthropic-messages', 'openai-chat', unmasker(), { stream, continuation });
      const { relay, text } = sink();
      const body = translatedWhole(made.turn, relay);
      body.chunk(wire);
      body.end();
      const out = text();
      expect(out).not.toContain('7kq2mb');
      if (stream) {
        expect(understood('openai-chat', out).text).toBe(`Dear ${person.text}, e`);
        expect(understood('openai-chat', out).calls.map((one) => JSON.parse(one) as unknown)).toEqual([
          { value: nickname.text },
        ]);
      } else {
        expect(JSON.parse(out)).toMatchObject({
          choices: [
            {
              message: {
                content: `Dear ${person.text}, e`,
                tool_calls: [{ function: { arguments: JSON.stringify({ value: nickname.text }) } }],
              },
            },
          ],
        });
      }
      // What is counted is what the provider said.
      expect(made.turn.notes.facts.outputBytes).toBe(
        Buffer.byteLength(`Dear ${P}, e`) + Buffer.byteLength(JSON.stringify({ value: N })),
      );
    }
  });
});
