/** What a prompt asks for, told from its structure alone (RTE-57): where that does not tell, nothing is said. */
import type { PromptType } from '../../../shared/domain/prompt-type.ts';
import type { RouteFacts } from './decision.ts';

/** What is looked at. The dear questions are asked last and only where they decide. */
export interface PromptShape {
  /** What the user said last, without what agents add. */
  readonly text: () => string | undefined;
  readonly hasTools: () => boolean;
  readonly isToolLoop: () => boolean;
  readonly hasToolTurns: () => boolean;
  readonly hasSchema: () => boolean;
  readonly tokens: number;
}

type Verdict = readonly [type: PromptType, confidence: number];

/** Of a long text its beginning and its end are read: instructions stand before or behind what they are about. */
const headLength = 6_144;
const tailLength = 2_048;

export function promptTypeOf(shape: PromptShape): RouteFacts['promptType'] {
  const step = agentStep(shape);
  // Whatever the user once said, the step is the agent's.
  const text = step === undefined ? edgesOf(shape.text() ?? '') : '';
  const verdict = step ?? (shape.hasSchema() ? (['extraction', 0.85] as const) : typeOfText(text));
  return {
    type: verdict?.[0],
    confidence: verdict?.[1] ?? 0,
    difficulty: difficultyOf(shape, text, verdict?.[0]),
  };
}

function edgesOf(text: string): string {
  if (text.length <= headLength + tailLength) return text;
  return `${text.slice(0, headLength)}\n\n${text.slice(-tailLength)}`;
}

function agentStep(shape: PromptShape): Verdict | undefined {
  if (shape.isToolLoop()) return ['agent_step', 0.97];
  if (shape.hasTools()) return ['agent_step', 0.85];
  return shape.hasToolTurns() ? ['agent_step', 0.8] : undefined;
}

function typeOfText(text: string): Verdict | undefined {
  if (text.trim() === '') return undefined;
  return commandOf(text) ?? codeType(text) ?? mathType(text);
}

// ---------------------------------------------------------------- commands

/** What may stand before a command without changing it. */
const polite = new RegExp(
  '^(?:请|請|帮我|麻烦|(?:' +
    [
      'please|pls|hi|hello|hey|ok|okay|now|then|can you|could you|would you|will you|i want you to|i need you to|i would like you to',
      'bitte|jetzt|nun|hallo|kannst du|könntest du|können sie|könnten sie|würdest du|mir|das|den|die|folgenden|text',
      "s['’]il te plaît|s['’]il vous plaît|peux-tu|pourrais-tu|pouvez-vous|pourriez-vous|maintenant|bonjour",
      'por favor|puedes|podrías|puede|podría|ahora|hola|per favore|puoi|potresti|può|ora|adesso|ciao',
      'você pode|você poderia|pode|podes|poderia|agora|olá|kun je|kan je|kunt u|nu|hoi|proszę|czy możesz|teraz',
      'kan du|snälla|nu|hej|пожалуйста|можешь|можете|будь ласка|lütfen',
    ].join('|') +
    ')(?!\\p{L}))[\\s,.:!]*',
  'u',
);

const translate = new RegExp(
  '^(?:' +
    [
      'translate|give me (?:a|the) translation|übersetze?n?|traduis|traduisez|traduire|traduce|traducir|traduzca|traduci|traducete',
      'tradurre|traduza|traduz|traduzir|vertaal|vertalen|przetłumacz|przetłumaczyć|översätt|översätta|переведи|переведите|перевести',
      'переклади|перекладіть|ترجم|翻译|翻譯|翻訳',
    ].join('|') +
    ')(?!\\p{Ll})',
  'u',
);
/** In these languages the verb comes last, or what is translated comes between. */
const translateLater =
  /(?:^|[^\p{L}])(?:übersetzen|vertalen|çevir|çevirir misin|tercüme et|tercüme eder misin)[.!?]?$|翻译成|翻譯成|翻訳して|に訳して|번역해|अनुवाद कर/u;

const summarize = new RegExp(
  '^(?:' +
    [
      'summari[sz]e|sum up|(?:give|write)(?: me)? (?:a |an )?(?:\\p{L}+ )?summary|tl;?dr',
      'fasse? .{0,80}zusammen|zusammenfassen|résume|résumez|résumer',
      'resume (?:el|la|los|las|lo|est[aeo]s?|brevemente|en|un|una)|resum[ai]r?|haz(?:me)? un resumen',
      'riassumi|riassumete|riassumere|sintetizza|faça um resumo|vat .{0,80}samen|samenvatten',
      'streść|streścić|podsumuj|sammanfatta|резюмируй|суммируй|подытожь|кратко изложи|підсумуй|لخص|总结|總結|概括',
    ].join('|') +
    ')(?!\\p{Ll})',
  'u',
);
const summarizeLater =
  /(?:^|[^\p{L}])(?:zusammenfassen|samenvatten|özetle|özetler misin)[.!?]?$|要約して|요약해|सारांश/u;

const programming =
  '(?:python|javascript|typescript|java|rust|golang|go|c\\+\\+|c#|kotlin|swift|ruby|php|sql|bash|haskell|scala|perl)';
const intoProgram = new RegExp(
  `\\b(?:to|into|in|from|nach|en|a)\\s+(?:idiomatic\\s+)?${programming}(?![\\p{L}+#])`,
  'u',
);
const named = new RegExp(`(?<![\\p{L}.])${programming}(?![\\p{L}+#])`, 'u');
const create =
  /^(?:write|implement|create|generate|build|code|add|schreibe?|implementiere|erstelle|écris|crée|escribe|implementa|crea|scrivi|escreva|crie|schrijf|napisz|skriv)(?!\p{L})/u;
/** Programs and nothing else; the others are programs where a programming language is named. */
const artefact = /\b(?:functions?|regex|regular expression|unit tests?|sql query|endpoint|parser|react component)\b/;
const maybeArtefact =
  /(?<!\p{L})(?:method|class|script|program|module|tests?|api|query|cli|server|funktion|klasse|skript|programm|fonction|función|funzione|função|functie|funkcję)(?!\p{L})/u;

/** A command at the start of the text, or of its last paragraph. */
function commandOf(text: string): Verdict | undefined {
  const paragraphs = text.trim().split(/\n\s{0,80}\n/);
  for (const paragraph of [paragraphs[0], paragraphs.at(-1)]) {
    const sentence = plainSentence(paragraph ?? '');
    const found = commandIn(sentence);
    if (found !== undefined) return found;
  }
  return undefined;
}

function commandIn(sentence: string): Verdict | undefined {
  if (translate.test(sentence) || translateLater.test(sentence))
    return intoProgram.test(sentence) ? ['code_generation', 0.8] : ['translate', 0.9];
  if (summarize.test(sentence) || summarizeLater.test(sentence)) return ['summarize', 0.88];
  if (!create.test(sentence)) return undefined;
  const isProgram = artefact.test(sentence) || (maybeArtefact.test(sentence) && named.test(sentence));
  return isProgram ? ['code_generation', 0.8] : undefined;
}

/** The first sentence in lower case without courtesies; enough of it to hold a command. */
function plainSentence(paragraph: string): string {
  const [line = ''] = paragraph
    .trim()
    .slice(0, 400)
    .toLowerCase()
    .split(/\n|(?<=[:。？！])|(?<=[.!?])\s/u);
  let left = line.replace(/^[\s"'“„«*#>_-]+/, '').replace(/[\s:]+$/, '');
  for (let round = 0; round < 6; round++) {
    const shorter = left.replace(polite, '');
    if (shorter === left || shorter === '') break;
    left = shorter;
  }
  return left;
}

// ---------------------------------------------------------------- code

const fence = /^[ \t]{0,8}(?:```|~~~)/gm;
const diff = /^(?:diff --git |@@ -\d{1,9}(?:,\d{1,9})? \+\d|(?:---|\+\+\+) [ab]\/)/m;
const trace =
  /Traceback \(most recent call last\)|^[ \t]{1,40}at [^\n]{1,200}:\d{1,7}\)?$|^[ \t]{1,40}File "[^"\n]{1,200}", line \d|panicked at |^Exception in thread |^(?:Uncaught )?[A-Za-z]{0,40}(?:Error|Exception): |: error: |\berror\[E\d{4}\]/m;
const extensions =
  'tsx?|jsx?|mjs|cjs|py|rs|go|java|kt|swift|rb|php|cs|cpp|cc|hpp|c|h|sql|sh|ya?ml|toml|json|html|css|scss|vue|svelte|lua|scala|tf|proto';
/** The name of a source file. Frameworks that are named like one are none. */
const path = new RegExp(
  `(?<=[\\w-])(?<!\\b(?:node|vue|next|nuxt|three|react|express|d3))\\.(?:${extensions})(?![\\w/-]|\\.\\w)`,
  'i',
);
const codeLine =
  /^[ \t]{0,40}(?:import [\w{*]|from \S{1,80} import |(?:export|const|let|var|function|async|class|def|return|public|private|static|package|func|fn|use|struct|interface|#include|@\w{1,30}|if \(|for \(|while \()\b.{0,300}[;:{(,)=]|[\w.$[\]]{1,60} ?(?:=|\+=|:=) ?\S.{0,200};|SELECT .{1,200} FROM )/gm;
const mending =
  /\b(?:fix|debug|review|why|errors?|bugs?|wrong|refactor|explain|fails?|failing|broken|improve|optimi[sz]e|crash(?:es|ed)?|warum|fehler|prüfe|erkläre|pourquoi|erreur|corrige|por qué|perché|errore|porque|waarom|fout|dlaczego|błąd|varför|почему|ошибка)\b/iu;

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function codeType(text: string): Verdict | undefined {
  if (diff.test(text)) return ['code_review', 0.85];
  if (trace.test(text)) return ['code_review', 0.85];
  const lines = countOf(text, codeLine);
  const hasFence = countOf(text, fence) > 0;
  if (hasFence || lines >= 3) {
    // Fences hold other things too; lines of code in them leave no doubt.
    const confidence = lines >= 2 ? 0.85 : 0.65;
    return mending.test(text) ? ['code_review', confidence] : ['code_generation', confidence - 0.15];
  }
  if (!path.test(text)) return undefined;
  return mending.test(text) ? ['code_review', 0.7] : ['code_generation', 0.65];
}

// ---------------------------------------------------------------- mathematics

const notation =
  /\$\$[^$]|\\\(|\\\[|\\(?:frac|int|sum|sqrt|lim|prod|infty|partial|mathbb|begin\{(?:align|equation|pmatrix))\b|[∫∑∏√∞≤≥≠∂∇∈∀∃⇒⇔ℝℤℕ]|(?<=(?<![a-z]{2})[a-z)]\s?)\^\s?[\d{n(]/;
const arithmetic = /\d\s?[×÷*^]\s?\d|\d \/ \d|\d [+-] \d{1,20} ?=|= ?\?/;

function mathType(text: string): Verdict | undefined {
  if (notation.test(text)) return ['math', 0.85];
  return text.length < 400 && arithmetic.test(text) ? ['math', 0.75] : undefined;
}

// ---------------------------------------------------------------- difficulty

const listItem = /^[ \t]{0,8}(?:[-*•]|\d{1,3}[.)])[ \t]/gm;

/** From size and structure: long contexts, long instructions, many parts, open ends of earlier steps. */
function difficultyOf(shape: PromptShape, text: string, type: PromptType | undefined): 1 | 2 | 3 {
  let points = 0;
  if (shape.tokens > 4_000) points++;
  if (shape.tokens > 32_000) points++;
  if (text.length > 1_500) points++;
  if (countOf(text, listItem) >= 4) points++;
  if (countOf(text, fence) >= 4 || countOf(text, codeLine) >= 30) points++;
  if (type === 'agent_step' && shape.isToolLoop()) points++;
  if (type === 'math' && notation.test(text)) points++;
  return points === 0 ? 1 : points <= 2 ? 2 : 3;
}
