import { describe, expect, it } from 'vitest';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';
import { personDetector } from '../../../../../main/gateway/policies/detectors/person/person.ts';
import { finder } from './person-found-in.ts';

const find = finder(personDetector());

describe('a name that something announces', () => {
  it.each([
    ['Hi Priyanka, the lease is ready.', 'Priyanka'],
    ['Sehr geehrter Herr Obermaier, anbei die Rechnung.', 'Obermaier'],
    ['Sehr geehrte Frau Dr. Kessenbrock, vielen Dank.', 'Kessenbrock'],
    ['Cher Monsieur Delaunay, suite à votre appel', 'Delaunay'],
    ['Estimada Sra. Montalvo, le escribo', 'Montalvo'],
    ['Caro Giancarlo, ti scrivo', 'Giancarlo'],
    ['Prezado Sr. Vasconcelos,', 'Vasconcelos'],
    ['Geachte mevrouw van den Berg,', 'van den Berg'],
    ['Szanowny Panie Wojciechowski,', 'Wojciechowski'],
    ['Vážená paní Nováková, děkuji', 'Nováková'],
    ['Kedves Eszter, köszönöm', 'Eszter'],
    ['Stimate domnule Popescu, vă scriu', 'Popescu'],
    ['Sayın Mehmet Yıldırım, faturanız', 'Mehmet Yıldırım'],
    ['Уважаемый Иван Сергеевич Петров, высылаю договор', 'Иван Сергеевич Петров'],
    ['Αγαπητέ κύριε Παπαδόπουλε, σας γράφω', 'Παπαδόπουλε'],
    ['عزيزي محمد العلي، مرحبا', 'محمد العلي'],
    ['प्रिय राहुल शर्मा, नमस्ते', 'राहुल शर्मा'],
    ['尊敬的李明先生，您好', '李明'],
    ['田中太郎様、いつもお世話になっております。', '田中太郎'],
    ['김민수님 안녕하세요', '김민수'],
    ['Kính gửi ông Nguyễn Văn Hùng,', 'Nguyễn Văn Hùng'],
    ['Меня зовут Екатерина Волкова, я из Казани.', 'Екатерина Волкова'],
    ['Patient Xqaru Vombel was seen today', 'Xqaru Vombel'],
  ])('in %j', (text, name) => {
    expect(find(text)).toEqual([name]);
  });

  it('is a name of unknown words too, where the field says so', () => {
    expect(find('{"customer_name": "Xqaru Vombel"}')).toEqual(['Xqaru Vombel']);
    expect(find('Xqaru Vombel', 'full_name')).toEqual(['Xqaru Vombel']);
    expect(find('Xqaru Vombel', 'model')).toEqual([]);
  });
});

describe('a name in its carrier', () => {
  it.each([
    ['From: Olumide Adeyinka <o.adeyinka@acme.example>', ['Olumide Adeyinka']],
    ['To: "Petrova, Svetlana" <sp@x.example>', ['Petrova, Svetlana']],
    ['Signed-off-by: Rahul Venkataraman <rv@x.example>', ['Rahul Venkataraman']],
    ['Best regards,\nKatarzyna Wiśniewska\nSenior Accountant', ['Katarzyna Wiśniewska']],
    ['FN:Isabelle Fontaine', ['Isabelle Fontaine']],
    ['N:Fontaine;Isabelle;;;', ['Fontaine;Isabelle']],
    ['ATTENDEE;CN=Sipho Dlamini:mailto:sd@x.example', ['Sipho Dlamini']],
    ['<lastName>Kowalczyk</lastName><firstName>Zbigniew</firstName>', ['Kowalczyk', 'Zbigniew']],
    ['"family":"Achterberg","given":["Wibke"]', ['Achterberg', 'Wibke']],
    ['id;Nachname;Vorname\n7;Achterberg;Wibke\n8;Yilmaz;Elif', ['Achterberg', 'Wibke', 'Yilmaz', 'Elif']],
    ['| Name | E-mail |\n|---|---|\n| Leopold Achterberg | x |', ['Leopold Achterberg']],
    ['const c = Card{Holder: "Nicolás Aguirre"}', ['Nicolás Aguirre']],
    ['// reported by Piotr Zawadzki in March', ['Piotr Zawadzki']],
    ['PATIENT NAME: MARGARET THORNBURY', ['MARGARET THORNBURY']],
    ['belongs to Nyström, Linnea; please prepare it', ['Nyström, Linnea']],
    ['Notes: Sanjay, Lakshmi and Deepika to follow up.', ['Sanjay', 'Lakshmi', 'Deepika']],
    ['Please ask Fatima al-Rashid to sign.', ['Fatima al-Rashid']],
    ['they met silvana, adam and kristina.', ['silvana', 'adam', 'kristina']],
  ])('in %j', (text, names) => {
    expect(find(text)).toEqual(names);
  });
});

describe('what is no name', () => {
  it.each([
    'class MarkBaker(Exception): pass',
    'class WillChase: pass',
    'import { Anna } from "./anna.ts"; anna.Smith(); Jackson.parse(x)',
    'May March April and June are months, Will Update and Mark Complete are buttons.',
    'Jordan, Georgia, Chad and Kenya are countries.',
    'The Apache License, the Newton Method and the Hopkins University Press.',
    'We live near Victoria Falls and Santa Clara, in St. Paul.',
    'Getting Started\n\n1. Install the package\n2. Run Docker Compose',
    'Set the timeout to 5 ms. The default is fine.',
    'const owner: Promise<Result> = Promise.resolve();',
    'name,version\nlodash,4.17\nreact,19.0',
    'Claude Code and Gemini Pro are tools; Jenkins is one too.',
  ])('in %j', (text) => {
    expect(find(text)).toEqual([]);
  });
});

describe('what was found once', () => {
  it('is found everywhere in the same text, its parts as well', () => {
    const text = 'Reported by Piotr Zawadzki. Later Zawadzki wrote again, and zawadzki too.';
    expect(find(text)).toEqual(['Piotr Zawadzki', 'Zawadzki', 'zawadzki']);
  });

  it('is not looked for inside longer words, mail addresses and paths', () => {
    expect(find('Ask Piotr Zawadzki: pzawadzki, piotr.zawadzki@x.example, /home/Zawadzki/x')).toEqual([
      'Piotr Zawadzki',
    ]);
  });

  it('leaves ordinary words alone that are part of a name', () => {
    expect(find('Driver: April Fields. In April the fields are green.')).toEqual(['April Fields']);
  });
});

it('takes a name of unknown words where a mail address agrees with it', () => {
  expect(find('Then Xqaru Vombel came. Write to x.vombel@acme.example')).toEqual(['Xqaru Vombel']);
  expect(find('Then Xqaru Vombel came. Write to sales@acme.example')).toEqual([]);
});

it('reports places, kind and a score', () => {
  const detector = personDetector();
  const text = 'Dear Priyanka,';
  const [hits] = new KeywordScan([detector.keywords]).scan(text);
  const found: unknown[] = [];
  if (hits !== undefined) detector.find({ text, isAscii: true, field: undefined }, hits, (one) => found.push(one));
  expect(found).toEqual([{ start: 5, end: 13, kind: 'person', subtype: 'name', score: 0.85 }]);
});

it('comes to an end on texts made to keep it busy', () => {
  for (const piece of [
    'Anna ',
    'A.',
    "O'",
    'name,',
    'Anna, ',
    'van der ',
    '佐藤',
    '我叫',
    '김민수',
    'שמי ',
    'Anna-',
    'a@b ',
  ]) {
    expect(Array.isArray(find(piece.repeat(200_000 / piece.length)))).toBe(true);
  }
});
