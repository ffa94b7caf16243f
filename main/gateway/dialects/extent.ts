/** What makes a request larger than its own words: several answers, and what a vendor adds to the input on its side. */
import type { Json, JsonObject } from './canonical.ts';
import { asArray, asObject, isObject } from './dialect.ts';
import type { JsonDocument } from './document.ts';

export interface Extent {
  /** Answers asked for at once. */
  readonly answers: number;
  /** The vendor searches, reads or runs something and adds what comes of it to the input. */
  readonly runsThere: boolean;
  /** The most web searches it may make; `undefined` where nothing limits them. */
  readonly searches: number | undefined;
}

export const plainExtent: Extent = { answers: 1, runsThere: false, searches: 0 };

/** Tools that vendors run themselves, by the beginning of their types, in the dialects whose tools have one. */
const hostedTypes =
  /^(?:web_search|web_fetch|browser_search|code_execution|code_interpreter|file_search|image_generation|mcp|x_search|live_search|collections_search|advisor|openrouter:)/;
const searchTypes = /^(?:web_search|browser_search|x_search|live_search)/;
/** Of Gemini's tools each is a field; these are the ones a client runs. */
const ownGeminiTools: ReadonlySet<string> = new Set(['functionDeclarations', 'function_declarations']);
/** Fields that ask for such a tool without naming one. */
const hostedFields = ['web_search_options', 'search_parameters', 'plugins', 'mcp_servers'] as const;

/** Without one of these words a long list of tools has none of a vendor's: it need not be parsed. */
const hostedWords =
  /"(?:web_?|browser_|code_?|file_?|image_|mcp|x_|live_|collections_|advisor|openrouter:|google|url_?context|computer_?use|enterprise|retrieval)/i;
const longToolsBytes = 4_096;
/** More than any vendor gives at once, so that sums stay whole. */
const maxAnswers = 10_000;

/** Never throws: what has the wrong type is not there. */
export function extentOf(document: JsonDocument): Extent {
  const declared = mayHost(document) ? asArray(document.value('tools')) : [];
  const hosted = [...declared, ...toolsInside(document)].filter(isObject).filter(isHosted);
  const fields = hostedFields.filter((name) => isAsked(document.value(name)));
  const runsThere = hosted.length > 0 || fields.length > 0;
  return { answers: answersOf(document), runsThere, searches: runsThere ? searchesOf(hosted, fields) : 0 };
}

function mayHost(document: JsonDocument): boolean {
  const span = document.span('tools');
  if (span === undefined) return false;
  if (span.end - span.start <= longToolsBytes) return true;
  return hostedWords.test(document.bytes.toString('latin1', span.start, span.end));
}

/** Those a Responses request declares among its items. */
function toolsInside(document: JsonDocument): readonly Json[] {
  if (!document.mentions('additional_tools')) return [];
  const items = asArray(document.value('input')).map(asObject);
  return items.filter(({ type }) => type === 'additional_tools').flatMap(({ tools }) => asArray(tools));
}

function isAsked(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value);
}

function isHosted(tool: JsonObject): boolean {
  const { type } = tool;
  if (typeof type === 'string') return hostedTypes.test(type);
  // Tools of Messages have a name and no type, those of Chat both.
  if (typeof tool['name'] === 'string') return false;
  return Object.keys(tool).some((name) => !ownGeminiTools.has(name) && isObject(tool[name]));
}

function searchesOf(hosted: readonly JsonObject[], fields: readonly string[]): number | undefined {
  if (fields.length > 0) return undefined;
  let searches = 0;
  for (const tool of hosted) {
    const { type, max_uses: uses } = tool;
    if (typeof type === 'string' && !searchTypes.test(type)) continue;
    if (typeof uses !== 'number' || uses < 0) return undefined;
    searches += uses;
  }
  return searches;
}

function answersOf(document: JsonDocument): number {
  const config = asObject(document.value('generationConfig') ?? document.value('generation_config'));
  const asked = [document.value('n'), document.value('best_of'), config['candidateCount'], config['candidate_count']];
  return Math.min(Math.max(1, ...asked.map(countOf)), maxAnswers);
}

/** A number, or one written as a string, which proto3 JSON allows. */
function countOf(value: Json | undefined): number {
  const count = typeof value === 'string' || typeof value === 'number' ? Math.ceil(Number(value)) : 0;
  return Number.isNaN(count) ? 0 : count;
}
