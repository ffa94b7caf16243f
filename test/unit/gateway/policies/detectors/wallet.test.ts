import { describe, expect, it } from 'vitest';
import { isBase58Check, isBech32, isStellar } from '../../../../../main/gateway/policies/detectors/wallet-checks.ts';
import { found } from './numbers-found.ts';

// Published in the chains' own documentation.
const bitcoin = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
const segwit = 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq';
const taproot = 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr';
const stellar = 'GBRPYHIL2CI3FNQ4BXLFMNDLFJUNPU2HY3ZMFSHONUCEOASW7QC7OX2H';
const ripple = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';

describe('the address of a wallet', () => {
  it.each([bitcoin, segwit, taproot, stellar, ripple])('%s is known by its checksum', (value) => {
    expect(found(`{"to":"${value}"}`)).toEqual([['crypto_wallet', value]]);
  });

  it('with one character wrong is none', () => {
    expect([isBase58Check(bitcoin), isBase58Check(bitcoin.replace('Na', 'Nb'))]).toEqual([true, false]);
    expect([isBase58Check(ripple, 'ripple'), isBase58Check(ripple.replace('Th', 'Ti'), 'ripple')]).toEqual([
      true,
      false,
    ]);
    expect([isBech32(segwit), isBech32(segwit.replace('mdq', 'mdp'))]).toEqual([true, false]);
    expect([isBech32(taproot), isBech32(taproot.replace('rcr', 'rcq'))]).toEqual([true, false]);
    expect([isStellar(stellar), isStellar(stellar.replace('X2H', 'X2G'))]).toEqual([true, false]);
  });

  it('in hexadecimal digits of one case needs a word', () => {
    const address = '0xde709f2102306220921060314715629080e2fb77';
    expect(found(`wallet ${address}`)).toEqual([['crypto_wallet', address]]);
    expect(found(`x = ${address}`)).toEqual([]);
    expect(found(`${address} (contract)`)).toEqual([]);
  });

  it.each([
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    '0x0000000000000000000000000000000000000000 wallet',
    'wallet 0x000000000000000000000000000000000000dEaD',
    'sha256-abcdefABCDEF1234567890abcdefABCDEF1234567890abcdefABCDEF',
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
