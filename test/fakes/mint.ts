// Mints what only its provider can read (thinking signatures, encrypted reasoning, thought signatures) and checks it on return.

import { createHash, createHmac } from 'node:crypto';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export type Mint = {
  /** A fresh id of `length` base-62 characters after `prefix`; the same sequence for the same secret. */
  id(prefix: string, length: number): string;
  /** Anthropic: the signature of a thinking block with this text. */
  signature(thinking: string): string;
  isSignature(signature: string, thinking: string): boolean;
  /** OpenAI: opaque content bound to one reasoning or compaction item id; `payload` comes back from `openEncrypted`. */
  encryptedContent(itemId: string, payload?: string): string;
  /** The item id and payload inside, or undefined when this provider did not mint it. */
  openEncrypted(content: string): { itemId: string; payload: string } | undefined;
  /** Gemini: the signature of a function call or text part. */
  thoughtSignature(): string;
  isThoughtSignature(signature: string): boolean;
};

/** A mint of one provider account: what another secret minted is refused. */
export function createMint(secret: string): Mint {
  let counter = 0;
  const seal = (kind: string, parts: readonly string[]): string => {
    const payload = JSON.stringify([kind, ...parts]);
    const tag = createHmac('sha256', secret).update(payload).digest('base64url');
    return Buffer.from(JSON.stringify([payload, tag])).toString('base64');
  };
  const unseal = (kind: string, sealed: string): string[] | undefined => {
    try {
      const [payload, tag] = JSON.parse(Buffer.from(sealed, 'base64').toString('utf8')) as [string, string];
      if (createHmac('sha256', secret).update(payload).digest('base64url') !== tag) return undefined;
      const [found, ...parts] = JSON.parse(payload) as string[];
      return found === kind && Buffer.from(sealed, 'base64').toString('base64') === sealed ? parts : undefined;
    } catch {
      return undefined;
    }
  };
  const nonce = (): string => String((counter += 1));
  return {
    id(prefix, length) {
      const bytes = createHash('sha512').update(`${secret}:${prefix}:${nonce()}`).digest();
      return prefix + Array.from({ length }, (_, index) => BASE62[(bytes[index % bytes.length] ?? 0) % 62]).join('');
    },
    signature: (thinking) => seal('thinking', [nonce(), digest(thinking)]),
    isSignature: (signature, thinking) => unseal('thinking', signature)?.[1] === digest(thinking),
    encryptedContent: (itemId, payload = '') => seal('encrypted', [nonce(), itemId, payload]),
    openEncrypted(content) {
      const parts = unseal('encrypted', content);
      return parts === undefined ? undefined : { itemId: parts[1] ?? '', payload: parts[2] ?? '' };
    },
    thoughtSignature: () => seal('thought', [nonce()]),
    isThoughtSignature: (signature) => unseal('thought', signature) !== undefined,
  };
}

const digest = (value: string): string => createHash('sha256').update(value).digest('base64url');
