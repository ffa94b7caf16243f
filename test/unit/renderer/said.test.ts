import { describe, expect, it } from 'vitest';
import { clientCatalogue } from '../../../main/clients/catalogue.ts';
import { parseConfig } from '../../../main/config/parse.ts';
import { clientsSaidDe } from '../../../renderer/text/de/said-clients.ts';
import { saidDe } from '../../../renderer/text/de/said.ts';
import { retold } from '../../../renderer/text/said.ts';

const german = (english: string): string => retold(english, saidDe).text;

/** Names, paths, commands and the like are the same in every language. */
const isNoSentence = (text: string): boolean =>
  /^(?:[~.\w/-]+|(?:npm|pip) install .+|[\w ]+ › .+|(?:agent|Preferences): .+)$/.test(text);
const names = new Set([
  'JavaScript',
  'Python',
  'OpenAI Chat Completions',
  'Anthropic Messages',
  'Third-party inference',
]);

describe('what is said of programs', () => {
  const said = clientCatalogue.flatMap(({ reason, restart, check, settings }) => [
    ...[reason ?? '', restart, check],
    ...settings.flatMap(({ title, place }) => [title, place]),
  ]);

  it('is there in German, every sentence of it', () => {
    const missing = new Set(said.filter((one) => one !== '' && !Object.hasOwn(clientsSaidDe, one)));
    expect([...missing].filter((one) => !names.has(one) && !isNoSentence(one))).toEqual([]);
  });

  it('has no sentence in German that nothing says any more', () => {
    const known = new Set(said);
    expect(Object.keys(clientsSaidDe).filter((one) => !known.has(one))).toEqual([]);
  });
});

it('where a key was found is told in German', () => {
  expect(german('OPENAI_API_KEY in the environment')).toBe('OPENAI_API_KEY in der Umgebung');
});

describe('what is wrong with a config file', () => {
  const wrong = (yaml: string): readonly string[] => {
    const result = parseConfig(yaml, { file: 'sluice.yaml', now: 0 });
    return result.ok ? [] : result.problems.map(({ problem, mend }) => `${german(problem)}. ${german(mend)}`);
  };
  const with_ = (lines: string): string => `version: 1\n${lines}`;

  it.each([
    ['', 'die Datei ist leer. Beginnen Sie die Datei mit „version: 1“'],
    ['providers: []', 'version fehlt. Beginnen Sie die Datei mit „version: 1“'],
    [with_('budget: []'), 'unbekannter Name "budget". Meinten Sie budgets?'],
    [with_('logging: { retention_days: many }'), 'retention_days: erwartet: eine Zahl, gefunden: Text. '],
    [with_('logging: { retention_days: 0 }'), 'retention_days: 0 liegt außerhalb des Erlaubten. Mindestens 1'],
    [with_('logging: { content: 12 }'), 'content: 12 ist nicht bekannt. Möglich: off, metadata, redacted oder full'],
    [
      with_('logging: { content: ful }'),
      'content: "ful" ist nicht bekannt. Meinten Sie full? Möglich: off, metadata, redacted oder full',
    ],
    [
      with_('masking: { enabled: often }'),
      'enabled: erwartet: true oder false, gefunden: Text. Schreiben Sie true oder false',
    ],
    [with_('providers: [{ kind: demo }]'), 'id fehlt. Ergänzen Sie id: Text'],
    [
      with_('providers: [{ id: 7, kind: demo }]'),
      'id: erwartet: Text, gefunden: 7. Setzen Sie es in Anführungszeichen: "7"',
    ],
  ])('%j is told in German', (yaml, told) => {
    expect(wrong(yaml)).toContain(told);
  });

  it('stays English, and says so, where there is no German for it', () => {
    expect(retold('something of a later version', saidDe)).toEqual({
      text: 'something of a later version',
      lang: 'en',
    });
    expect(retold('constructor', saidDe).lang).toBe('en');
  });

  it('is left as it is in English', () => {
    expect(retold('the file is empty', undefined)).toEqual({ text: 'the file is empty', lang: undefined });
  });
});
