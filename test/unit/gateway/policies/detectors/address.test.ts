import { describe, expect, it } from 'vitest';
import { addressDetector } from '../../../../../main/gateway/policies/detectors/address/address.ts';
import { finder } from './person-found-in.ts';

const find = finder(addressDetector());

describe('an address of one line', () => {
  it.each([
    '48 Willowbrook Crescent, Guelph, ON N1H 3T8',
    '1200 Market St Apt 5B, Philadelphia, PA 19107',
    '1600 Pennsylvania Avenue NW, Washington, DC 20500',
    '221B Baker Street, London NW1 6XE',
    "14 O'Connell Street, Dublin 1, D01 F5P2",
    '12/45 George Street, Sydney NSW 2000',
    'Flat 3, 27 Gloucester Road, London SW7 4PL',
    'Hauptstr. 23, 8001 Zürich',
    'Lindenallee 7, 50968 Köln',
    'Am Alten Markt 14b, 14467 Potsdam',
    '27 rue des Lilas, 69003 Lyon',
    'Calle de Alcalá 45, 28014 Madrid',
    'Avenida de la Constitución 18, 2º B, 41004 Sevilla',
    'Via Garibaldi 12, 20121 Milano MI',
    'Rua Augusta, 1500, apto 32, São Paulo - SP, 01304-001',
    'ul. Marszałkowska 10/5, 00-590 Warszawa',
    'Storgatan 14, 211 42 Malmö',
    'Prinsengracht 263, 1016 GV Amsterdam',
    'Jalan Sudirman No. 25, Jakarta 10220',
    'PO Box 1234, Springfield, IL 62701',
    'Postfach 10 20 30, 60020 Frankfurt',
  ])('is found whole behind a field: %s', (address) => {
    expect(find(`Address: ${address}\nPhone: none`)).toEqual([address]);
  });

  it.each([
    [
      'He wrote from 48 Willowbrook Crescent, Guelph, ON N1H 3T8 yesterday.',
      '48 Willowbrook Crescent, Guelph, ON N1H 3T8',
    ],
    ['Das Haus Lindenallee 7, 50968 Köln ist verkauft.', 'Lindenallee 7, 50968 Köln'],
    ['demeurant 64 bis boulevard Voltaire, 13006 Marseille, atteste', '64 bis boulevard Voltaire, 13006 Marseille'],
    ['Проживает по адресу: г. Москва, ул. Тверская, д. 12, кв. 45', 'г. Москва, ул. Тверская, д. 12, кв. 45'],
    ['住址：北京市朝阳区建国路88号3号楼1502室', '北京市朝阳区建国路88号3号楼1502室'],
    ['住所は〒150-0002 東京都渋谷区渋谷2丁目21-1です', '〒150-0002 東京都渋谷区渋谷2丁目21-1'],
    ['주소: 서울특별시 강남구 테헤란로 152', '서울특별시 강남구 테헤란로 152'],
    ['{"shipping_address": "77 Massachusetts Ave, Cambridge, MA 02139"}', '77 Massachusetts Ave, Cambridge, MA 02139'],
    ['{"street":"Bahnhofstrasse 12","zip":"8001"}', 'Bahnhofstrasse 12'],
    ['LOCATION:Schönhauser Allee 45, 10435 Berlin', 'Schönhauser Allee 45, 10435 Berlin'],
  ])('is found in a text: %s', (text, address) => {
    expect(find(text)).toEqual([address]);
  });
});

it('takes the lines of one block as one address', () => {
  const block = '742 Evergreen Terrace\nSpringfield, OR 97403';
  expect(find(`Deliver it to ${block}\n\nThank you`)).toEqual([block]);
});

it('takes what a field for addresses holds', () => {
  expect(find('Vombelhof 3, Hinterland', 'shipping_address')).toEqual(['Vombelhof 3, Hinterland']);
  expect(find('0x12ab34 Vombelhof', 'model')).toEqual([]);
});

describe('what is no address', () => {
  it.each([
    'const way = 3; drive(2); a square 5, place 4',
    'Copyright (c) 2013 Gary Court',
    'The address is an IPv4-mapped one, see "address": "0x1234".',
    "{ location: 'europe-west4', address: '10.0.0.1' }",
    "I live at home and it is 5 o'clock.",
    'There are 3 Ways to do it and 24 Steps.',
    'via npm 10 or via Docker',
    'Step 12 Close the lid. See section 4 Street data.',
  ])('in %j', (text) => {
    expect(find(text)).toEqual([]);
  });
});

it('comes to an end on texts made to keep it busy', () => {
  for (const piece of [
    '1 Main Street ',
    ' street',
    'rue De La ',
    'apt 1 ',
    'live at ',
    '"address":"',
    '東京都',
    '王市',
    '서울시 ',
    'strasse 1 ',
    '1234 ',
  ]) {
    expect(Array.isArray(find(piece.repeat(200_000 / piece.length)))).toBe(true);
  }
});
