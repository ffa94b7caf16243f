/** What trust documents say, for whoever looks at one or is about to sign it: who may sign what, and until when. */
import { readTrustFile, type TrustFile } from '../../bundles/author/trust-file.ts';
import { pinOf } from '../../bundles/author/verify.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { keyIdOf } from '../../bundles/keys.ts';
import type { TrustPayload } from '../../../shared/bundle/payload.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError, type Shell } from '../shell.ts';

/** `sluice bundle inspect` of a file of trust documents. */
export function inspectTrust(bytes: Uint8Array, args: Arguments, shell: Shell): number {
  const trust = args.text('trust');
  const pin = pinOf(trust);
  if (trust !== undefined && pin === undefined)
    throw new UsageError('For trust documents --trust takes the fingerprint of one of them, or a link that has it.');
  const found = readTrustFile(bytes, pin);
  const words = fingerprintWords(found.fingerprint);
  if (args.flag('json')) {
    const { document, fingerprint, signedBy, missing = null } = found;
    const verified = pin !== undefined && missing === null;
    const facts = { verified, ...trustFacts(document), fingerprint, words, signed_by: signedBy, waits_for: missing };
    shell.out(JSON.stringify(facts));
    return 0;
  }
  const isPinned = pin !== undefined && found.missing === undefined;
  shell.out(isPinned ? 'Verified: one of its documents has the fingerprint that was given.' : 'Nobody vouches for it.');
  shell.out(['', ...trustLines(found.document), ...signatureLines(found, words)].map(printable).join('\n'));
  return 0;
}

function signatureLines({ fingerprint, signedBy, missing }: TrustFile, words: readonly string[]): string[] {
  return [
    `Signed by    ${signedBy.join(', ') || 'nobody'}`,
    `Fingerprint  ${fingerprint}`,
    `             ${words.join(' ')}`,
    ...(missing === undefined ? [] : [`Waits        ${missing}`]),
  ];
}

/** Keys by their ids, as JSON has them. */
export function trustFacts({ org, epoch, expires, root, signers, freshness }: TrustPayload): object {
  return {
    ...{ org, epoch, expires },
    root: { threshold: root.threshold, keys: root.keys.map(keyIdOf) },
    signers: { threshold: signers.threshold, keys: signers.keys.map(keyIdOf), bundles: signers.bundles },
    freshness: freshness === undefined ? null : { ...freshness, keys: freshness.keys.map(keyIdOf) },
  };
}

/** What a root key puts its name to. */
export function trustLines({ org, epoch, expires, root, signers, freshness }: TrustPayload): string[] {
  const quorum = ({ threshold, keys }: { readonly threshold: number; readonly keys: readonly string[] }): string =>
    `${threshold} of ${keys.map(keyIdOf).join(', ')}`;
  return [
    `Publisher    ${org}, epoch ${epoch}, until ${expires}`,
    `Root keys    ${quorum(root)}`,
    `Signers      ${quorum(signers)}, for ${signers.bundles.join(', ')}`,
    ...(freshness === undefined
      ? []
      : [
          `Freshness    ${freshness.keys.map(keyIdOf).join(', ')}, at most ${freshness.max_age} old${freshness.required ? ', required' : ''}`,
        ]),
  ];
}
