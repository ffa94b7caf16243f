// Every field of every dialect's requests with a value of every wrong kind, to every target: a refusal with a reason, or a body
// that is JSON. Nothing a client writes may be a bug of ours.
import { beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../golden/cases.ts';
import { clientNames, type Body, type ClientName } from '../../golden/conversation.ts';
import { bugIn, targetIds, targetsOf } from './translating.ts';

/** Besides the absence of the field. `__proto__` is a field like any other once it was parsed. */
const wrongValues: readonly unknown[] = [
  ...[null, 5, -1.5, 1e308, 'x', '', true, [], {}, [null], [[]], ['x'], [{}], { type: 'text' }, 'constructor'],
  JSON.parse('{"__proto__":{"type":"text","text":"x"}}'),
  '\ud800',
];

const largestBody = 4_000;

let targets: Awaited<ReturnType<typeof targetsOf>>;

beforeAll(async () => {
  targets = await targetsOf();
});

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}

function changed(body: Body, path: readonly string[], value: unknown): Body {
  const copy = structuredClone(body);
  let at: Record<string, unknown> = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

/** One path of each kind: the second message is not unlike the first. */
function* bodiesOf(client: ClientName): Generator<{ readonly body: Body; readonly where: string }> {
  const seen = new Set<string>();
  for (const one of cases.filter(({ clients }) => clients.includes(client))) {
    const body = { model: 'x/y', ...one.body(client) };
    // Captured prompts of agents: large, and made of the same fields.
    if (JSON.stringify(body).length > largestBody) continue;
    for (const path of pathsOf(body)) {
      const kind = path.map((key) => (/^\d+$/.test(key) ? '#' : key)).join('.');
      if (seen.has(kind)) continue;
      seen.add(kind);
      for (const value of [...wrongValues, undefined])
        yield { body: changed(body, path, value), where: `${one.name}: ${path.join('.')} = ${JSON.stringify(value)}` };
    }
  }
}

describe.each(clientNames)('a request of %s', (name) => {
  it.each(targetIds)('with any field wrong is refused or translated for %s', (id) => {
    const bugs: string[] = [];
    let count = 0;
    for (const { body, where } of bodiesOf(name)) {
      const bug = bugIn(name, body, targets[id], count++ % 2 === 0);
      if (bug !== undefined) bugs.push(`${where}: ${bug}`);
    }
    expect(bugs.slice(0, 5)).toEqual([]);
    expect(count).toBeGreaterThan(500);
  });
});
