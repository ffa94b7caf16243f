import { describe, expect, it } from 'vitest';
import { found } from './numbers-found.ts';

describe('a link that leads to one person', () => {
  it.each([
    'https://www.linkedin.com/in/mara-kessler-c5e14abf',
    'https://www.instagram.com/mara.kessler/',
    'https://www.strava.com/athletes/02809485',
    'https://calendly.com/mara-kessler/30min',
    'https://crm.kesslers.eu/contacts?q=mara.kessler%40webmail.de',
    'https://kesslers.eu/verify?user=mara.kessler&dob=1980-05-14',
    'https://app.kesslers.eu/users/mara.kessler/orders',
  ])('%s is covered whole', (value) => {
    expect(found(`I went to ${value}, and then?`)).toEqual([['url', value]]);
  });

  it('is somebody’s on a site of projects only where the text says so', () => {
    expect(found('I uploaded my CV to https://github.com/marakessler')).toEqual([
      ['url', 'https://github.com/marakessler'],
    ]);
    expect(found('clone https://github.com/marakessler')).toEqual([]);
  });

  it.each([
    'https://github.com/vercel/next.js/issues/1?q=is%3Aopen',
    'https://x.com/home https://www.facebook.com/sharer/sharer.php?u=a',
    'https://api.kesslers.eu/users/get-all/items?name=foo&page=2',
    'https://example.com/users/mara.kessler?email={email}',
    'http://localhost:3000/?user=mara.kessler',
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
