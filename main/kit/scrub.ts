/** Takes the secrets that went out with a call out of what comes back from it (SEC-52). */
import { redacted, spellings } from './redact.ts';

/** Shorter ones would blot out ordinary words. */
const minimumLength = 8;

export class Scrub {
  readonly #secrets: readonly string[];
  /** In latin1, so that bytes and text are searched alike; made when first needed, which is hardly ever. */
  #spelt: readonly string[] | undefined;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret.length >= minimumLength);
  }

  /** Whether one of them stands there as it was sent. */
  isIn(text: string): boolean {
    return this.#secrets.some((secret) => text.includes(secret));
  }

  text(text: string): string {
    return this.bytes(Buffer.from(text, 'utf8')).toString('utf8');
  }

  /** The same bytes when no spelling of a secret is among them. */
  bytes(bytes: Buffer): Buffer {
    this.#spelt ??= this.#spellAll();
    let clean: string | undefined;
    for (const spelling of this.#spelt) {
      if (clean === undefined ? !bytes.includes(spelling, 0, 'latin1') : !clean.includes(spelling)) continue;
      clean = (clean ?? bytes.toString('latin1')).replaceAll(spelling, redacted);
    }
    return clean === undefined ? bytes : Buffer.from(clean, 'latin1');
  }

  /** Longest first: what holds another goes as a whole. */
  #spellAll(): readonly string[] {
    const all = new Set<string>();
    for (const secret of this.#secrets) {
      for (const spelling of spellings(secret)) all.add(Buffer.from(spelling, 'utf8').toString('latin1'));
    }
    return [...all].sort((a, b) => b.length - a.length);
  }
}
