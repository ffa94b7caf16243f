import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CopyRoom, isTextType, RecordingWriter } from '../../../../main/gateway/relay/recording-writer.ts';

const json = [['content-type', 'application/json']] as const;

function writerIn(room: CopyRoom): RecordingWriter {
  return new RecordingWriter(new ServerResponse(new IncomingMessage(new Socket())), room);
}

describe('the copy of an answer', () => {
  it('is what went out since it was asked for, whatever it came in, and nothing after it was taken', () => {
    const writer = writerIn(new CopyRoom());
    writer.startCopy();
    writer.head(200, json);
    writer.write('{"a":');
    writer.write(Buffer.from('"höhe'));
    writer.write('"');
    writer.end('}');
    writer.end('again');
    expect(writer.takeCopy()?.toString()).toBe('{"a":"höhe"}');
    expect(writer.takeCopy()).toBeUndefined();
  });

  it('has what a torn answer had', () => {
    const writer = writerIn(new CopyRoom());
    writer.startCopy();
    writer.head(200, [['content-type', 'text/event-stream']]);
    writer.write('data: 1\n\n');
    writer.tear('data: error\n\n');
    expect(writer.takeCopy()?.toString()).toBe('data: 1\n\ndata: error\n\n');
  });

  it('is not made unasked, nor of what is no text', () => {
    const room = new CopyRoom();
    const unasked = writerIn(room);
    unasked.head(200, json);
    unasked.end('{}');
    expect(unasked.takeCopy()).toBeUndefined();
    const sound = writerIn(room);
    sound.startCopy();
    sound.head(200, [['content-type', 'audio/mpeg']]);
    sound.end('ID3');
    expect(sound.takeCopy()).toBeUndefined();
    expect(room.freeBytes).toBe(new CopyRoom().freeBytes);
  });

  it('takes no more room than there is for all of them, says what is missing, and gives the room back', () => {
    const room = new CopyRoom(200_000);
    const writers = [writerIn(room), writerIn(room), writerIn(room)];
    const chunk = Buffer.alloc(100, 'x');
    for (const writer of writers) {
      writer.startCopy();
      writer.head(200, json);
    }
    for (let index = 0; index < 1_000; index += 1) for (const writer of writers) writer.write(chunk);
    expect(room.freeBytes).toBeGreaterThanOrEqual(0);
    const copies = writers.map((writer) => writer.takeCopy()?.toString() ?? '');
    expect(room.freeBytes).toBe(200_000);
    const kept = copies.map((copy) => /^x*/.exec(copy)?.[0].length ?? 0);
    expect(kept.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(200_000);
    for (const [index, copy] of copies.entries()) {
      const missing = 100_000 - (kept[index] ?? 0);
      expect(missing).toBeGreaterThan(0);
      expect(copy.slice(kept[index])).toBe(`\n[${missing} more bytes of this answer were not recorded]\n`);
    }
  });
});

it('knows text by its type', () => {
  const text = ['application/json', 'application/json; charset=utf-8', 'TEXT/EVENT-STREAM', 'application/x-ndjson'];
  const other = [undefined, '', 'audio/mpeg', 'multipart/form-data; boundary=json', 'application/octet-stream'];
  expect([...text, 'application/problem+json'].filter((type) => !isTextType(type))).toEqual([]);
  expect(other.filter(isTextType)).toEqual([]);
});
