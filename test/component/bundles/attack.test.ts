// The attack suite (BND-97): each forgery is refused with a code of its own, and the old bundle stays in force.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelopeJson, readEnvelope } from '../../../main/bundles/envelope.ts';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { Attack, good, type Fields } from './attack-world.ts';
import { cardIn, chainOf, denied, json, Publisher, signed, type Machine, type OpenMachine } from './follow-world.ts';

const stranger = generateSigningKey();
const most = Number.MAX_SAFE_INTEGER;
const attack = new Attack();

describe('forgeries', () => {
  let app: OpenMachine;
  let here: Machine;

  beforeAll(async () => {
    await attack.open();
    here = attack.machine();
    app = await attack.following(here);
  });

  afterAll(async () => {
    await attack.close();
  });

  const forgeries: Readonly<Record<string, readonly [code: string, serve: () => void]>> = {
    'a wrong key under the id of a right one': [
      'bundle.bad_signature',
      () => {
        const envelope = envelopeJson(
          readEnvelope(signed('bundle', attack.publisher.bundle({ epoch: 2, version: 3 }), stranger)),
        );
        attack.serve(Buffer.from(JSON.stringify(envelope).replace(stranger.id, attack.publisher.second.id)));
      },
    ],
    'a changed payload under a right signature': [
      'bundle.bad_signature',
      () => {
        const { payload: _, ...envelope } = envelopeJson(readEnvelope(attack.publisher.next())) as Fields;
        const payload = json(attack.publisher.bundle({ epoch: 2, version: 4 })).toString('base64');
        attack.serve(json({ payloadType: envelope['payloadType'], payload, signatures: envelope['signatures'] }));
      },
    ],
    'an unknown key': [
      'bundle.unknown_key',
      () => attack.serve(attack.publisher.signedBundle({ epoch: 2, version: 3 }, stranger)),
    ],
    'a signer who retired': [
      'bundle.unknown_key',
      () => attack.serve(attack.publisher.signedBundle({ epoch: 2, version: 3 }, attack.publisher.signer)),
    ],
    'too few signatures': [
      'bundle.threshold_not_met',
      () => {
        const signers = { threshold: 2, keys: [attack.publisher.second.publicKey, stranger.publicKey], bundles: ['*'] };
        const third = signed('trust', attack.publisher.trust({ epoch: 3, signers }), attack.publisher.root);
        attack.serve(attack.publisher.next({ epoch: 3 }), attack.publisher.chain(third));
      },
    ],
    'one signature twice': [
      'bundle.threshold_not_met',
      () => {
        const signers = { threshold: 2, keys: [attack.publisher.second.publicKey, stranger.publicKey], bundles: ['*'] };
        const third = signed('trust', attack.publisher.trust({ epoch: 3, signers }), attack.publisher.root);
        const envelope = envelopeJson(readEnvelope(attack.publisher.next({ epoch: 3 }))) as { signatures: unknown[] };
        attack.serve(
          json({ ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] }),
          attack.publisher.chain(third),
        );
      },
    ],
    'no signature': ['bundle.not_signed', () => attack.serve(json(attack.publisher.bundle({ epoch: 2, version: 3 })))],
    'another publisher, with keys of its own': [
      'bundle.fingerprint_mismatch',
      () => {
        const other = new Publisher('other');
        attack.serve(other.signedBundle({ version: 3 }), other.signedTrust());
      },
    ],
    'a publisher of another name in the chain': [
      'bundle.org_mismatch',
      () =>
        attack.serve(
          attack.publisher.next({ epoch: 3 }),
          attack.publisher.chain(
            signed('trust', attack.publisher.trust2({ epoch: 3, org: 'other' }), attack.publisher.root),
          ),
        ),
    ],
    'another bundle of the same publisher': [
      'bundle.id_mismatch',
      () => attack.serve(attack.publisher.next({ id: 'acme-other' })),
    ],
    'a bundle that its signer may not sign': [
      'bundle.id_mismatch',
      () => attack.serve(attack.publisher.next({ id: 'else-core' })),
    ],
    'another kind of payload': [
      'bundle.payload_type',
      () =>
        attack.serve(signed('freshness', attack.publisher.bundle({ epoch: 2, version: 3 }), attack.publisher.second)),
    ],
    'an older version': ['bundle.rollback', () => attack.serve(attack.publisher.next({ version: 1 }))],
    'an older epoch, whatever its version': [
      'bundle.epoch_rollback',
      () => attack.serve(attack.publisher.signedBundle({ epoch: 1, version: most }), attack.publisher.signedTrust()),
    ],
    'another bundle of the same version': [
      'bundle.equivocation',
      () => attack.serve(attack.publisher.next({ version: 2 })),
    ],
    'another trust document of the same epoch': [
      'bundle.equivocation',
      () => {
        const twin = signed(
          'trust',
          attack.publisher.trust2({ expires: '2028-01-01T00:00:00Z' }),
          attack.publisher.root,
        );
        attack.serve(attack.publisher.next(), chainOf(attack.publisher.signedTrust(), twin));
      },
    ],
    'one that expired': [
      'bundle.expired',
      () =>
        attack.serve(attack.publisher.next({ issued_at: '2026-11-01T00:00:00Z', expires_at: '2026-11-30T00:00:00Z' })),
    ],
    'one that is not valid yet': [
      'bundle.not_yet_valid',
      () => attack.serve(attack.publisher.next({ not_before: '2026-12-24T00:00:00Z' })),
    ],
    'an answer without an end': ['bundle.too_large', () => attack.serve((_, response) => pour(response))],
    'an answer that says it is a GiB': [
      'bundle.too_large',
      () => attack.serve((_, response) => response.writeHead(200, { 'content-length': String(2 ** 30) }).write('{')),
    ],
    'an answer that comes drop by drop': ['bundle.too_slow', () => attack.serve((_, response) => drip(response))],
    'a compressed bomb': [
      'bundle.malformed',
      () =>
        attack.serve((_, response) =>
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000))),
        ),
    ],
    'a compressed file': ['bundle.malformed', () => attack.serve(gzipSync(attack.publisher.next()))],
    'a web page': ['bundle.malformed', () => attack.serve(Buffer.from('<!doctype html><title>Sign in</title>'))],
    'a name that stands twice': [
      'bundle.malformed',
      () => attack.serve(attack.publisher.raw((text) => text.replace('"version": 3', '"version": 3, "version": 4'))),
    ],
    'a name that stands twice in the envelope': [
      'bundle.malformed',
      () => attack.serve(Buffer.from(attack.publisher.next().toString().replace('{', '{"payloadType": "x",'))),
    ],
    'lists in lists without an end': [
      'bundle.malformed',
      () =>
        attack.serve(
          attack.publisher.raw((text) => text.replace('"acme-core"', '['.repeat(5_000) + ']'.repeat(5_000))),
        ),
    ],
    'a number that no float holds': [
      'bundle.malformed',
      () => attack.serve(attack.publisher.raw((text) => text.replace('"version": 3', '"version": 9007199254740993'))),
    ],
    'not a number': [
      'bundle.malformed',
      () => attack.serve(attack.publisher.raw((text) => text.replace('"version": 3', '"version": NaN'))),
    ],
    'half a character': [
      'bundle.malformed',
      () => attack.serve(attack.publisher.raw((text) => text.replace('"acme-core"', '"acme-core", "name": "\\ud800"'))),
    ],
    'the prototype of all': [
      'bundle.malformed',
      () =>
        attack.serve(
          attack.publisher.raw((text) => text.replace('"version"', '"__proto__": {"admin": true}, "version"')),
        ),
    ],
    'an unknown field': ['bundle.schema', () => attack.serve(attack.publisher.next({ allow_everything: true }))],
    'a section from the future': [
      'bundle.unknown_section',
      () => attack.serve(attack.publisher.next({ enforced: { quantum: { allow: ['*'] } } })),
    ],
    'a newer app': ['bundle.app_too_old', () => attack.serve(attack.publisher.next({ min_app: '99.0.0' }))],
    'a pattern that never ends': [
      'bundle.schema',
      () =>
        attack.serve(
          attack.publisher.next({ enforced: { masking: { patterns: [{ id: 'slow', pattern: '(a+)+\\1$' }] } } }),
        ),
    ],
    'a pattern that is none': [
      'bundle.lint',
      () =>
        attack.serve(attack.publisher.next({ enforced: { masking: { patterns: [{ id: 'open', pattern: '(a' }] } } })),
    ],
    'a secret inside': [
      'bundle.secret_found',
      () => {
        const secret = `${'gh'}${'p_'}${createHash('sha256').update('a').digest('hex').slice(0, 36)}`;
        const define = { eu: { kind: 'openai', base_url: 'https://eu.example/v1', headers: { 'x-team': secret } } };
        attack.serve(attack.publisher.next({ enforced: { providers: { define } } }));
      },
    ],
    'a test that fails here': [
      'bundle.tests_failed',
      () => {
        const request = { model: 'demo/echo', messages: [{ role: 'user', content: 'hi' }] };
        const cases = [{ name: 'all is allowed', request, expect: { decision: 'allow' } }];
        attack.serve(
          attack.publisher.next({ enforced: { models: { deny: ['*'] } }, tests: [{ suite: 'core', cases }] }),
        );
      },
    ],
    'a way to another origin': [
      'bundle.redirected',
      () => attack.serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/x.sluice' }).end()),
    ],
    'a way that never ends': [
      'bundle.redirected',
      () => attack.serve((_, response) => response.writeHead(302, { location: '/acme-core.sluice' }).end()),
    ],
    'a chain with a gap': [
      'bundle.trust_gap',
      () =>
        attack.serve(
          attack.publisher.next({ epoch: 4 }),
          attack.publisher.chain(signed('trust', attack.publisher.trust2({ epoch: 4 }), attack.publisher.root)),
        ),
    ],
    'a root that vouches for itself': [
      'bundle.trust_not_signed',
      () => {
        const root = { threshold: 1, keys: [stranger.publicKey] };
        const third = signed('trust', attack.publisher.trust2({ epoch: 3, root }), stranger);
        attack.serve(attack.publisher.next({ epoch: 3 }), attack.publisher.chain(third));
      },
    ],
    'trust that expired': [
      'bundle.trust_expired',
      () => {
        const third = signed(
          'trust',
          attack.publisher.trust2({ epoch: 3, expires: '2026-11-30T00:00:00Z' }),
          attack.publisher.root,
        );
        attack.serve(attack.publisher.next({ epoch: 3 }), attack.publisher.chain(third));
      },
    ],
    'a chain of nothing': [
      'bundle.malformed',
      () => attack.serve(attack.publisher.next({ epoch: 3 }), Buffer.from('[]')),
    ],
  };

  it.each(Object.entries(forgeries))('refuses %s', async (_, [code, forge]) => {
    const before = app.store.snapshot;
    forge();
    here.notices.length = 0;
    await app.bundles.check({});
    expect(cardIn(app).error?.code).toBe(code);
    expect(cardIn(app)).toMatchObject({ epoch: 2, version: 2 });
    expect(denied(app)).toEqual(good);
    expect(app.store.snapshot).toBe(before);
    // Told once, however often it is seen, and never of a host that merely fails.
    await app.bundles.check({});
    const told = here.notices.map(({ kind, code: why }) => `${kind} ${String(why)}`);
    const network = ['bundle.redirected', 'bundle.too_slow'].includes(code);
    expect(told).toEqual(network ? [] : [`rejected ${code}`]);
    attack.serve(attack.publisher.next({ version: 2, enforced: { models: { deny: good } } }));
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', error: null });
  });
});

function pour(response: ServerResponse): void {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
    if (!response.destroyed) response.once('drain', more);
  };
  response.on('error', () => undefined);
  more();
}

function drip(response: ServerResponse): void {
  response.writeHead(200).write('{');
  const drops = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drops));
}
