/** The tools that a request offers a model, by all names they go by, in every dialect: what cannot be told with certainty is said to be so. */
import type { SurfaceId } from '../../../shared/domain/dialect.ts';
import type { Json, JsonObject } from '../dialects/canonical.ts';
import { asArray, asObject, asString, isObject } from '../dialects/dialect.ts';
import type { JsonDocument } from '../dialects/document.ts';
import { entries } from '../dialects/entries.ts';
import type { Provider } from '../ports.ts';
import { namesPreset } from './model-spellings.ts';
import { hasTwins } from './twin-names.ts';

export interface OfferedTool {
  /** Its name, in a namespace that of the namespace as well; of what the provider runs its type, with and without a date. */
  readonly names: readonly string[];
  /** Names that say nothing for what the provider runs, since anything may be called so. */
  readonly given: readonly string[];
  /** Of a server that the provider calls by itself. */
  readonly server: OfferedServer | undefined;
  /** Of tools of such a server, which is offered beside them. */
  readonly ofServer: boolean;
}

export interface OfferedServer {
  readonly name: string;
  /** Addresses, or ids of the vendor's connectors; empty where the request says none. */
  readonly identities: readonly string[];
}

export interface Offered {
  readonly tools: readonly OfferedTool[];
  /** Why nobody can tell which tools there are, as a clause. */
  readonly opaque: string | undefined;
}

type Reader = (document: JsonDocument) => OfferedTool[];

/** A request whose tools cannot be told. */
class Unreadable extends Error {}

/** `undefined` for surfaces on which no tools can be offered. `document`: with the earlier turns that were joined to it. */
export function offeredTools(surface: SurfaceId, document: JsonDocument | undefined): Offered | undefined {
  const reader = readers[surface];
  if (reader === undefined) return undefined;
  try {
    if (document === undefined) throw new Unreadable('its body cannot be looked into');
    return { tools: reader(document), opaque: undefined };
  } catch (error) {
    if (error instanceof Unreadable) return { tools: [], opaque: error.message };
    throw error;
  }
}

/** Who may answer a request. */
export interface AnsweringTarget {
  readonly provider: Pick<Provider, 'kind' | 'vendor' | 'unvouched'>;
  readonly model: string;
}

/** OpenRouter searches the web for whoever writes so behind the name of a model, and knows presets by names like those of models. */
export function toolsOfModels(targets: readonly AnsweringTarget[]): Offered {
  const models = targets.filter(({ provider }) => isOpenRouter(provider)).map(({ model }) => model);
  const isOnline = models.some((model) => /:online(?:@|\s*$)/i.test(model));
  return {
    tools: isOnline ? [tool(['web', 'plugin:web', 'web_search'])] : [],
    opaque: models.some(namesPreset) ? namedPreset : undefined,
  };
}

export function isOpenRouter({ kind, vendor, unvouched }: AnsweringTarget['provider']): boolean {
  return kind === 'openrouter' || (vendor ?? unvouched?.vendor) === 'openrouter';
}

const readers: Readonly<Partial<Record<SurfaceId, Reader>>> = {
  ...{ chat: chatTools, ollama_chat: chatTools, completions: switchedOn },
  ...{ responses: responsesTools, responses_compact: responsesTools },
  ...{ messages: messagesTools, messages_count_tokens: messagesTools },
  ...{ gemini_generate: geminiTools, gemini_stream: geminiTools, gemini_count_tokens: geminiTools },
};

// ---------------------------------------------------------------- dialects

const namedPreset = 'it names a preset, which may bring tools of its own';

/** What fields beside its tools switch on: OpenRouter takes its own in every dialect. */
function switchedOn(document: JsonDocument): OfferedTool[] {
  if (fields(document, 'preset').length > 0) throw new Unreadable(namedPreset);
  // Gemini takes cached content from those who speak Chat as well ("OpenAI compatibility", `extra_body`).
  const extra = fields(document, 'extrabody').map((one) => at(at(one, 'google'), 'cachedcontent') ?? null);
  if (extra.some((one) => one !== null)) throw new Unreadable(namedCache);
  const hosted = (field: string, names: readonly string[]): OfferedTool[] =>
    fields(document, field).flatMap((value) => (value === false ? [] : [tool(names)]));
  return [
    // Searches of models that search, of xAI, of Qwen ("Web search", Model Studio), and the plugins of OpenRouter.
    ...hosted('websearchoptions', ['web_search']),
    ...hosted('searchparameters', ['live_search', 'web_search']),
    ...hosted('enablesearch', ['enable_search', 'web_search']),
    ...listed(document, 'plugins').map((one) => tool([idIn(one), `plugin:${idIn(one)}`])),
  ];
}

function chatTools(document: JsonDocument): OfferedTool[] {
  return [
    ...listed(document, 'tools').flatMap(openaiTool),
    ...listed(document, 'functions').map((one) => tool([nameIn(one)])),
    ...switchedOn(document),
  ];
}

function responsesTools(document: JsonDocument): OfferedTool[] {
  if (fields(document, 'prompt').length > 0)
    throw new Unreadable('it names a stored prompt, which may bring tools of its own');
  const found = [...listed(document, 'tools').flatMap(openaiTool), ...switchedOn(document)];
  if (!document.mentions('additional_tools') && !document.mentions('tool_search_output')) return found;
  for (const item of entries(document, 'input')) {
    const { type, tools } = asObject(item);
    if (type !== 'additional_tools' && type !== 'tool_search_output') continue;
    found.push(...objectsIn(tools, JSON.stringify(item)).flatMap(openaiTool));
  }
  return found;
}

function messagesTools(document: JsonDocument): OfferedTool[] {
  return [
    ...listed(document, 'tools').map(claudeTool),
    ...listed(document, 'mcpservers').flatMap((one) => [
      serverTool(nameIn(one), textsAt(one, 'url')),
      ...toolsOfServer(nameIn(one), at(at(one, 'toolconfiguration'), 'allowedtools')),
    ]),
    ...switchedOn(document),
  ];
}

const namedCache = 'it names cached content, which may bring tools of its own';

function geminiTools(document: JsonDocument): OfferedTool[] {
  if (fields(document, 'cachedcontent').length > 0) throw new Unreadable(namedCache);
  // A count may hold the whole of a request.
  const inner = fields(document, 'generatecontentrequest').map(asObject);
  if (inner.some((one) => at(one, 'cachedcontent') !== undefined)) throw new Unreadable(namedCache);
  return [
    ...listed(document, 'tools'),
    ...inner.flatMap((one) => objectsIn(at(one, 'tools'), JSON.stringify(one))),
  ].flatMap(geminiTool);
}

// ---------------------------------------------------------------- one entry

/** Of Chat Completions, Ollama and Responses: what one of them does not know, a server of another's dialect may. */
function openaiTool(entry: JsonObject): OfferedTool[] {
  const type = asString(at(entry, 'type'));
  const named = ['function', 'custom'].flatMap((place) => {
    const inner = at(entry, place);
    return inner === undefined ? [] : [nameIn(asObject(inner))];
  });
  const own = asString(at(entry, 'name'));
  switch (type) {
    case undefined:
    case 'function':
    case 'custom': {
      const names = [...named, ...(own === undefined ? [] : [own])];
      if (names.length === 0) throw unnamed();
      return names.map((name) => tool([name]));
    }
    case 'namespace':
      if (own === undefined) throw unnamed();
      return objectsIn(at(entry, 'tools'), '')
        .flatMap(openaiTool)
        .map((inner) => ({ ...inner, names: [...inner.names, own, ...inner.names.map((name) => `${own}.${name}`)] }));
    case 'mcp': {
      const label = asString(at(entry, 'serverlabel'));
      if (label === undefined) throw unnamed();
      const identities = [...textsAt(entry, 'serverurl'), ...textsAt(entry, 'connectorid')];
      return [serverTool(label, identities), ...toolsOfServer(label, at(entry, 'allowedtools'))];
    }
    default:
      // Kimi runs `$web_search`, as a function of a type of its own.
      return [{ ...tool(typeNames(type)), given: [...(own === undefined ? [] : [own]), ...named.flatMap(plainly)] }];
  }
}

function plainly(name: string): readonly string[] {
  return name.startsWith('$') ? [name, name.slice(1)] : [name];
}

function claudeTool(entry: JsonObject): OfferedTool {
  const type = asString(at(entry, 'type'));
  if (type === undefined || type === 'custom') return tool([nameIn(entry)]);
  if (type === 'mcp_toolset') {
    const server = asString(at(entry, 'mcpservername'));
    if (server === undefined) throw unnamed();
    return { names: [type, 'mcp'], given: [server], server: undefined, ofServer: true };
  }
  const name = asString(at(entry, 'name'));
  return { ...tool(typeNames(type)), given: name === undefined ? [] : [name] };
}

function geminiTool(entry: JsonObject): OfferedTool[] {
  return Object.entries(entry).flatMap(([key, value]): OfferedTool[] => {
    if (value === null) return [];
    switch (plain(key)) {
      case 'functiondeclarations':
        return objectsIn(value, '').map((one) => tool([nameIn(one)]));
      case 'mcpservers':
        return objectsIn(value, '').map((one) =>
          serverTool(nameIn(one), textsAt(asObject(at(one, 'streamablehttptransport')), 'url')),
        );
      default:
        return [tool([key, key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)])];
    }
  });
}

function tool(names: readonly string[]): OfferedTool {
  return { names, given: [], server: undefined, ofServer: false };
}

function serverTool(name: string, identities: readonly string[]): OfferedTool {
  return { names: ['mcp'], given: [name], server: { name, identities }, ofServer: false };
}

/** Those of a server that the request picks: a list of names, or an object that holds one. */
function toolsOfServer(server: string, picked: Json | undefined): OfferedTool[] {
  const names = isObject(picked) ? asArray(at(picked, 'toolnames')) : asArray(picked);
  return names.flatMap((one): OfferedTool[] => {
    const name = asString(one);
    return name === undefined ? [] : [{ ...tool([name, `${server}.${name}`]), ofServer: true }];
  });
}

/** `openrouter:web_search` is also `web_search`. */
function typeNames(type: string): readonly string[] {
  const own = type.slice(type.indexOf(':') + 1);
  return own === type ? undated(type) : [type, ...undated(own)];
}

/** `web_search_20250305` is also `web_search`, `web_search_preview_2025_03_11` also `web_search_preview`. */
function undated(type: string): readonly string[] {
  const base = type.replace(/_\d{4}(?:_?\d{2}){2}$/, '');
  return base === type ? [type] : [type, base];
}

// ---------------------------------------------------------------- fields, however they are spelt

/** Some servers take a name in any case, Google's parser with and without underscores. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Top-level fields of this plain name that hold something. */
function fields(document: JsonDocument, name: string): Json[] {
  const found: Json[] = [];
  for (const key of document.keys()) {
    if (plain(key) !== name) continue;
    const value = document.value(key);
    if (value !== undefined && value !== null) found.push(value);
  }
  return found;
}

/** The objects of top-level lists of this name. Throws where one of them could be read in two ways. */
function listed(document: JsonDocument, name: string): JsonObject[] {
  const found: JsonObject[] = [];
  for (const key of document.keys()) {
    if (plain(key) !== name) continue;
    const span = document.span(key);
    const value = document.value(key);
    if (span === undefined || value === undefined || value === null) continue;
    found.push(...objectsIn(value, document.bytes.toString('utf8', span.start, span.end)));
  }
  return found;
}

/** `written`: the text it was parsed from; empty where that was looked at as part of another. */
function objectsIn(value: Json | undefined, written: string): JsonObject[] {
  if (value === undefined || value === null) return [];
  if (hasTwins(written)) throw new Unreadable('a tool names one of its fields twice');
  const list = isObject(value) ? [value] : asArray(value);
  if (!isObject(value) && !Array.isArray(value)) throw new Unreadable('its tools are no list');
  return list.map((one) => {
    if (!isObject(one)) throw new Unreadable('one of its tools is no object');
    return one;
  });
}

/** The one field of this plain name. */
function at(object: Json | undefined, name: string): Json | undefined {
  if (!isObject(object)) return undefined;
  for (const key of Object.keys(object)) {
    if (plain(key) !== name) continue;
    const value = object[key];
    return value ?? undefined;
  }
  return undefined;
}

function textsAt(object: JsonObject, name: string): string[] {
  const text = asString(at(object, name));
  return text === undefined ? [] : [text];
}

function nameIn(object: JsonObject): string {
  const name = asString(at(object, 'name'));
  if (name === undefined) throw unnamed();
  return name;
}

function idIn(object: JsonObject): string {
  const id = asString(at(object, 'id'));
  if (id === undefined) throw unnamed();
  return id;
}

function unnamed(): Unreadable {
  return new Unreadable('one of its tools has no name');
}
