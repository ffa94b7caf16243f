import { expect, it } from 'vitest';
import { EventReader, EventTooLong } from '../../../main/control/event-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(...pieces: readonly Uint8Array[]): string[] {
  const reader = new EventReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const stream = bytes(
  '\uFEFF: hello\r\n\r\ndata: ä€🙂\r\ndata:b\r\n\r\nevent: x\rdata: c\r\rid: 1\n\ndata:  d\n\ndata: cut',
);

it('gives the same events wherever the bytes are split', () => {
  const whole = ['ä€🙂\nb', 'c', ' d', 'cut'];
  expect(read(stream)).toEqual(whole);
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const pieces = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      expect(read(...pieces)).toEqual(whole);
    }
  }
});

it('gives an event as soon as its blank line is there', () => {
  const reader = new EventReader();
  expect(reader.push(bytes('data: a\n'))).toEqual([]);
  expect(reader.push(bytes('\ndata: b\r\n\r'))).toEqual(['a', 'b']);
  expect(reader.push(bytes('\ndata: c\n\n'))).toEqual(['c']);
});

it.each([
  ['a line', 'x'.repeat(1024 * 1024)],
  ['lines', `data: ${'x'.repeat(1024 * 1024)}\n`],
])('gives up on an event that does not end: %s', (_what, piece) => {
  const reader = new EventReader();
  const push = (): void => {
    for (let count = 0; count < 20; count += 1) reader.push(bytes(piece));
  };
  expect(push).toThrow(EventTooLong);
});
