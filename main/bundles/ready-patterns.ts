/** Compiles the patterns of a bundle one by one, so that requests go on meanwhile: what needs them next finds them made. */
import { setImmediate as turn } from 'node:timers/promises';
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import { matchesPattern } from '../kit/pattern.ts';

/** Whatever is wrong with one of them is for others to say. */
export async function readyPatterns({ enforced, defaults }: BundlePayload): Promise<void> {
  for (const says of [enforced, defaults]) {
    for (const { pattern, flags = '' } of says?.masking?.patterns ?? [])
      await ready(flags === '' ? pattern : `(?${flags})${pattern}`);
    for (const { pattern } of says?.firewall ?? []) if (pattern !== undefined) await ready(pattern);
  }
}

async function ready(pattern: string): Promise<void> {
  matchesPattern(pattern, '');
  await turn();
}
