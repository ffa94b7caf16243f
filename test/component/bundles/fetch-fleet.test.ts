import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchObject } from '../../../main/bundles/fetch.ts';
import { nextPoll } from '../../../main/bundles/schedule.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Sites } from './hosts.ts';

const sites = new Sites();
afterEach(() => sites.end());

/** A whole fleet where that is asked for (`SLUICE_TEST_FLEET=10000`), otherwise what takes a second or two of it. */
const asked = process.env['SLUICE_TEST_FLEET'];
const devices = Number(asked ?? 300);
const timeoutMs = asked === undefined ? 20_000 : 600_000;
const hourMs = 3_600_000;
/** Looks on their way at once: what a host with few connections bears. */
const atOnce = 32;

/** When all devices look in an hour that nobody waits for, in milliseconds of it and in order: as each of them plans. */
function pollsOfAnHour(): number[] {
  let state = 1;
  // Any numbers that are spread evenly, the same each time.
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const polls: number[] = [];
  for (let device = 0; device < devices; device += 1) {
    // All begin in the same minute, as when everybody comes to work: nothing but jitter parts them.
    for (let at = random() * 60_000; at < hourMs;) {
      polls.push(at);
      at += nextPoll({ pollMs: 15 * 60_000, failures: 0, retryAfterMs: undefined, random: random() });
    }
  }
  return polls.sort((a, b) => a - b);
}

/** Once jitter parted them. */
function busiestSecond(polls: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const at of polls.filter((poll) => poll > 60_000))
    counts.set(Math.floor(at / 1_000), (counts.get(Math.floor(at / 1_000)) ?? 0) + 1);
  return Math.max(...counts.values());
}

describe('a fleet that has the newest bundle', () => {
  it(
    'asks a static host for nothing but 304s for an hour, of less than 400 bytes each',
    { timeout: timeoutMs },
    async () => {
      const bundle = Buffer.alloc(200_000, '{');
      const etag = `"${createHash('sha256').update(bundle).digest('hex')}"`;
      const answers = { 200: 0, 304: 0 };
      const site = await sites.site((request, response) => {
        const status = request.headers['if-none-match'] === etag ? 304 : 200;
        answers[status] += 1;
        // Requests would be kept otherwise, each with its connection.
        site.asked.length = 0;
        response.writeHead(status, { etag }).end(status === 200 ? bundle : undefined);
      });
      const look = (known: string | undefined): ReturnType<typeof fetchObject> =>
        fetchObject({
          ...{ url: `${site.origin}/acme-core.sluice`, etag: known, maxBytes: 1_048_576, clock: systemClock },
          ...{ proxyFor: () => undefined, proxyOnly: false },
        });
      const first = await look(undefined);
      if (first.kind !== 'found') throw new Error('nothing was found');
      expect(first.bytes.equals(bundle)).toBe(true);
      const before = site.bytes();
      const polls = pollsOfAnHour();
      const began = performance.now();
      const left = polls.values();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (const _ of left) expect(await look(first.etag)).toEqual({ kind: 'unchanged', etag });
        }),
      );
      const bytes = (site.bytes() - before) / polls.length;
      expect(polls.length).toBeGreaterThanOrEqual(devices * 4);
      expect(answers).toEqual({ 200: 1, 304: polls.length });
      expect(bytes).toBeLessThan(400);
      if (asked !== undefined) {
        const seconds = (performance.now() - began) / 1_000;
        console.info({ devices, polls: polls.length, bytes, seconds, busiestSecond: busiestSecond(polls) });
      }
    },
  );
});
