// Anthropic's refusals, in the wording of api.anthropic.com. Public reference: "Errors" in the Anthropic API docs.

import { Refusal, type DialectContext, type Incoming } from './core.ts';
import { isDict, type Dict } from './json.ts';
import type { Issue, Path, Spec } from './shape.ts';

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** An Anthropic error answer; `details` is where the machine-readable code of thread errors travels. */
export function anthropicError(status: number, message: string, details?: Dict): Refusal {
  const error = { type: TYPES[status] ?? 'api_error', message, ...(details === undefined ? {} : { details }) };
  return new Refusal(
    status,
    { type: 'error', error, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
    { 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' },
  );
}

const dotted = (path: Path): string => path.join('.');

const VALID: Record<string, string> = {
  string: 'valid string',
  number: 'valid number',
  integer: 'valid integer',
  boolean: 'valid boolean',
  array: 'valid list',
  object: 'valid dictionary',
  map: 'valid dictionary',
  tagged: 'valid dictionary or object to extract fields from',
};

function kindName(spec: Spec | undefined): string {
  if (spec === undefined) return 'valid value';
  if (spec.kind === 'lazy') return kindName(spec.get());
  if (spec.kind === 'either') return kindName(spec.of[0]);
  return VALID[spec.kind] ?? 'valid value';
}

function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? (quoted[0] ?? '') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

/** The refusal for the first issue found in a body. */
export function anthropicIssue(issue: Issue): Refusal {
  const at = dotted(issue.path);
  const say = (what: string): Refusal => anthropicError(400, `${at}: ${what}`);
  const limit = String(issue.limit ?? 0);
  switch (issue.problem) {
    case 'missing':
      return say('Field required');
    case 'unknown':
      return say('Extra inputs are not permitted');
    case 'type':
      return say(`Input should be a ${kindName(issue.spec)}`);
    case 'value':
      return say(`Input should be ${alternatives(issue.values ?? [])}`);
    case 'tag':
      if (issue.tag === 'role') return anthropicError(400, `${at}.role: Input should be 'user' or 'assistant'`);
      return say(
        `Input tag '${String(issue.got)}' found using '${issue.tag ?? 'type'}' does not match any of the expected tags: ${(issue.values ?? []).map((value) => `'${value}'`).join(', ')}`,
      );
    case 'pattern':
      return say(
        `String should match pattern '${issue.spec?.kind === 'string' ? (issue.spec.pattern?.source ?? '') : ''}'`,
      );
    case 'long':
      return say(`String should have at most ${limit} characters`);
    case 'short':
      return say(`String should have at least ${limit} character`);
    case 'small':
      return say(`Input should be greater than or equal to ${limit}`);
    case 'big':
      return say(`Input should be less than or equal to ${limit}`);
    case 'few':
      return say(`List should have at least ${limit} item after validation, not 0`);
    case 'many':
      return say(`List should have at most ${limit} items after validation`);
  }
}

const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21'];

/** Checks key and version, gives the version. Throws Refusal. */
export function requireAnthropicHeaders(request: Incoming, context: DialectContext): string {
  const apiKey = request.headers['x-api-key'];
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if ((apiKey === undefined || apiKey === '') && bearer === undefined)
    throw anthropicError(401, 'x-api-key header is required');
  const valid = context.key === undefined || apiKey === context.key || (apiKey === undefined && bearer === context.key);
  if (!valid) throw anthropicError(401, apiKey === undefined ? 'Invalid bearer token' : 'invalid x-api-key');
  const version = request.headers['anthropic-version'];
  if (version === undefined) throw anthropicError(400, 'anthropic-version: header is required');
  if (!VERSIONS.includes(version))
    throw anthropicError(
      400,
      `anthropic-version: "${version}" is not a valid version. Must be one of: ${VERSIONS.join(', ')}`,
    );
  return version;
}

/** The parsed JSON object of a POST. */
export function requireAnthropicJson(request: Incoming): Dict {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw anthropicError(400, 'content-type: must be application/json');
  if (request.json === undefined)
    throw anthropicError(400, 'The request body is not valid JSON: expected value at line 1 column 1');
  if (!isDict(request.json)) throw anthropicError(400, 'Input should be a valid dictionary');
  return request.json;
}
