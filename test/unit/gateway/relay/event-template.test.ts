import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { EventTemplate } from '../../../../main/gateway/relay/event-template.ts';

const chat = (content: string, more: Record<string, unknown> = {}): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null, ...more })}\n\n`;
const messages = (text: string, index = 0): string =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })}\n\n`;
const responses = (delta: string, sequence_number: number): string =>
  `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', sequence_number, item_id: 'i', delta, obfuscation: 'x' })}\n\n`;

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

function template(block: string): EventTemplate {
  const made = EventTemplate.from(bytes(block));
  if (made === undefined) throw new Error(`no template from ${block}`);
  return made;
}

describe('a template', () => {
  it('takes the same event with another text, and counts its bytes', () => {
    expect(template(chat('a')).match(bytes(chat('größer\n"quoted"')))).toBe(Buffer.byteLength('größer\\n\\"quoted\\"'));
    expect(template(messages('a')).match(bytes(messages('')))).toBe(0);
    expect(template(responses('a', 9)).match(bytes(responses('bc', 10)))).toBe(2 + 1);
  });

  it.each<[string, string, string]>([
    ['a finish reason', chat('a'), chat('b').replace('"finish_reason":null', '"finish_reason":"stop"')],
    ['usage', chat('a'), chat('b', { usage: { total_tokens: 1 } })],
    ['an error', chat('a'), chat('b', { error: { message: 'm' } })],
    ['another block', messages('a', 0), messages('a', 1)],
    ['another name', messages('a'), messages('a').replace('event: content_block_delta', 'event: error')],
    ['a field more inside', messages('a'), messages('a","signature":"b').replaceAll('\\"', '"')],
    ['an unknown escape', messages('a'), messages('a').replace('"a"', '"\\q"')],
    ['a control character', messages('a'), messages('a').replace('"a"', '"\t"')],
    ['an open string', messages('a'), messages('a').replace('"a"', '"a')],
    ['a number with leading zeros', responses('a', 9), responses('a', 9).replace(':9', ':09')],
    ['no number', responses('a', 9), responses('a', 9).replace(':9', ':')],
    ['half of it', chat('a'), chat('a').slice(0, 60)],
    ['something behind it', chat('a'), `${chat('a')}x`],
  ])('leaves an event with %s to the reader', (_what, block, other) => {
    expect(template(block).match(bytes(other))).toBe(-1);
  });

  it.each<[string, string]>([
    ['no free text', 'data: {"type":"ping"}\n\n'],
    ['counters alone', 'data: {"sequence_number":1}\n\n'],
    ['too many free texts', `data: ${JSON.stringify([1, 2, 3, 4, 5].map(() => ({ text: 'a' })))}\n\n`],
    ['too many bytes', chat('a'.repeat(5_000))],
  ])('is not made of an event with %s', (_what, block) => {
    expect(EventTemplate.from(bytes(block))).toBeUndefined();
  });

  it('takes nothing but valid JSON that differs in its texts alone', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    let taken = 0;
    fc.assert(
      fc.property(
        text,
        text,
        fc.string({ unit: 'grapheme', maxLength: 3 }),
        fc.nat(200),
        (first, second, noise, at) => {
          const made = EventTemplate.from(bytes(messages(first)));
          const whole = messages(second);
          const spot = at % (whole.length + 1);
          const other = whole.slice(0, spot) + noise + whole.slice(spot);
          if (made === undefined || made.match(bytes(other)) === -1) return;
          taken++;
          const data = JSON.parse(other.slice(other.indexOf('data: ') + 6)) as { delta: { text: string } };
          expect({ ...data, delta: { ...data.delta, text: '' } }).toEqual({
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'text_delta', text: '' },
          });
        },
      ),
      { numRuns: 500 },
    );
    // Else nothing was looked at.
    expect(taken).toBeGreaterThan(20);
  });
});
