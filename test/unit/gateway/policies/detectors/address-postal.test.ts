import { describe, expect, it } from 'vitest';
import { addressDetector } from '../../../../../main/gateway/policies/detectors/address/address.ts';
import { finder } from './person-found-in.ts';

const find = finder(addressDetector());

describe('a street without a word for streets, before a postal code and its town', () => {
  it.each([
    ['Lieferung an Hoher Brink 17, 48143 Münster bitte.', 'Hoher Brink 17, 48143 Münster'],
    ['bydliště: Palackého 812/14, 301 00 Plzeň, děkuji', 'Palackého 812/14, 301 00 Plzeň'],
    ['Adressen er Solbakken 9, 2. tv, 7100 Vejle', 'Solbakken 9, 2. tv, 7100 Vejle'],
    ['Anna Berg\nLerchenfeld 8a\n22081 Hamburg\n', 'Lerchenfeld 8a\n22081 Hamburg'],
  ])('is found: %s', (text, address) => {
    expect(find(text)).toEqual([address]);
  });

  it.each([
    'Batch 7, 12000 Pieces arrived.',
    'On March 5, 2024 Berlin was cold.',
    'See Chapter 5, 12345 Words long.',
    'Windows 10, 64000 Files scanned',
  ])('is not seen in: %s', (text) => {
    expect(find(text)).toEqual([]);
  });
});

describe('what belongs to an address in one country alone', () => {
  it.each([
    'Carrera 43A # 18-95, apto 702, Medellín',
    'Rua das Palmeiras, 310, apto 12 - Botafogo, Rio de Janeiro - RJ, 22270-070',
    'Calle Feria 20, 4º izq., 41003 Sevilla',
    'Rua do Almada, 55 2.º Dto., 4050-037 Porto',
    'Rue Haute 90 bte 3, 1000 Bruxelles',
    'P.O. Box 30197-00100, Nairobi',
    'Lale Sok. No: 12 Kat 3, 34394 Şişli/İstanbul',
    'Jl. Melati No. 8, RT 02/RW 07, Depok 16431',
    'H.No. 8-3-231, Park Road, Hyderabad 500073',
    'The Old Bakery, 14 Castle Street, Ludlow SY8 1AS',
    'Apt 902, Palm Court Residence, Corniche Road, Abu Dhabi',
  ])('is taken along: %s', (address) => {
    expect(find(`Address: ${address}\nThanks`)).toEqual([address]);
  });
});
