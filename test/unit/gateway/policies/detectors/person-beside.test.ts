import { describe, expect, it } from 'vitest';
import { personDetector } from '../../../../../main/gateway/policies/detectors/person/person.ts';
import { finder } from './person-found-in.ts';

const find = finder(personDetector());

describe('a single name that what stands beside it makes one', () => {
  it.each([
    ['Thank you, Wilhelmina. Goodbye.', 'Wilhelmina'],
    ['- Wilhelmina to send the contract', 'Wilhelmina'],
    ['Could Wilhelmina send the keys?', 'Wilhelmina'],
    ['Hi, this is Wilhelmina from the clinic', 'Wilhelmina'],
    ['That works for me.\n\nWilhelmina\n\nOn Tue, 5 Mar 2024', 'Wilhelmina'],
    ['Please ring Wilhelmina on 5', 'Wilhelmina'],
    ['Forename(s): Xqarin\n', 'Xqarin'],
    ['Gentile Dott.ssa Xqarini,', 'Xqarini'],
    ['Hausarzt Dr. med. Xqarmeier, Tel.', 'Xqarmeier'],
    ['Mr. De Xqaris was late', 'De Xqaris'],
    ['1 MORALES/INES MRS LH400', 'MORALES/INES'],
    ['เรียน คุณสมหญิง ใจดี', 'สมหญิง ใจดี'],
    ['请联系王卫国。', '王卫国'],
  ])('is found in: %s', (text, name) => {
    expect(find(text)).toContain(name);
  });

  it('both speakers of a chat in small letters are found', () => {
    expect(find('Wilhelmina: are we still on?\nFlorentina: yes, see you there\n')).toEqual([
      'Wilhelmina',
      'Florentina',
    ]);
  });

  it.each(['name: build\nJulia: the language\n', 'IN/OUT DR flags', 'Ask the team. Thanks', 'Could Redis send it?'])(
    'is not seen in: %s',
    (text) => {
      expect(find(text)).toEqual([]);
    },
  );
});

describe('names in ways of their own', () => {
  it.each([
    ['for patient Seo-yeon Lim (dob)', 'Seo-yeon Lim'],
    ['Teilnehmer: WILHELMINA XQARMEIER und andere', 'WILHELMINA XQARMEIER'],
    [
      "INSERT INTO t (id, first_name, last_name) VALUES (1, 'Xqarin', 'Xqarov'), (2, 'Vombel', 'Vombelov');",
      'Vombelov',
    ],
  ])('are found: %s', (text, name) => {
    expect(find(text)).toContain(name);
  });

  it.each([
    'Charles Schwab and Morgan Stanley reported.',
    'Sherlock Holmes is fiction.',
    'Will Smith & Sons deliver?',
    '<input name="Thai ID">',
  ])('firms, figures of tales and names of fields are none: %s', (text) => {
    expect(find(text)).toEqual([]);
  });
});
