import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BrokenFrame, EventStreamFramer } from '../../../../main/gateway/relay/event-stream.ts';
import { encodeEventMessage } from '../../../fakes/event-stream.ts';

const frame = (name: string, payload: string): Buffer =>
  encodeEventMessage({ ':event-type': name, ':content-type': 'application/json' }, Buffer.from(payload));

/** A frame whose checksums are right, whatever else it holds. */
function sealed(headers: Buffer, headersBytes = headers.length): Buffer {
  const out = Buffer.alloc(16 + headers.length);
  out.writeUInt32BE(out.length, 0);
  out.writeUInt32BE(headersBytes, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  headers.copy(out, 12);
  out.writeUInt32BE(crc32(out.subarray(0, -4)), out.length - 4);
  return out;
}

function eventsOf(pieces: readonly Buffer[]): string[] {
  const events: string[] = [];
  const framer = new EventStreamFramer();
  for (const piece of pieces) framer.push(piece, ({ name, data }) => events.push(`${name} ${data.toString()}`));
  expect(framer.pendingBytes).toBe(0);
  return events;
}

describe('frames', () => {
  const large = 'x'.repeat(100_000);
  const bytes = Buffer.concat([frame('a', '{"n":1}'), frame('b', ''), frame('c', large), frame('d', '{}')]);

  it.each([1, 2, 11, 12, 13, 1_000, 70_000, bytes.length])('are the same when they come %i bytes at a time', (size) => {
    const pieces = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    expect(eventsOf(pieces)).toEqual(['a {"n":1}', 'b ', `c ${large}`, 'd {}']);
  });

  it.each([
    ['a wrong checksum of its head', Buffer.concat([frame('a', '{}').subarray(0, 8), Buffer.alloc(20)])],
    ['a wrong checksum', Buffer.concat([frame('a', '{}').subarray(0, -1), Buffer.from([0])])],
    ['a size of nothing', Buffer.alloc(16)],
    ['a size of four gigabytes', Buffer.alloc(16, 0xff)],
    ['headers longer than itself', sealed(Buffer.alloc(4), 1_000)],
    ['a name that leads out of it', sealed(Buffer.from([200, 0x61, 7]))],
    ['a value that leads out of it', sealed(Buffer.from([1, 0x61, 7, 0xff, 0xff]))],
    ['a header cut in its length', sealed(Buffer.from([1, 0x61, 7]))],
  ])('with %s are broken', (_what, broken) => {
    expect(() => eventsOf([broken])).toThrow(BrokenFrame);
  });
});
