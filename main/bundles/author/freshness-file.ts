/** Says, signed, that what is published still is the newest: against hosts that go on serving an old version (BND-16). */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { FreshnessPayload } from '../../../shared/bundle/payload.ts';
import { signEnvelope } from '../envelope.ts';
import { keyIdOf, publicKeyOf } from '../keys.ts';
import { momentText } from './compile.ts';
import type { TrustFolder } from './trust-folder.ts';
import { verifyFile } from './verify.ts';

export interface FreshnessInput {
  /** Folder of the published files. */
  readonly out: string;
  readonly id: string;
  readonly key: KeyObject;
  readonly trust: TrustFolder;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface FreshnessStatement {
  readonly statement: FreshnessPayload;
  /** The envelope. */
  readonly text: string;
  /** Why clients would not believe it. */
  readonly problem: string | undefined;
}

/** About the bundle that is published, verified first. */
export async function makeFreshness({ out, id, key, trust, now }: FreshnessInput): Promise<FreshnessStatement> {
  const name = `${id}.sluice`;
  const { bundle } = await verifyFile({
    path: join(out, name),
    shown: name,
    trust: undefined,
    chain: trust.chain,
    now,
  });
  const { epoch, version } = bundle.payload;
  const statement = { id, epoch, version, as_of: momentText(now) };
  const keyId = keyIdOf(publicKeyOf(key));
  const known = (trust.inForce.document.freshness?.keys ?? []).map(keyIdOf);
  const problem = known.includes(keyId)
    ? undefined
    : `The key ${keyId} may not say what is the newest. Let a root key add it: sluice bundle rotate --freshness-key PUB --root-key FILE.`;
  const payload = Buffer.from(`${JSON.stringify(statement, undefined, 1)}\n`);
  return { statement, text: signEnvelope('freshness', payload, [key]).toString('utf8'), problem };
}
