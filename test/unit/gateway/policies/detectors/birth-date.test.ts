import { describe, expect, it } from 'vitest';
import { dateEnd } from '../../../../../main/gateway/policies/detectors/birth-date.ts';
import { found } from './numbers-found.ts';

describe('a date of birth', () => {
  it.each([
    ['Date of birth: Feb 12, 1949', 'Feb 12, 1949'],
    ['DOB: 15-Jun-1962     MRN', '15-Jun-1962'],
    ['born 3rd of March 1980', '3rd of March 1980'],
    ['"birthDate":"1953-09-01"', '1953-09-01'],
    ['birth_date: "1980-03-03T00:00:00Z"', '1980-03-03'],
    ['BDAY:19800514', '19800514'],
    ['geboren am 12. Juli 1966, wohnhaft', '12. Juli 1966'],
    ['né(e) le 2 mai 1980.', '2 mai 1980'],
    ['nací el 18 de enero de 1972.', '18 de enero de 1972'],
    ['nata a Roma il 3 marzo 1980', '3 marzo 1980'],
    ['data de nascimento: 03/03/1980', '03/03/1980'],
    ['född 1980-03-03', '1980-03-03'],
    ['data urodzenia: 3 marca 1980', '3 marca 1980'],
    ['родилась 3 марта 1980', '3 марта 1980'],
    ['doğum tarihi 03.03.1980', '03.03.1980'],
    ['生年月日は1959年6月6日、', '1959年6月6日'],
    ['1980年3月3日生まれ', '1980年3月3日'],
    ['생년월일은 1974년 11월 7일이며', '1974년 11월 7일'],
    ['Nachname;Geburtsdatum\nMeier;15.01.1972', '15.01.1972'],
  ])('is found in %j', (text, value) => {
    expect(found(text)).toEqual([['date_of_birth', value]]);
  });

  it('is any date of a field that is named for it', () => {
    expect(found('12.03.1980', 'dateOfBirth')).toEqual([['date_of_birth', '12.03.1980']]);
    expect(found('12.03.1980', 'updated')).toEqual([]);
  });

  it.each(['released on 12.03.2020', 'meeting 3 March 2024 at 10:00', 'the birth of a nation', 'born to run'])(
    'is not seen in: %s',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );
});

it('a date has a month and a day that there are', () => {
  expect([
    dateEnd('31.12.1999', 0),
    dateEnd('12/31/1999', 0),
    dateEnd('31.13.1999', 0),
    dateEnd('1999-12-32', 0),
  ]).toEqual([10, 10, -1, -1]);
});
