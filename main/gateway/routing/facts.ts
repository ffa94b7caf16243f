/** The facts of a request: worked out when first asked for, and told again from what was kept of them. */
import { detectLanguage } from '../../kit/language.ts';
import { matchesPattern } from '../../kit/pattern.ts';
import type { ConditionSurface, Content, TextRole } from '../../../shared/config/condition.ts';
import { withoutReminders } from '../dialects/agent-noise.ts';
import type { Survey } from '../dialects/dialect.ts';
import type { RouteFacts, StoredFacts } from './decision.ts';
import { promptTypeOf } from './prompt-type.ts';
import { sessionOf, type RequestHeaders } from './session-key.ts';

export interface FactsInput {
  readonly body: Buffer;
  /** `undefined` for bodies that carry no conversation: they have no texts, no contents and no session but a header's. */
  readonly survey: Survey | undefined;
  readonly surface: ConditionSurface;
  /** As the client sent it. */
  readonly model: string;
  readonly stream: boolean;
  readonly client: string | undefined;
  readonly keyMetadata: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: RequestHeaders;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As learned from what providers counted. */
  readonly bytesPerToken: number;
}

/** Base64 is not text to a model: vendors charge about this many tokens for a picture or some pages. */
const mediaTokens = 1_600;
/** Of each message this much is looked at (RTE-20). */
const maxMatched = 256 * 1024;
/** And of all of them together: a pattern takes about 30 ms a megabyte, for which the event loop stands still (FAULT-47). */
const maxMatchedInAll = 2 * 1024 * 1024;
const openBrace = 0x7b;
const space = 0x20;
const defaultRoles: readonly TextRole[] = ['system', 'user', 'tool'];
const tagPrefix = 'x-sluice-tag-';
/** A longer value is no label. */
const maxTagLength = 256;
/** What tells a language, from the last words back. */
const maxLanguageText = 4_096;

/** Lazy: asking costs what the answer takes, once. */
export function createFacts(input: FactsInput): RouteFacts {
  return new LiveFacts(input);
}

class LiveFacts implements RouteFacts {
  readonly model: string;
  readonly client: string | undefined;
  readonly surface: ConditionSurface;
  readonly at: number;
  readonly #input: FactsInput;
  #tokens: number | undefined;
  #maxTokens: { readonly value: number | undefined } | undefined;
  // Made when they are needed: most requests ask for few of them.
  #has: Map<Content, boolean> | undefined;
  #language: RouteFacts['language'] | undefined;
  #promptType: RouteFacts['promptType'] | undefined;
  #tags: Map<string, string | undefined> | undefined;
  #matches: Map<string, boolean> | undefined;
  #session: { readonly value: RouteFacts['session'] } | undefined;
  #pins: RouteFacts['pins'] | undefined;

  constructor(input: FactsInput) {
    this.#input = input;
    this.model = input.model.replace(/^models\//, '');
    this.client = input.client;
    this.surface = input.surface;
    this.at = input.at;
  }

  get tokens(): number {
    this.#tokens ??= tokensOf(this.#input);
    return this.#tokens;
  }

  get maxTokens(): number | undefined {
    this.#maxTokens ??= { value: this.#input.survey?.maxTokens() };
    return this.#maxTokens.value;
  }

  has(content: Content): boolean {
    const known = this.#has?.get(content);
    if (known !== undefined) return known;
    // Streams are asked for in the path by some, and by nothing but their absence by others.
    const found = content === 'stream' ? this.#input.stream : (this.#input.survey?.has(content) ?? false);
    (this.#has ??= new Map()).set(content, found);
    return found;
  }

  get language(): RouteFacts['language'] {
    this.#language ??= languageOf(this.#input.survey);
    return this.#language;
  }

  get promptType(): RouteFacts['promptType'] {
    const { survey } = this.#input;
    this.#promptType ??= promptTypeOf({
      text: () => survey?.lastUserText(),
      hasTools: () => survey?.has('tools') ?? false,
      isToolLoop: () => survey?.isToolLoop() ?? false,
      hasToolTurns: () => survey?.hasToolTurns() ?? false,
      hasSchema: () => survey?.has('json_schema') ?? false,
      tokens: this.tokens,
    });
    return this.#promptType;
  }

  tag(name: string): string | undefined {
    this.#tags ??= new Map();
    if (!this.#tags.has(name)) this.#tags.set(name, tagOf(name, this.#input));
    return this.#tags.get(name);
  }

  matches(pattern: string, roles: readonly TextRole[] | undefined): boolean {
    const key = matchKey(pattern, roles);
    const known = this.#matches?.get(key);
    if (known !== undefined) return known;
    let found = false;
    let left = maxMatchedInAll;
    for (const text of this.#input.survey?.texts(roles ?? defaultRoles) ?? []) {
      const seen = text.slice(0, Math.min(maxMatched, left));
      left -= seen.length;
      found = matchesPattern(pattern, seen);
      if (found || left <= 0) break;
    }
    (this.#matches ??= new Map()).set(key, found);
    return found;
  }

  get session(): RouteFacts['session'] {
    this.#session ??= { value: sessionOf(this.#input.headers, this.#input.survey) };
    return this.#session.value;
  }

  get pins(): RouteFacts['pins'] {
    const { survey } = this.#input;
    this.#pins ??= {
      toolLoop: survey?.isToolLoop() ?? false,
      signedReasoning: survey?.hasSignedReasoning() ?? false,
      providerIds: survey?.hasProviderIds() ?? false,
    };
    return this.#pins;
  }

  known(): ReturnType<RouteFacts['known']> {
    const session = this.#session === undefined ? sessionOf(this.#input.headers, undefined) : this.#session.value;
    return { session, promptType: this.#promptType };
  }

  stored(): StoredFacts {
    return {
      model: this.model,
      surface: this.surface,
      at: this.at,
      tokens: this.tokens,
      client: this.client,
      maxTokens: this.maxTokens,
      has: this.#has && Object.fromEntries(this.#has),
      language: this.#language,
      promptType: this.#promptType,
      tags: this.#tags && Object.fromEntries([...this.#tags].map(([name, value]) => [name, value ?? null])),
      matches: this.#matches && Object.fromEntries(this.#matches),
      session: this.#session && (this.#session.value ?? null),
      pins: this.#pins,
    };
  }
}

/** Rounded up, since a request that was taken for too small fails. Uploads that are no JSON hold no tokens. */
function tokensOf({ body, survey, bytesPerToken }: FactsInput): number {
  if (!isJson(body)) return 0;
  const media = survey?.media() ?? { bytes: 0, count: 0 };
  const text = Math.max(0, body.length - media.bytes);
  return Math.ceil(text / Math.max(bytesPerToken, 1)) + media.count * mediaTokens;
}

/** By the first byte that says anything: a body of fields in parts begins with a dash. */
function isJson(body: Buffer): boolean {
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === openBrace) return true;
    // White space, or one of the three bytes of a mark.
    if (byte > space && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return false;
  }
  return false;
}

/** By what the user said last; where that is too little, by all the user said. */
function languageOf(survey: Survey | undefined): RouteFacts['language'] {
  if (survey === undefined) return detectLanguage('');
  const last = detectLanguage(survey.lastUserText() ?? '');
  if (last.code !== undefined) return last;
  let text = '';
  for (const said of [...survey.texts(['user'])].reverse()) {
    text = `${withoutReminders(said)}\n${text}`;
    if (text.length > maxLanguageText) break;
  }
  return detectLanguage(text);
}

/** The key's metadata is its owner's word, a header anyone's: so the key wins, in whatever case its name is written. */
function tagOf(name: string, { keyMetadata, headers }: FactsInput): string | undefined {
  const lower = name.toLowerCase();
  const own =
    Object.keys(keyMetadata).find((one) => one === name) ??
    Object.keys(keyMetadata).find((one) => one.toLowerCase() === lower);
  if (own !== undefined) return keyMetadata[own];
  const header = `${tagPrefix}${lower}`;
  const value = Object.hasOwn(headers, header) ? headers[header] : undefined;
  const text = typeof value === 'string' ? value : value?.join(',');
  return text === undefined || text.length > maxTagLength ? undefined : text;
}

function matchKey(pattern: string, roles: readonly TextRole[] | undefined): string {
  return `${[...(roles ?? defaultRoles)].sort().join('+')}: ${pattern}`;
}

/** Facts from what was kept of them. Asking for one that was not kept throws an error that names it: a guess would be no replay. */
export function factsFrom(stored: StoredFacts): RouteFacts {
  const need = <Value>(value: Value | undefined, name: string): Value => {
    if (value === undefined) throw new Error(`The fact "${name}" was not asked for when this decision was made.`);
    return value;
  };
  return {
    model: stored.model,
    client: stored.client,
    surface: stored.surface,
    tokens: stored.tokens,
    maxTokens: stored.maxTokens,
    at: stored.at,
    has: (content) => need(stored.has?.[content], `has ${content}`),
    get language() {
      return need(stored.language, 'lang');
    },
    get promptType() {
      return need(stored.promptType, 'prompt_type');
    },
    tag: (name) => need(ownValue(stored.tags, name), `tag ${name}`) ?? undefined,
    matches: (pattern, roles) => need(ownValue(stored.matches, matchKey(pattern, roles)), 'text'),
    get session() {
      return need(stored.session, 'session') ?? undefined;
    },
    get pins() {
      return need(stored.pins, 'pins');
    },
    known: () => ({ session: stored.session ?? undefined, promptType: stored.promptType }),
    stored: () => stored,
  };
}

function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
