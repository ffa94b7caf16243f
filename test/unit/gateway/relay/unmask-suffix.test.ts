import { describe, expect, it } from 'vitest';
import type { Original } from '../../../../main/gateway/exchange.ts';
import { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import { inText } from './unmask-making.ts';

const address: Original = {
  ...{ placeholder: 'EMAIL5bcdfg', suffix: '@masked.invalid', text: 'anna@example.org', kind: 'email' },
  ...{ inText: true, inTool: () => true },
};
const unmasker = (): Unmasker => new Unmasker({ byPlaceholder: new Map([['email5bcdfg', address]]) });

describe('a placeholder that looks like an address', () => {
  it('is replaced with what makes it look so, in any case', () => {
    expect(unmasker().text('to EMAIL5bcdfg@masked.invalid, or email5bcdfg@Masked.Invalid', inText)).toBe(
      'to anna@example.org, or anna@example.org',
    );
  });

  it('is known without it as well, and leaves alone what only looks like it', () => {
    expect(unmasker().text('EMAIL5bcdfg, EMAIL5bcdfg@masked.org', inText)).toBe(
      'anna@example.org, anna@example.org@masked.org',
    );
  });

  it('is restored wherever it is cut, and nothing is lost where it ends early', () => {
    for (const masked of ['<EMAIL5bcdfg@masked.invalid>!', 'EMAIL5bcdfg@masked.inv', 'EMAIL5bcdfg@']) {
      const whole = unmasker().text(masked, inText);
      for (let cut = 0; cut <= masked.length; cut++) {
        const channel = unmasker().channel('text', inText);
        const got = channel.push(masked.slice(0, cut)) + channel.push(masked.slice(cut)) + channel.end();
        // What has to wait to be told apart may be told early where the text just ends: as it was written.
        expect([whole, masked]).toContain(got);
        if (masked.endsWith('!')) expect(got).toBe(whole);
      }
    }
  });
});
