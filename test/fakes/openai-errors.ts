// OpenAI's refusals: the error body, the wording of its validation, and the rules about keys and content types.
// Wording as observed on api.openai.com; public reference: "Error codes" in the OpenAI API guide.

import { Refusal, type DialectContext, type Incoming } from './core.ts';
import { isDict, type Dict } from './json.ts';
import type { Issue, Path, Spec } from './shape.ts';

export type UnknownFields = 'openai' | '422' | 'groq' | 'ignore';

/** An OpenAI error answer. */
export function openaiError(
  status: number,
  message: string,
  rest: { param?: string | null; code?: string | null; type?: string } = {},
): Refusal {
  return new Refusal(status, {
    error: { message, type: rest.type ?? 'invalid_request_error', param: rest.param ?? null, code: rest.code ?? null },
  });
}

const bad = (message: string, param: string | null, code: string | null): Refusal =>
  openaiError(400, message, { param, code });

/** `messages[0].content`, as OpenAI writes a place. */
export const place = (path: Path): string =>
  path.reduce<string>(
    (sum, step) => (typeof step === 'number' ? `${sum}[${step}]` : sum === '' ? step : `${sum}.${step}`),
    '',
  );

const KIND: Record<string, string> = {
  string: 'a string',
  number: 'a decimal number',
  integer: 'an integer',
  boolean: 'a boolean',
  object: 'an object',
  map: 'an object',
  tagged: 'an object',
  array: 'an array',
};

const expected = (spec: Spec): string => {
  if (spec.kind === 'lazy') return expected(spec.get());
  if (spec.kind === 'either') return `one of ${spec.of.map(expected).join(' or ')}`;
  return KIND[spec.kind] ?? 'a value';
};

const gotten = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return KIND[typeof value] ?? 'nothing';
};

const quoted = (values: readonly string[]): string =>
  values.length === 1
    ? `'${values[0] ?? ''}'`
    : `${values
        .slice(0, -1)
        .map((value) => `'${value}'`)
        .join(', ')}, and '${values.at(-1) ?? ''}'`;

/** The refusal for the first issue found in a body. */
export function openaiIssue(issue: Issue, unknownFields: UnknownFields = 'openai'): Refusal {
  const at = place(issue.path);
  const limit = String(issue.limit ?? 0);
  switch (issue.problem) {
    case 'missing':
      return bad(`Missing required parameter: '${at}'.`, at, 'missing_required_parameter');
    case 'unknown':
      return unknownField(issue, unknownFields);
    case 'type':
      return bad(
        `Invalid type for '${at}': expected ${issue.spec === undefined ? 'a value' : expected(issue.spec)}, but got ${gotten(issue.got)} instead.`,
        at,
        'invalid_type',
      );
    case 'value':
    case 'tag':
      return bad(
        `Invalid value: '${String(issue.got)}'. Supported values are: ${quoted(issue.values ?? [])}.`,
        issue.tag === undefined ? at : `${at}.${issue.tag}`,
        'invalid_value',
      );
    case 'pattern': {
      const pattern = issue.spec?.kind === 'string' ? (issue.spec.pattern?.source ?? '') : '';
      if (/^\^[a-z]+$/.test(pattern)) {
        return bad(
          `Invalid '${at}': '${String(issue.got)}'. Expected an ID that begins with '${pattern.slice(1)}'.`,
          at,
          'invalid_value',
        );
      }
      return bad(
        `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`,
        at,
        'invalid_value',
      );
    }
    case 'long':
    case 'short': {
      const length = String(String(issue.got).length);
      const [word, bound] = issue.problem === 'long' ? ['long', 'maximum'] : ['short', 'minimum'];
      const code = issue.problem === 'long' ? 'string_above_max_length' : 'string_below_min_length';
      return bad(
        `Invalid '${at}': string too ${word}. Expected a string with ${bound} length ${limit}, but got a string with length ${length} instead.`,
        at,
        code,
      );
    }
    case 'small':
      return bad(
        `Invalid '${at}': integer below minimum value. Expected a value >= ${limit}, but got ${String(issue.got)} instead.`,
        at,
        'integer_below_min_value',
      );
    case 'big':
      return bad(
        `Invalid '${at}': decimal above maximum value. Expected a value <= ${limit}, but got ${String(issue.got)} instead.`,
        at,
        'decimal_above_max_value',
      );
    case 'few':
      return bad(
        `Invalid '${at}': empty array. Expected an array with minimum length ${limit}, but got an empty array instead.`,
        at,
        'empty_array',
      );
    case 'many': {
      const length = Array.isArray(issue.got) ? issue.got.length : 0;
      return bad(
        `Invalid '${at}': array too long. Expected an array with maximum length ${limit}, but got an array with length ${length} instead.`,
        at,
        'array_above_max_length',
      );
    }
  }
}

function unknownField(issue: Issue, how: UnknownFields): Refusal {
  const at = place(issue.path);
  if (how === '422') {
    // Mistral's pydantic spelling.
    const detail = [
      {
        type: 'extra_forbidden',
        loc: ['body', ...issue.path],
        msg: 'Extra inputs are not permitted',
        input: issue.got,
      },
    ];
    return new Refusal(422, {
      object: 'error',
      message: { detail },
      type: 'invalid_request_error',
      param: null,
      code: null,
      raw_status_code: 422,
    });
  }
  if (how === 'groq') return openaiError(400, `property '${String(issue.path.at(-1))}' is unsupported`);
  return bad(`Unknown parameter: '${at}'.`, at, 'unknown_parameter');
}

/** 401 without a key, or with another than the one known. */
export function requireKey(request: Incoming, context: DialectContext, azure: boolean): void {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = (azure ? request.headers['api-key'] : undefined) ?? bearer;
  if (azure && (key === undefined || (context.key !== undefined && key !== context.key))) {
    throw new Refusal(401, {
      error: {
        code: '401',
        message:
          'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
      },
    });
  }
  if (key === undefined) {
    throw openaiError(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.",
    );
  }
  if (context.key !== undefined && key !== context.key) {
    throw openaiError(
      401,
      `Incorrect API key provided: ${key.slice(0, 4)}***. You can find your API key at https://platform.openai.com/account/api-keys.`,
      { code: 'invalid_api_key' },
    );
  }
}

/** The parsed JSON object of a POST, or the refusal for a wrong content type or body. */
export function requireJson(request: Incoming): Dict {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw openaiError(
      415,
      `Unsupported content type: '${type}'. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: ${type}'. Please try again with a supported content type.`,
      { code: 'unsupported_content_type' },
    );
  }
  if (!isDict(request.json)) {
    throw openaiError(
      400,
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
    );
  }
  return request.json;
}

/** 404 for a model this account does not have. */
export function requireModel(model: string, context: DialectContext): void {
  if (model === '') throw openaiError(400, 'you must provide a model parameter');
  if (context.models !== undefined && !context.models.includes(model)) {
    throw openaiError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    });
  }
}
