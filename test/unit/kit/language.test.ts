import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { detectLanguage, languageCodes, type LanguageCode } from '../../../main/kit/language.ts';

const sentences: Readonly<Record<LanguageCode, readonly string[]>> = {
  en: [
    'What is the capital of Australia?',
    'Please summarise the following meeting notes.',
    'Why does my dog bark at the neighbours every morning?',
    'Rewrite this paragraph so that a child can understand it.',
    'I would like to cancel my subscription as soon as possible.',
    'Which of these two offers should we accept?',
  ],
  de: [
    'Was ist die Hauptstadt von Australien?',
    'Bitte fasse die folgenden Notizen zusammen.',
    'Warum bellt mein Hund jeden Morgen die Nachbarn an?',
    'Schreib diesen Absatz so um, dass ihn ein Kind versteht.',
    'Ich möchte mein Abo so schnell wie möglich kündigen.',
    'Welches der beiden Angebote sollen wir annehmen?',
  ],
  fr: [
    'Quelle est la capitale de l’Australie ?',
    'Résume les notes de réunion suivantes.',
    'Pourquoi mon chien aboie-t-il tous les matins après les voisins ?',
    'Réécris ce paragraphe pour qu’un enfant puisse le comprendre.',
    'Je voudrais résilier mon abonnement le plus vite possible.',
    'Laquelle de ces deux offres devons-nous accepter ?',
  ],
  es: [
    '¿Cuál es la capital de Australia?',
    'Por favor, resume las siguientes notas de la reunión.',
    '¿Por qué ladra mi perro a los vecinos todas las mañanas?',
    'Reescribe este párrafo para que lo entienda un niño.',
    'Me gustaría cancelar mi suscripción lo antes posible.',
    '¿Cuál de estas dos ofertas deberíamos aceptar?',
  ],
  it: [
    'Qual è la capitale dell’Australia?',
    'Per favore, riassumi i seguenti appunti della riunione.',
    'Perché il mio cane abbaia ai vicini tutte le mattine?',
    'Riscrivi questo paragrafo in modo che un bambino lo capisca.',
    'Vorrei disdire il mio abbonamento il prima possibile.',
    'Quale di queste due offerte dovremmo accettare?',
  ],
  pt: [
    'Qual é a capital da Austrália, por favor?',
    'Resuma as seguintes anotações da reunião.',
    'Por que o meu cão ladra para os vizinhos todas as manhãs?',
    'Reescreva este parágrafo para que uma criança o entenda.',
    'Gostaria de cancelar a minha assinatura o mais rápido possível.',
    'Qual destas duas propostas devemos aceitar?',
  ],
  nl: [
    'Wat is de hoofdstad van Australië?',
    'Vat de volgende aantekeningen van de vergadering samen.',
    'Waarom blaft mijn hond elke ochtend naar de buren?',
    'Herschrijf deze alinea zodat een kind het begrijpt.',
    'Ik wil mijn abonnement zo snel mogelijk opzeggen.',
    'Welk van deze twee aanbiedingen moeten we aannemen?',
  ],
  pl: [
    'Jaka jest stolica Australii, proszę?',
    'Proszę streścić poniższe notatki ze spotkania.',
    'Dlaczego mój pies co rano szczeka na sąsiadów?',
    'Przepisz ten akapit tak, żeby zrozumiało go dziecko.',
    'Chciałbym jak najszybciej zrezygnować z abonamentu.',
    'Którą z tych dwóch ofert powinniśmy przyjąć?',
  ],
  sv: [
    'Vad heter huvudstaden i Australien?',
    'Sammanfatta följande anteckningar från mötet.',
    'Varför skäller min hund på grannarna varje morgon?',
    'Skriv om det här stycket så att ett barn förstår det.',
    'Jag vill säga upp min prenumeration så snart som möjligt.',
    'Vilket av de här två erbjudandena ska vi tacka ja till?',
  ],
  tr: [
    'Avustralya’nın başkenti neresidir?',
    'Lütfen aşağıdaki toplantı notlarını özetle.',
    'Köpeğim neden her sabah komşulara havlıyor?',
    'Bu paragrafı bir çocuğun anlayacağı şekilde yeniden yaz.',
    'Aboneliğimi mümkün olan en kısa sürede iptal etmek istiyorum.',
    'Bu iki tekliften hangisini kabul etmeliyiz?',
  ],
  ru: [
    'Какой город является столицей Австралии?',
    'Пожалуйста, кратко изложи следующие заметки.',
    'Почему моя собака каждое утро лает на соседей?',
    'Перепиши этот абзац так, чтобы его понял ребёнок.',
    'Я хотел бы как можно скорее отменить подписку.',
  ],
  uk: [
    'Яке місто є столицею Австралії?',
    'Будь ласка, коротко виклади наступні нотатки.',
    'Чому мій собака щоранку гавкає на сусідів?',
    'Перепиши цей абзац так, щоб його зрозуміла дитина.',
    'Я хотів би якомога швидше скасувати підписку.',
  ],
  el: [
    'Ποια είναι η πρωτεύουσα της Αυστραλίας;',
    'Σε παρακαλώ, κάνε μια περίληψη των σημειώσεων.',
    'Γιατί ο σκύλος μου γαβγίζει κάθε πρωί;',
    'Ξαναγράψε αυτή την παράγραφο πιο απλά.',
    'Θα ήθελα να ακυρώσω τη συνδρομή μου.',
  ],
  he: [
    'מהי בירת אוסטרליה?',
    'אנא סכם את ההערות הבאות מהפגישה.',
    'למה הכלב שלי נובח על השכנים כל בוקר?',
    'שכתב את הפסקה הזאת כדי שילד יבין אותה.',
    'אני רוצה לבטל את המנוי שלי בהקדם האפשרי.',
  ],
  ar: [
    'ما هي عاصمة أستراليا من فضلك؟',
    'من فضلك لخص ملاحظات الاجتماع التالية.',
    'لماذا ينبح كلبي على الجيران كل صباح؟',
    'أعد كتابة هذه الفقرة حتى يفهمها الطفل.',
    'أود إلغاء اشتراكي في أقرب وقت ممكن.',
  ],
  hi: [
    'ऑस्ट्रेलिया की राजधानी क्या है?',
    'कृपया निम्नलिखित टिप्पणियों का सारांश दें।',
    'मेरा कुत्ता हर सुबह पड़ोसियों पर क्यों भौंकता है?',
    'इस अनुच्छेद को सरल भाषा में फिर से लिखो।',
    'मैं अपनी सदस्यता रद्द करना चाहता हूँ।',
  ],
  th: [
    'เมืองหลวงของออสเตรเลียคืออะไร',
    'ช่วยสรุปบันทึกการประชุมต่อไปนี้',
    'ทำไมหมาของฉันถึงเห่าเพื่อนบ้านทุกเช้า',
    'เขียนย่อหน้านี้ใหม่ให้เด็กเข้าใจ',
    'ฉันต้องการยกเลิกการสมัครสมาชิก',
  ],
  zh: [
    '澳大利亚的首都是哪里？',
    '请总结以下会议记录。',
    '为什么我的狗每天早上都对邻居叫？',
    '請把這段話改寫得更簡單一些。',
    '我想尽快取消我的订阅。',
  ],
  ja: [
    'オーストラリアの首都はどこですか？',
    '次の会議のメモを要約してください。',
    '私の犬はなぜ毎朝隣人に吠えるのですか？',
    'この段落を子供にもわかるように書き直して。',
    'できるだけ早く定期購読を解約したいです。',
  ],
  ko: [
    '호주의 수도는 어디입니까?',
    '다음 회의 메모를 요약해 주세요.',
    '우리 개는 왜 매일 아침 이웃에게 짖나요?',
    '아이가 이해할 수 있도록 이 단락을 다시 써 줘.',
    '가능한 한 빨리 구독을 취소하고 싶습니다.',
  ],
};

const cases = languageCodes.flatMap((code) => sentences[code].map((text): [string, string] => [code, text]));

describe('detectLanguage', () => {
  it('has five sentences or more of every language it tells', () => {
    for (const code of languageCodes) expect(sentences[code].length).toBeGreaterThanOrEqual(5);
  });

  it.each(cases)('%s: %s', (code, text) => {
    const guess = detectLanguage(text);
    expect(guess.code).toBe(code);
    expect(guess.confidence).toBeGreaterThan(0.5);
    expect(guess.confidence).toBeLessThan(1);
  });

  it('is surer of a longer text', () => {
    for (const code of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'tr'] as const) {
      const all = detectLanguage(sentences[code].join(' '));
      expect(all.code).toBe(code);
      expect(all.confidence).toBeGreaterThan(0.7);
    }
  });

  it.each([
    ['nothing', ''],
    ['a greeting', 'Hallo Welt'],
    ['a greeting in Chinese', '你好吗'],
    ['a greeting in Japanese', 'こんにちは'],
    ['a name', 'Anna Maria'],
    ['numbers', '12345 67890 2026-11-22 3.14159'],
    ['one letter again and again', 'a '.repeat(500)],
    ['noise', 'xqzt vbnm qwrt plkj zzxw hgfd'],
    ['two scripts side by side', 'What is this good for? Для чего это нужно всем?'],
    ['Danish', 'Hvorfor gør min hund ad naboerne hver eneste morgen?'],
    ['Norwegian', 'Jeg vil gjerne si opp abonnementet mitt så fort som mulig.'],
    ['Czech', 'Proč můj pes každé ráno štěká na sousedy?'],
    ['Hungarian', 'Szeretném a lehető leghamarabb lemondani az előfizetésemet.'],
    ['Finnish', 'Haluaisin peruuttaa tilaukseni mahdollisimman pian.'],
    ['Indonesian', 'Mengapa anjing saya menggonggong tetangga setiap pagi?'],
    ['Vietnamese', 'Tại sao con chó của tôi sủa hàng xóm mỗi sáng?'],
    ['Bulgarian', 'Защо кучето ми лае по съседите всяка сутрин от години? Къде съм?'],
    ['Serbian', 'Зашто мој пас сваког јутра лаје на комшије из наше улице?'],
    ['Persian', 'چرا سگ من هر روز صبح به همسایه‌ها پارس می‌کند؟'],
    ['Armenian', 'Ո՞րն է Ավստրալիայի մայրաքաղաքը'],
  ])('does not guess at %s', (_what, text) => {
    expect(detectLanguage(text)).toEqual({ code: undefined, confidence: 0 });
  });

  it('looks at what is said about code, not at the code', () => {
    const code = '```ts\nexport function theFirstOf(list: string[]) { return list[0]; } // the first of the list\n```';
    expect(detectLanguage(`Warum gibt diese Funktion nichts zurück?\n${code}`).code).toBe('de');
    expect(detectLanguage(`${code}\nPourquoi cette fonction ne renvoie-t-elle rien ?`).code).toBe('fr');
    expect(detectLanguage(code).code).toBeUndefined();
    expect(
      detectLanguage('Was macht `git push --force-with-lease` genau, und wann sollte ich das nicht tun?').code,
    ).toBe('de');
    expect(detectLanguage('```\nan open fence: what is the first of these and the other things').code).toBeUndefined();
    expect(
      detectLanguage('Schau dir https://example.com/the/most/of/this an und sag mir, was du davon hältst.').code,
    ).toBe('de');
  });

  it('looks at the beginning of a long text', () => {
    const german = 'Das ist ein Satz, den ich schon oft geschrieben habe. ';
    expect(detectLanguage(german.repeat(200) + 'And then comes a lot of English. '.repeat(2_000)).code).toBe('de');
  });

  it('reads letters that are made of two characters', () => {
    expect(detectLanguage('Welche Lösung wäre für die Größe schöner?'.normalize('NFD')).code).toBe('de');
  });

  it('answers for any text at all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffff), { maxLength: 300 }).map((codes) => String.fromCharCode(...codes)),
        (text) => {
          const { code, confidence } = detectLanguage(text);
          expect(code === undefined).toBe(confidence === 0);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThan(1);
        },
      ),
    );
  });

  it('ends for texts that are hard on patterns', () => {
    for (const piece of ['a', '<', '`', '```', 'a:', 'aA', 'a.', 'x=', '@', ' '])
      expect(detectLanguage(piece.repeat(1_000_000 / piece.length)).code).toBeUndefined();
  });
});
