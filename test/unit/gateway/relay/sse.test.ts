import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { EventTooLarge, parseBlock, SseFramer } from '../../../../main/gateway/relay/sse.ts';

interface Seen {
  readonly raws: string;
  readonly events: { name: string; data: string }[];
  readonly rest: string | undefined;
}

function frame(chunks: readonly Buffer[], cap = 1_000_000): Seen {
  const framer = new SseFramer(cap);
  const raws: Buffer[] = [];
  const events: { name: string; data: string }[] = [];
  const onBlock = (raw: Buffer, from: number): void => {
    raws.push(Buffer.from(raw));
    const event = parseBlock(raw, from);
    if (event !== undefined) events.push({ name: event.name, data: event.data.toString('utf8') });
  };
  for (const chunk of chunks) framer.push(chunk, onBlock);
  const rest = framer.end(onBlock);
  return { raws: Buffer.concat(raws).toString('utf8'), events, rest: rest?.toString('utf8') };
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const points = [...new Set(at.map((one) => one % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const point of [...points, bytes.length]) {
    if (point > from) chunks.push(bytes.subarray(from, point));
    from = point;
  }
  return chunks;
}

const streams: Record<string, string> = {
  'line feeds': 'event: a\ndata: {"x":1}\n\ndata: two\n\n',
  'carriage returns and line feeds': 'event: a\r\ndata: {"x":1}\r\n\r\ndata: two\r\n\r\n',
  'carriage returns alone': 'event: a\rdata: {"x":1}\r\rdata: two\r\r',
  'a mixture': 'event: a\r\ndata: {"x":1}\n\r\ndata: two\r\r\n',
  'no space after the colon': 'event:a\ndata:{"x":1}\n\ndata:two\n\n',
};

describe('the framer', () => {
  it.each(Object.entries(streams))('reads %s alike, byte by byte too', (_name, text) => {
    const bytes = Buffer.from(text);
    for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const seen = frame(chunks);
      expect(seen.events).toEqual([
        { name: 'a', data: '{"x":1}' },
        { name: '', data: 'two' },
      ]);
      expect(seen.raws).toBe(text);
      expect(seen.rest).toBeUndefined();
    }
  });

  it('joins several data lines, ignores comments, ids and a byte order mark', () => {
    const seen = frame([Buffer.from('\uFEFFdata: a\ndata:  b\ndata\n\n: note\n\nid: 7\nretry: 5\ndata: c\n\n')]);
    expect(seen.events).toEqual([
      { name: '', data: 'a\n b\n' },
      { name: '', data: 'c' },
    ]);
  });

  it('gives an unfinished event back at the end', () => {
    expect(frame([Buffer.from('data: a\n\ndata: b\n')])).toMatchObject({ events: [{ data: 'a' }], rest: 'data: b\n' });
  });

  it('does not split inside a character', () => {
    const bytes = Buffer.from('data: h\u00e9 \u4e16 \u{1F600}\n\n');
    expect(frame([...bytes].map((byte) => Buffer.from([byte]))).events).toEqual([
      { name: '', data: 'h\u00e9 \u4e16 \u{1F600}' },
    ]);
  });

  it.each([
    ['of carriage returns', 'a\r'.repeat(3_000_000) + '\n\n'],
    ['of line feeds behind one carriage return', `a\r${'a\n'.repeat(3_000_000)}\n`],
    ['of data', 'data:\n'.repeat(1_000_000) + '\n'],
  ])('reads millions of lines %s in one pass', (_what, text) => {
    // A pass for each line would take hours.
    const { events } = frame([Buffer.from(text)]);
    expect(events.map(({ data }) => data.length)).toEqual(text.startsWith('data') ? [999_999] : []);
  });

  it('refuses an event above the cap', () => {
    expect(() => frame([Buffer.from(`data: ${'x'.repeat(200)}`), Buffer.from('y'.repeat(50))], 100)).toThrow(
      EventTooLarge,
    );
  });

  it('gives the same events and the same bytes for any split', () => {
    const line = fc.oneof(
      fc.constant('data: {"a":"\u00e9"}'),
      fc.constant('data:x'),
      fc.constant('event: e'),
      fc.constant(': c'),
      fc.constant('data'),
      fc.constant('id: 1'),
      fc.constant(''),
    );
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const stream = fc
      .array(fc.tuple(line, end), { maxLength: 12 })
      .map((pairs) => pairs.map(([text, mark]) => text + mark).join(''));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(300), { maxLength: 20 }), (text, at) => {
        const bytes = Buffer.from(text);
        const whole = frame([bytes]);
        expect(frame(cut(bytes, at))).toEqual(whole);
        expect(whole.raws + (whole.rest ?? '')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
