/** What was known of a request, in words for people. */
import type { FactsEntry } from '../../../shared/contract/route.ts';
import { grouped } from '../output.ts';

const contents = {
  tools: 'tools',
  image: 'pictures',
  audio: 'sound',
  pdf: 'PDF files',
  video: 'video',
  json_schema: 'a JSON schema',
  cache_control: 'cache marks',
  reasoning: 'reasoning',
  stream: 'a streamed answer',
} as const;

const promptTypes: Readonly<Record<string, string>> = {
  code_generation: 'writing code',
  code_review: 'reviewing code',
  agent_step: 'a step of an agent',
  math: 'mathematics',
  extraction: 'an extraction',
  summarize: 'a summary',
  translate: 'a translation',
  rewrite: 'a rewrite',
  creative: 'creative writing',
  factual_qa: 'a question of fact',
  chat: 'a chat',
  other: 'something else',
};

const difficulties = ['easy', 'middling', 'hard'] as const;

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** Clauses, those that weigh most first. */
export function factClauses(facts: FactsEntry): string[] {
  const names = Object.keys(contents) as (keyof typeof contents)[];
  const having = names.filter((name) => facts[name] === true).map((name) => contents[name]);
  return [
    `about ${grouped(facts.tokens)} tokens in${facts.max_tokens === undefined ? '' : `, up to ${grouped(facts.max_tokens)} out`}`,
    ...(having.length === 0 ? [] : [`with ${having.join(', ')}`]),
    // What else a request has not is looked at for every one of them, and hardly ever what it turns on.
    ...(facts.tools === false ? ['without tools'] : []),
    ...promptTypeClause(facts),
    ...languageClause(facts),
    ...Object.entries(facts.tags ?? {}).map(([name, value]) =>
      value === null ? `no tag ${name}` : `tag ${name} = ${value}`,
    ),
    ...Object.entries(facts.texts ?? {}).map(([key, fits]) => textClause(key, fits)),
    ...(facts.tool_loop === true ? ['in the middle of a tool call'] : []),
    ...(facts.signed_reasoning === true ? ['with signed reasoning'] : []),
    ...(facts.provider_ids === true ? ['with ids that exist at one provider only'] : []),
  ];
}

/** `system+user: pattern` is how it is kept. */
function textClause(key: string, fits: boolean): string {
  const [, roles, pattern] = /^([a-z+]+): (.*)$/s.exec(key) ?? [key, '', key];
  const whose = roles === '' ? '' : ` (${roles?.replaceAll('+', ', ') ?? ''})`;
  return `text${whose} ${fits ? 'fits' : 'does not fit'} ${pattern ?? ''}`;
}

function promptTypeClause({ type, conf, difficulty }: FactsEntry): string[] {
  if (type === undefined) return [];
  if (type === null) return ['kind of prompt not clear'];
  const hard = difficulty === undefined ? undefined : difficulties[difficulty - 1];
  const sure = [...sureness(conf), ...(hard === undefined ? [] : [hard])];
  return [`looks like ${promptTypes[type] ?? type}${sure.length === 0 ? '' : ` (${sure.join(', ')})`}`];
}

function languageClause({ lang, lang_conf }: FactsEntry): string[] {
  if (lang === undefined) return [];
  if (lang === null) return ['language not clear'];
  const sure = sureness(lang_conf);
  return [`in ${languageName(lang)}${sure.length === 0 ? '' : ` (${sure.join()})`}`];
}

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

function sureness(confidence: number | undefined): string[] {
  return confidence === undefined ? [] : [`${Math.round(confidence * 100)} % sure`];
}
