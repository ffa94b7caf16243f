/** Reads the request a file holds: a body as JSON, or a captured request with its path, headers and body. */
import { namedSurfaces, pathOf, surfaceOf, type NamedSurface } from '../../../shared/domain/request-shape.ts';
import type { CallInput } from '../../../shared/contract/contract.ts';
import { readText, type FileToRead } from '../read-text.ts';
import { CommandError, FileProblem } from '../shell.ts';
import { endOfJson } from './json-place.ts';

export type RequestInFile = CallInput<'route.simulate'>['request'];

/** What a request is proved with, and what belongs to its connection: neither matters here, and none of it leaves. */
const leftOut = new Set([
  ...['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie'],
  ...['host', 'connection', 'content-length', 'content-encoding', 'transfer-encoding', 'accept-encoding'],
]);
const keyParameters = ['key', 'api_key', 'access_token'];

/** `surface` overrules what path and body tell. Throws `FileProblem`, with what mends it. */
export async function readRequestFile(file: FileToRead, surface: NamedSurface | undefined): Promise<RequestInFile> {
  const found = parse(await readText(file, 'a file with one request as JSON'), file);
  const problem = (text: string): FileProblem => new FileProblem(`${file.shown}:1:1: ${text}`);
  if (!isObject(found))
    throw problem('this is no request. Give its body, a JSON object, or {method, path, headers, body}.');
  const captured = isCaptured(found) ? found : undefined;
  const body = captured === undefined ? found : bodyOf(captured, problem);
  return {
    path: (surface === undefined ? givenPath(captured, problem) : undefined) ?? likelyPath(body, surface, problem),
    method: typeof captured?.['method'] === 'string' ? captured['method'].toUpperCase() : 'POST',
    headers: headersOf(captured?.['headers'], problem),
    body,
  };
}

/** Whether a call failed for what the request says, as told apart from one that nobody may or can serve. */
export function isOfTheRequest(error: unknown): error is CommandError {
  return error instanceof CommandError && /^(?:read|identify|receive)\./.test(error.code ?? '');
}

export function isNamedSurface(name: string): name is NamedSurface {
  return (namedSurfaces as readonly string[]).includes(name);
}

type Problem = (text: string) => FileProblem;
type Fields = Readonly<Record<string, unknown>>;

/** No dialect has a field `body`. */
function isCaptured(found: Fields): boolean {
  return 'body' in found && ['path', 'url', 'method', 'headers'].some((name) => name in found);
}

function bodyOf(captured: Fields, problem: Problem): unknown {
  const { body } = captured;
  if (isObject(body)) return body;
  if (typeof body !== 'string') throw problem('its body is no JSON object. A request that is routed has one.');
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw problem('its body is a text that is no JSON object. Give the body as it was sent, decompressed.');
}

function givenPath(captured: Fields | undefined, problem: Problem): string | undefined {
  const given = captured?.['path'] ?? captured?.['url'];
  if (given === undefined) return undefined;
  const url = typeof given === 'string' ? parseUrl(given) : undefined;
  if (url === undefined) throw problem('its path is none. Give "path" as in /v1/chat/completions, or "url".');
  for (const name of keyParameters) url.searchParams.delete(name);
  // A path token is a key.
  return url.pathname.replace(/^\/c\/[^/]+(?=\/)/, '') + url.search;
}

function parseUrl(text: string): URL | undefined {
  const isPath = text.startsWith('/') && !text.startsWith('//');
  return (isPath || /^https?:\/\//.test(text) ? URL.parse(text, 'http://localhost') : null) ?? undefined;
}

function likelyPath(body: unknown, surface: NamedSurface | undefined, problem: Problem): string {
  const path = pathOf(surface ?? surfaceOf(body) ?? 'chat', body);
  if (path !== undefined) return path;
  throw problem(
    'a Gemini body does not name its model. Add "model" to it, or give {"path": "/v1beta/models/MODEL:generateContent", "body": …}.',
  );
}

function headersOf(given: unknown, problem: Problem): Record<string, string> {
  if (given === undefined || given === null) return {};
  const entries = isObject(given) ? Object.entries(given) : [];
  const isText = entries.every(([, value]) => typeof value === 'string');
  if (!isObject(given) || !isText) throw problem('its headers are no object of texts. Give {"x-name": "value"}.');
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (leftOut.has(name.toLowerCase()) ? [] : [[name.toLowerCase(), String(value)]])),
  );
}

function parse(text: string, { shown }: FileToRead): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const at = endOfJson(text);
    const before = text.slice(0, at).split('\n');
    const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
    throw new FileProblem(`${shown}:${line}:${column}: this is not JSON. ${mendOf(text, at)}.`);
  }
}

function mendOf(text: string, at: number): string {
  if (text.trim() === '') return 'It is empty: give a request as JSON';
  if (at >= text.length) return 'It ends too early: something that was opened is not closed';
  const isMore = text[at] === '{' && text.slice(0, at).trimEnd().endsWith('}');
  return isMore ? 'Another document follows the first: give one request' : `"${text[at] ?? ''}" cannot stand here`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
