/** A payload with what waits for consent as it holds meanwhile, by JSON Pointer (BND-71). */
import { createHash } from 'node:crypto';
import type { BundlePayload } from '../../shared/bundle/payload.ts';

/** What holds meanwhile, by JSON Pointer into the payload; `undefined`: nothing stands there. */
export type Held = ReadonlyMap<string, unknown>;

/** As it is in force: what waits is as it was before. */
export function inForce(payload: BundlePayload, held: Held): BundlePayload {
  if (held.size === 0) return payload;
  const copy = structuredClone(payload);
  // What stands above others comes first: below what is not there nothing can be put.
  for (const pointer of [...held.keys()].sort((a, b) => a.length - b.length)) put(copy, pointer, held.get(pointer));
  return copy;
}

function put(root: object, pointer: string, value: unknown): void {
  const steps = stepsOf(pointer);
  const last = steps.pop();
  let at: unknown = root;
  for (const step of steps) at = isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  if (last === undefined || !isRecord(at)) return;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = structuredClone(value);
}

/** Steps of a JSON Pointer, unescaped. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerOf(...steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** SHA-256 of a value, whatever the order of its members; lower-case hex. */
export function valueHash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)) ?? 'null')
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
