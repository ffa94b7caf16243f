// Small readers for what travels over the wire: server-sent events and whole responses.

export { decodeEventStream } from './event-stream.ts';

export type SseEvent = { event: string | undefined; data: string; id: string | undefined };

/** Splits an SSE text by the WHATWG rules (LF, CRLF, CR, BOM, comments); a last event without its blank line is dropped. */
export function parseSse(source: string | Uint8Array): SseEvent[] {
  const whole = typeof source === 'string' ? source : new TextDecoder('utf-8', { ignoreBOM: true }).decode(source);
  const lines = whole.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const events: SseEvent[] = [];
  let data: string[] = [];
  let event: string | undefined;
  let id: string | undefined;
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n'), id });
      data = [];
      event = undefined;
      continue;
    }
    if (line.startsWith(':')) continue;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  }
  return events;
}

export type Collected = {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed body, or undefined when it is not one JSON value. */
  json: unknown;
  events: SseEvent[];
  /** What broke the body, when it did not end well. */
  error: unknown;
};

/** Reads a fetch response to its end, or to where it broke. */
export async function collect(response: Response): Promise<Collected> {
  const chunks: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
  } catch (caught) {
    error = caught;
  }
  const whole = Buffer.concat(chunks).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(whole) as unknown;
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text: whole, json, events: parseSse(whole), error };
}

/** One SSE event as bytes; `event` adds its line. */
export function sseFrame(data: unknown, event?: string): Uint8Array {
  const body = typeof data === 'string' ? data : JSON.stringify(data);
  return Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${body}\n\n`);
}
