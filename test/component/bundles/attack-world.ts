// What the tests of attacks share: a publisher whose first signer is retired, and a machine that follows it.

import { expect } from 'vitest';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import {
  cardIn,
  chainOf,
  configFor,
  json,
  Machine,
  Publisher,
  signed,
  StaticHost,
  type Answer,
  type OpenMachine,
} from './follow-world.ts';

export type Fields = Readonly<Record<string, unknown>>;
export const good = ['*/*-preview*'];

/** Epoch 2, of which the first signer is retired. */
export class Rotated extends Publisher {
  readonly second = generateSigningKey();
  readonly fresh = generateSigningKey();

  trust2(change: Fields = {}): Fields {
    const signers = { threshold: 1, keys: [this.second.publicKey], bundles: ['acme-*'] };
    return this.trust({ epoch: 2, signers, ...change });
  }

  chain(...further: readonly Uint8Array[]): Buffer {
    return chainOf(this.signedTrust(), signed('trust', this.trust2(), this.root), ...further);
  }

  next(change: Fields = {}): Buffer {
    return this.signedBundle(
      { epoch: 2, version: 3, enforced: { models: { deny: ['widened/*'] } }, ...change },
      this.second,
    );
  }

  /** What no serialiser of ours would write. */
  raw(change: (text: string) => string): Buffer {
    const text = json(this.bundle({ epoch: 2, version: 3 })).toString();
    return signed('bundle', Buffer.from(change(text)), this.second);
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'it was not refused';
}

/** A host, and the machines that follow what it serves. */
export class Attack {
  readonly site = new StaticHost();
  readonly #machines: Machine[] = [];
  publisher = new Rotated();

  async open(): Promise<void> {
    await this.site.open();
  }

  get address(): string {
    return `${this.site.origin}/acme-core.sluice`;
  }

  serve(bundle: Uint8Array | Answer, trust: Uint8Array | Answer = this.publisher.chain()): void {
    this.site.files.set('/acme-core.sluice', bundle);
    this.site.files.set('/acme-core.trust.sluice', trust);
  }

  machine(): Machine {
    const made = new Machine(configFor({ url: this.address, trust: this.publisher.fingerprint }));
    made.limits = { graceMs: 100, totalMs: 2_000, minBytesPerS: 100_000 };
    this.#machines.push(made);
    return made;
  }

  /** Version 2 of epoch 2 is in force. */
  async following(here = this.machine()): Promise<OpenMachine> {
    this.serve(this.publisher.next({ version: 2, enforced: { models: { deny: good } } }));
    const app = await here.open();
    await app.bundles.check({});
    expect(cardIn(app)).toMatchObject({ state: 'active', epoch: 2, version: 2 });
    return app;
  }

  /** Ends the machines, and begins with other keys. */
  async renew(): Promise<void> {
    for (const one of this.#machines.splice(0)) await one.end();
    this.publisher = new Rotated();
  }

  async close(): Promise<void> {
    await this.renew();
    await this.site.close();
  }
}
