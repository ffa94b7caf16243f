// Google's refusals: the error body with its status word and field violations, in the wording of generativelanguage.googleapis.com.

import { Refusal, type DialectContext, type Incoming } from './core.ts';
import { isDict, type Dict } from './json.ts';
import type { Issue, Path, Spec } from './shape.ts';

const STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** A Google error answer. */
export function geminiError(code: number, message: string, details?: readonly Dict[]): Refusal {
  return new Refusal(code, {
    error: { code, message, status: STATUS[code] ?? 'UNKNOWN', ...(details === undefined ? {} : { details }) },
  });
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `contents[0].parts[0].function_call`, as Google writes a place. */
export const place = (path: Path): string =>
  path.reduce<string>(
    (sum, step) => (typeof step === 'number' ? `${sum}[${step}]` : sum === '' ? snake(step) : `${sum}.${snake(step)}`),
    '',
  );

const TYPE: Record<string, string> = {
  string: 'TYPE_STRING',
  number: 'TYPE_FLOAT',
  integer: 'TYPE_INT32',
  boolean: 'TYPE_BOOL',
};

function typeName(spec: Spec | undefined): string {
  if (spec?.kind === 'lazy') return typeName(spec.get());
  return spec === undefined ? 'TYPE_MESSAGE' : (TYPE[spec.kind] ?? 'TYPE_MESSAGE');
}

/** The refusal for the first issue found in a body. */
export function geminiIssue(issue: Issue): Refusal {
  const at = place(issue.path);
  const violation = (field: string, description: string): Refusal =>
    geminiError(400, description, [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] },
    ]);
  if (issue.problem === 'unknown') {
    const parent = place(issue.path.slice(0, -1));
    const where = parent === '' ? '' : ` at '${parent}'`;
    return violation(
      parent,
      `Invalid JSON payload received. Unknown name "${String(issue.path.at(-1))}"${where}: Cannot find field.`,
    );
  }
  if (issue.problem === 'type' && Array.isArray(issue.got) && issue.spec?.kind !== 'array') {
    return violation(
      at,
      `Invalid JSON payload received. Unknown name "${String(issue.path.at(-1))}" at '${place(issue.path.slice(0, -1))}': Proto field is not repeating, cannot start list.`,
    );
  }
  if (issue.problem === 'type')
    return violation(at, `Invalid value at '${at}' (${typeName(issue.spec)}), ${JSON.stringify(issue.got)}`);
  if (issue.problem === 'pattern')
    return violation(
      at,
      `Invalid value at '${at}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(issue.got)}`,
    );
  if (issue.problem === 'missing') return requestError(at, 'must not be empty.');
  return requestError(at, `value ${JSON.stringify(issue.got)} is out of range.`);
}

/** A violation of a rule rather than of the JSON shape, in Google's bulleted form. */
export function requestError(at: string, what: string): Refusal {
  return geminiError(400, `* GenerateContentRequest.${at}: ${what}\n`);
}

/** Checks an API key, or for Vertex a bearer token. Throws Refusal. */
export function requireGeminiKey(request: Incoming, context: DialectContext, vertex: boolean): void {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (vertex) {
    if (bearer === undefined || (context.key !== undefined && bearer !== context.key)) {
      throw geminiError(
        401,
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
      );
    }
    return;
  }
  const key = request.headers['x-goog-api-key'] ?? request.query.get('key') ?? bearer;
  if (key === undefined || key === '') {
    throw geminiError(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
  }
  if (context.key !== undefined && key !== context.key) {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    };
    throw geminiError(400, 'API key not valid. Please pass a valid API key.', [info]);
  }
}

/** The parsed JSON object of a POST. */
export function requireGeminiJson(request: Incoming): Dict {
  const start = request.body.toString('utf8', 0, 40);
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw geminiError(
      400,
      `Invalid JSON payload received. Unknown name "${start}": Cannot bind query parameter. Field '${start}' could not be found in request message.`,
    );
  }
  if (request.json === undefined)
    throw geminiError(400, `Invalid JSON payload received. Unexpected token.\n${start}\n^`);
  if (!isDict(request.json))
    throw geminiError(400, 'Invalid JSON payload received. Unknown name "": Root element must be a message.');
  return request.json;
}
