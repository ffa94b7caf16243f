/** What a build knows about its updates, from the `release.json` that packaging puts beside it. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isErrno } from '../../kit/atomic-file.ts';

const httpsUrl = z.url({ protocol: /^https$/ });

const releaseFile = z.object({
  /** Folder with `update.json`, its signature and the files it names. */
  update_url: httpsUrl,
  /** Ed25519, the 32 bytes as base64: what `build/sign-update.mjs --generate-key` prints. */
  update_key: z.string(),
  channel: z.string().min(1).max(32),
  /** Further hosts that a file may be fetched from by redirection. */
  hosts: z.array(z.string()).default([]),
  /** Where people get earlier versions. */
  releases_url: httpsUrl.optional(),
});

export interface Release {
  /** Ends with `/`. */
  readonly url: string;
  readonly key: KeyObject;
  readonly channel: string;
  readonly hosts: readonly string[];
  readonly releasesUrl: string;
}

/** `absent`: a build that was not made to look for updates, one from sources for example. */
export type ReleaseReading =
  { readonly kind: 'found'; readonly release: Release } | { readonly kind: 'absent' | 'broken' };

export function readRelease(file: string): ReleaseReading {
  try {
    const { update_url, update_key, channel, hosts, releases_url } = releaseFile.parse(
      JSON.parse(readFileSync(file, 'utf8')),
    );
    const url = update_url.endsWith('/') ? update_url : `${update_url}/`;
    const release = { url, channel, hosts, key: publicKeyFrom(update_key), releasesUrl: releases_url ?? url };
    return { kind: 'found', release };
  } catch (error) {
    return { kind: isErrno(error, 'ENOENT') ? 'absent' : 'broken' };
  }
}

/** Throws when it is not 32 bytes as base64. */
export function publicKeyFrom(base64: string): KeyObject {
  const x = Buffer.from(base64, 'base64');
  if (x.length !== 32) throw new Error('an Ed25519 key has 32 bytes');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' });
}
