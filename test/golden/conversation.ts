// One conversation in no dialect's words: the left side of the matrix.
export const clientNames = ['chat', 'responses', 'anthropic', 'gemini'] as const;
export type ClientName = (typeof clientNames)[number];

/** Bytes are base64. */
export type Part =
  | { readonly text: string }
  | { readonly image: string }
  | { readonly imageUrl: string }
  | { readonly pdf: string; readonly name: string }
  | { readonly pdfUrl: string }
  | { readonly wav: string };

export interface Result {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly Part[];
  readonly isError?: boolean;
}

export type Turn =
  | { readonly user: readonly Part[] }
  /** An instruction between the turns; Gemini has none. */
  | { readonly instruct: string }
  | {
      readonly assistant: string;
      readonly calls?: readonly {
        readonly id: string;
        readonly name: string;
        readonly args: Readonly<Record<string, unknown>>;
      }[];
    }
  | { readonly results: readonly Result[] };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** Left out: a tool without arguments. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

export interface Conversation {
  readonly system?: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly Tool[];
  /** `any` of them must be called, `none` may be, these `allowed` ones only, or one by its name. */
  readonly choice?: 'any' | 'none' | { readonly allowed: readonly string[] } | { readonly tool: string };
  /** One call at a time; Gemini cannot say so. */
  readonly single?: boolean;
  readonly schema?: Readonly<Record<string, unknown>>;
  /** A schema that is not asked for in strict mode, where there is one. */
  readonly looseSchema?: Readonly<Record<string, unknown>>;
  /** Any JSON; Messages cannot say so. */
  readonly json?: boolean;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly sampling?: {
    readonly temperature?: number;
    readonly topP?: number;
    /** Messages and Gemini only. */
    readonly topK?: number;
    /** Chat and Gemini only, as `seed`. */
    readonly penalty?: number;
    readonly seed?: number;
  };
  /** Alternatives to each token; Messages has none. */
  readonly logprobs?: number;
  readonly reasoning?: boolean;
  /** How many answers; Chat and Gemini only. */
  readonly answers?: number;
  /** Who asks, and what the request is labelled with. */
  readonly user?: string;
  /** Marks the first user part for the prompt cache, where a dialect has such marks. */
  readonly cacheMark?: boolean;
}

export type Body = Record<string, unknown>;

/** For the author of a case that names a client too many. */
export const cannotSay = (client: ClientName, what: object): Error =>
  new Error(`${client} cannot say ${JSON.stringify(what)}: leave the client out of the case`);

export const dataUrl = (type: string, data: string): string => `data:${type};base64,${data}`;

export function defined(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

export function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) => ('text' in part ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

export const listOf = (value: unknown): Body[] => (Array.isArray(value) ? (value as Body[]) : []);
export const dictOf = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});
