/** German: what is wrong with a config file, as far as most files are wrong; the rest is told as the instance says it. */
import type { SaidTable } from '../said.ts';

const kinds: Readonly<Record<string, string>> = {
  text: 'Text',
  'a number': 'eine Zahl',
  'a whole number': 'eine ganze Zahl',
  int: 'eine ganze Zahl',
  'true or false': 'true oder false',
  'a list': 'eine Liste',
  'a set of "name: value" pairs': 'Paare „Name: Wert“',
  nothing: 'nichts',
  'another form': 'eine andere Form',
};

/** `a number or a list`, `openai, anthropic or demo`. */
function kind(english: string): string {
  if (Object.hasOwn(kinds, english)) return kinds[english] ?? english;
  return english
    .split(' or ')
    .map((one) => kinds[one] ?? one)
    .join(' oder ');
}

/** `limit_usd: ` before what is said of it. */
const name = '((?:[\\w.-]+: )?)';
/** A value as it stands in the file, or what kind of one it is. */
const value = '("[^"]*"|-?[\\d.]+|true|false|nothing|a list|a set of "name: value" pairs)';

const units: Readonly<Record<string, string>> = {
  '': '',
  entry: 'Eintrag',
  entries: 'Einträge',
  character: 'Zeichen',
  characters: 'Zeichen',
};

export const configSaidDe: SaidTable = {
  sentences: {
    'the file is larger than 4 MiB': 'die Datei ist größer als 4 MiB',
    'This is not a config file': 'Das ist keine Konfigurationsdatei',
    'the file is empty': 'die Datei ist leer',
    'the file is not a set of "name: value" pairs': 'die Datei besteht nicht aus Paaren „Name: Wert“',
    'version is missing': 'version fehlt',
    'version is not a whole number': 'version ist keine ganze Zahl',
    'Update Sluice, or go back to the file of this version':
      'Aktualisieren Sie Sluice, oder nehmen Sie wieder die Datei dieser Version',
    'Write true or false': 'Schreiben Sie true oder false',
    'Write a list: [a, b], or one "- " per line': 'Schreiben Sie eine Liste: [a, b] oder je Zeile ein „- “',
    'Write "name: value" pairs': 'Schreiben Sie Paare „Name: Wert“',
    'Write repeated values out': 'Schreiben Sie wiederholte Werte aus',
    'Write a whole URL': 'Schreiben Sie eine ganze URL',
    'Write 2027-01-01T00:00:00Z': 'Schreiben Sie 2027-01-01T00:00:00Z',
    'Use letters, digits and "-"': 'Nehmen Sie Buchstaben, Ziffern und „-“',
    'Remove it': 'Entfernen Sie es',
    'Shorten it': 'Kürzen Sie es',
    'Fill it in or remove the line': 'Füllen Sie es aus, oder entfernen Sie die Zeile',
    'Give each its own name': 'Geben Sie jedem einen eigenen Namen',
    'Indent with spaces': 'Rücken Sie mit Leerzeichen ein',
    'Keep one of the two': 'Behalten Sie eines von beiden',
    'Line the entry up with its neighbours, with spaces':
      'Stellen Sie den Eintrag mit Leerzeichen unter seine Nachbarn',
    'Keep one document: remove the "---" and what follows':
      'Behalten Sie ein Dokument: Entfernen Sie „---“ und was darauf folgt',
    'Remove the tag: plain YAML is enough': 'Entfernen Sie das Tag: Einfaches YAML genügt',
    'Name an anchor that stands further up, or write the value out':
      'Nennen Sie einen Anker, der weiter oben steht, oder schreiben Sie den Wert aus',
    'Check indentation, quotes and brackets near here': 'Prüfen Sie hier Einrückung, Anführungszeichen und Klammern',
    'Map keys must be unique': 'derselbe Name steht zweimal',
    'Source contains multiple documents': 'die Datei enthält mehrere Dokumente',
    'variables are not replaced in this file': 'Variablen werden in dieser Datei nicht ersetzt',
    'what follows env: does not name a variable': 'was auf env: folgt, nennt keine Variable',
    'what follows file: is not an absolute path': 'was auf file: folgt, ist kein absoluter Pfad',
    'what follows secret: does not name a secret': 'was auf secret: folgt, nennt kein Geheimnis',
    'a digest cannot be sent to a provider': 'eine Prüfsumme lässt sich keinem Anbieter schicken',
    'Give the key as env:NAME, file:/path or secret:id':
      'Geben Sie den Schlüssel als env:NAME, file:/pfad oder secret:id an',
    'the digest is not 64 hexadecimal digits': 'die Prüfsumme hat nicht 64 hexadezimale Ziffern',
    'Write sha256: and the SHA-256 of the key': 'Schreiben Sie sha256: und die SHA-256 des Schlüssels',
    'Give a real secret, or remove the line': 'Geben Sie ein echtes Geheimnis an, oder entfernen Sie die Zeile',
    'Give the key alone, on one line': 'Geben Sie den Schlüssel allein an, auf einer Zeile',
    'Copy the key again from where it was made': 'Kopieren Sie den Schlüssel noch einmal von dort, wo er gemacht wurde',
    'Write digits with at most one point and no sign, 12 at most on either side, for example "5.00"':
      'Schreiben Sie Ziffern mit höchstens einem Punkt und ohne Vorzeichen, auf jeder Seite höchstens 12, etwa "5.00"',
    'Use printable characters on one line': 'Nehmen Sie druckbare Zeichen auf einer Zeile',
    'Use system, direct or http://HOST:PORT': 'Nehmen Sie system, direct oder http://HOST:PORT',
    'Write provider/model, the alias of a route, or "@requested"':
      'Schreiben Sie anbieter/modell, den Alias einer Route oder "@requested"',
    'Use 1 to 63 letters, digits, ".", "_" or "-", starting with a letter or digit':
      'Nehmen Sie 1 bis 63 Buchstaben, Ziffern, „.“, „_“ oder „-“, am Anfang einen Buchstaben oder eine Ziffer',
    'Use an IANA name, for example Europe/Berlin': 'Nehmen Sie einen Namen der IANA, etwa Europe/Berlin',
    'Use alert, reject, ask or downgrade:ALIAS': 'Nehmen Sie alert, reject, ask oder downgrade:ALIAS',
    'Write 0.8 for 80 %, at most 1': 'Schreiben Sie 0.8 für 80 %, höchstens 1',
    'Choose another alias': 'Wählen Sie einen anderen Alias',
    'Write a name; "*" stands for any characters': 'Schreiben Sie einen Namen; „*“ steht für beliebige Zeichen',
    'Write it in RE2 syntax': 'Schreiben Sie es in der Syntax von RE2',
    'Correct it: RE2 syntax': 'Berichtigen Sie es: Syntax von RE2',
    'Add it under models': 'Nehmen Sie es unter models auf',
    'Write the provider’s own name of the model': 'Schreiben Sie den Namen, den der Anbieter dem Modell gibt',
    'Remove the key or set a later moment': 'Entfernen Sie den Schlüssel, oder setzen Sie einen späteren Zeitpunkt',
  },
  forms: [
    [new RegExp(`^${name}${value} is not a decimal amount$`), (at, found) => `${at}${found} ist kein Betrag`],
    [/^with profile "([^"]*)": (.+)$/, (profile, rest) => `mit dem Profil „${profile}“: ${configTold(rest)}`],
    [
      /^unknown name ("[^"]*")(?: in (.+))?$/,
      (key, where) => `unbekannter Name ${key}${where === '' ? '' : ` in ${where}`}`,
    ],
    [/^Known here: (.+)$/, (names) => `Bekannt sind hier: ${names}`],
    [/^Did you mean ([^?]+)\?$/, (near) => `Meinten Sie ${near}?`],
    [/^Did you mean ([^?]+)\? Use (.+)$/, (near, names) => `Meinten Sie ${near}? Möglich: ${kind(names)}`],
    [/^Use ((?:[\w.-]+, )+[\w.-]+ or [\w.-]+|[\w.-]+ or [\w.-]+)$/, (names) => `Möglich: ${kind(names)}`],
    [/^Use at least (\S+?)( \w+)?$/, (limit, unit) => `Mindestens ${limit}${unitDe(unit)}`],
    [/^Use at most (\S+?)( \w+)?$/, (limit, unit) => `Höchstens ${limit}${unitDe(unit)}`],
    [/^Start the file with "([^"]*)"$/, (line) => `Beginnen Sie die Datei mit „${line}“`],
    [
      /^version (\S+) is newer than what this Sluice understands \((\S+)\)$/,
      (found, known) => `version ${found} ist neuer als das, was dieses Sluice versteht (${known})`,
    ],
    [/^Add ([\w.-]+): (.+)$/, (key, expected) => `Ergänzen Sie ${key}: ${kind(expected)}`],
    [/^Put it in quotes: (.+)$/, (quoted) => `Setzen Sie es in Anführungszeichen: ${quoted}`],
    [/^Remove the quotes: (.+)$/, (bare) => `Entfernen Sie die Anführungszeichen: ${bare}`],
    [/^It must match (.+)$/, (pattern) => `Es muss zu ${pattern} passen`],
    [/^Write (env:\S+)$/, (reference) => `Schreiben Sie ${reference}`],
    [/^Write (file:\S+|secret:\S+)$/, (reference) => `Schreiben Sie ${reference}`],
    [/^Write "([^"]*)"$/, (line) => `Schreiben Sie „${line}“`],
    [
      new RegExp(`^${name}expected (.+), found (.+)$`),
      (at, expected, found) => `${at}erwartet: ${kind(expected)}, gefunden: ${kind(found)}`,
    ],
    [new RegExp(`^${name}${value} is not known$`), (at, found) => `${at}${kind(found)} ist nicht bekannt`],
    [
      new RegExp(`^${name}${value} is out of range$`),
      (at, found) => `${at}${kind(found)} liegt außerhalb des Erlaubten`,
    ],
    [
      new RegExp(`^${name}${value} does not have the right form$`),
      (at, found) => `${at}${kind(found)} hat nicht die richtige Form`,
    ],
    [new RegExp(`^${name}is too (short|long)$`), (at, way) => `${at}zu ${way === 'short' ? 'kurz' : 'lang'}`],
    [new RegExp(`^${name}(?:${value} )?is empty$`), (at) => `${at}ist leer`],
    [new RegExp(`^${name}${value} is not a usable name$`), (at, found) => `${at}${found} ist als Name nicht brauchbar`],
    [new RegExp(`^${name}${value} is not a target$`), (at, found) => `${at}${found} ist kein Ziel`],
    [new RegExp(`^${name}${value} is not a time zone$`), (at, found) => `${at}${found} ist keine Zeitzone`],
    [
      new RegExp(`^${name}${value} is not a budget action$`),
      (at, found) => `${at}${found} ist nichts, was ein Budget tun kann`,
    ],
    [
      /^(it|the value of \S+|\S+) is a placeholder, not a secret$/,
      (what) => `${it(what)} ist ein Platzhalter und kein Geheimnis`,
    ],
    [/^(it|\S+) has more than one line$/, (what) => `${it(what)} hat mehr als eine Zeile`],
    [/^(it|\S+) has characters no key has$/, (what) => `${it(what)} enthält Zeichen, die kein Schlüssel hat`],
    [/^([\w.-]+) is missing$/, (key) => `${key} fehlt`],
    [/^([\w.-]+) "([^"]*)" is used twice$/, (key, id) => `${key} „${id}“ kommt zweimal vor`],
    [/^"([^"]*)" is named twice$/, (id) => `„${id}“ ist zweimal genannt`],
    [/^there is no (provider|alias|team) "([^"]*)"$/, (what, id) => `${missing[what] ?? what} „${id}“ gibt es nicht`],
    [/^there is no route with alias "([^"]*)"$/, (alias) => `eine Route mit dem Alias „${alias}“ gibt es nicht`],
    [/^there is no time zone "([^"]*)"$/, (zone) => `die Zeitzone „${zone}“ gibt es nicht`],
    [
      /^provider "([^"]*)" has no model "([^"]*)", and its list is closed$/,
      (provider, model) => `der Anbieter „${provider}“ hat kein Modell „${model}“, und seine Liste ist abgeschlossen`,
    ],
    [
      /^provider "([^"]*)" needs a (base_url|region|project)$/,
      (provider, what) => `der Anbieter „${provider}“ braucht ${what}`,
    ],
    [/^key "([^"]*)" has expired$/, (key) => `der Schlüssel „${key}“ ist abgelaufen`],
  ],
};

const missing: Readonly<Record<string, string>> = {
  provider: 'den Anbieter',
  alias: 'den Alias',
  team: 'das Team',
};

function it(what: string): string {
  return what === 'it' ? 'es' : what;
}

function unitDe(unit: string): string {
  const word = units[unit.trim()];
  return unit === '' ? '' : ` ${word ?? unit.trim()}`;
}

/** What stands within another sentence. */
function configTold(english: string): string {
  const { sentences, forms } = configSaidDe;
  if (Object.hasOwn(sentences, english)) return sentences[english] ?? english;
  for (const [form, told] of forms) {
    const found = form.exec(english);
    if (found !== null) return told(...found.slice(1).map((part) => part ?? ''));
  }
  return english;
}
