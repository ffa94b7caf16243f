// The binary framing of AWS event streams (application/vnd.amazon.eventstream), written and read.
// Public reference: Amazon Transcribe "Event stream encoding"; Smithy "Amazon Event Stream specification".

import { crc32 } from 'node:zlib';

export type EventMessage = { headers: Record<string, string>; payload: Buffer };

const STRING_TYPE = 7;

/** One message: total length, headers length, prelude CRC, headers, payload, message CRC. */
export function encodeEventMessage(headers: Record<string, string>, payload: Uint8Array): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const total = 12 + head.length + payload.length + 4;
  const out = Buffer.alloc(total);
  out.writeUInt32BE(total, 0);
  out.writeUInt32BE(head.length, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  head.copy(out, 12);
  Buffer.from(payload).copy(out, 12 + head.length);
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4);
  return out;
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const out = Buffer.alloc(1 + nameBytes.length + 1 + 2 + valueBytes.length);
  out.writeUInt8(nameBytes.length, 0);
  nameBytes.copy(out, 1);
  out.writeUInt8(STRING_TYPE, 1 + nameBytes.length);
  out.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  valueBytes.copy(out, 4 + nameBytes.length);
  return out;
}

/** Every message of a whole stream. Throws on a wrong CRC, a torn message or a header type other than string. */
export function decodeEventStream(source: Uint8Array): EventMessage[] {
  const bytes = Buffer.from(source);
  const messages: EventMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 16) throw new Error(`torn prelude at byte ${at}`);
    const total = bytes.readUInt32BE(at);
    const headLength = bytes.readUInt32BE(at + 4);
    if (bytes.readUInt32BE(at + 8) !== crc32(bytes.subarray(at, at + 8)))
      throw new Error(`wrong prelude CRC at byte ${at}`);
    if (at + total > bytes.length) throw new Error(`torn message at byte ${at}`);
    const end = at + total - 4;
    if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(at, end))) throw new Error(`wrong message CRC at byte ${at}`);
    messages.push({
      headers: decodeHeaders(bytes.subarray(at + 12, at + 12 + headLength)),
      payload: bytes.subarray(at + 12 + headLength, end),
    });
    at += total;
  }
  return messages;
}

function decodeHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameLength = bytes.readUInt8(at);
    const name = bytes.toString('utf8', at + 1, at + 1 + nameLength);
    at += 1 + nameLength;
    if (bytes.readUInt8(at) !== STRING_TYPE) throw new Error(`header ${name} is not a string`);
    const valueLength = bytes.readUInt16BE(at + 1);
    headers[name] = bytes.toString('utf8', at + 3, at + 3 + valueLength);
    at += 3 + valueLength;
  }
  return headers;
}
