/** What the tests of all dialects share: collected losses, counted ids, what real clients sent. */
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../../../main/gateway/dialects/canonical.ts';
import type { ClientDialect, Survey } from '../../../../main/gateway/dialects/dialect.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';

export interface Losses {
  /** Paths, in order. */
  readonly list: string[];
  readonly sink: (path: string, why: string) => void;
}

export function collectLosses(): Losses {
  const list: string[] = [];
  return { list, sink: (path) => void list.push(path) };
}

export function countedIds(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${String(++count)}`;
}

export interface Captured {
  readonly path: string;
  readonly body?: JsonObject;
}

/** Requests a real client sent to paths that match. */
export function captured(client: string, path: RegExp): Captured[] {
  const file = new URL(`../../../fixtures/clients/${client}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Captured)
    .filter((entry) => path.test(entry.path));
}

export function capturedBodies(client: string, path: RegExp): JsonObject[] {
  return captured(client, path).map((entry) => entry.body ?? {});
}

/** What the dialect's survey says of a body. */
export function surveyed(dialect: Pick<ClientDialect, 'survey'>, body: unknown): Survey {
  return dialect.survey(JsonDocument.read(Buffer.from(JSON.stringify(body))));
}
