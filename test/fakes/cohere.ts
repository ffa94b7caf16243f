// The simulated Cohere account: native rerank, the generic rerank of Jina's shape, and the OpenAI-compatible endpoints.

import {
  jsonReply,
  Refusal,
  type CommonOptions,
  type Dialect,
  type DialectContext,
  type Incoming,
  type Reply,
} from './core.ts';
import { dict, isDict, list, text, type Dict } from './json.ts';
import { answerChat } from './openai-chat.ts';
import { requireJson, requireModel } from './openai-errors.ts';
import { OTHER_ENDPOINTS } from './openai-other.ts';
import { tokens, type PlannedTurn } from './script.ts';
import { any, arr, bool, check, either, int, obj, open, req, str, type Issue, type Spec } from './shape.ts';
import { sseFrame } from './wire.ts';

export type CohereOptions = CommonOptions & { dialect: 'cohere' };

const fail = (status: number, message: string): Refusal =>
  new Refusal(status, { id: '00000000-0000-4000-8000-000000000000', message });

const nativeBody = (): Spec =>
  obj({
    model: req(str()),
    query: req(str()),
    documents: req(arr(str(), { minItems: 1, maxItems: 10_000 })),
    top_n: int(1),
    max_tokens_per_doc: int(1),
    priority: int(0, 999),
  });
const genericBody = (): Spec =>
  obj({
    model: req(str()),
    query: req(any()),
    documents: req(arr(either(str(), open()), { minItems: 1 })),
    top_n: int(1),
    return_documents: bool(),
    max_chunks_per_doc: int(1),
    rank_fields: arr(str()),
    truncation: bool(),
    return_embeddings: bool(),
    max_doc_length: int(1),
  });

function issueMessage(issue: Issue): string {
  const at = issue.path.join('.');
  if (issue.problem === 'missing') return `invalid request: ${at} is required`;
  if (issue.problem === 'unknown') return `invalid request: unknown field: parameter '${at}' is not a valid field`;
  return `invalid request: ${at} has an invalid value`;
}

/** The dialect of one Cohere account. */
export function createCohere(context: DialectContext): Dialect {
  const answer = (request: Incoming, planned: PlannedTurn | undefined): Reply => {
    const key = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw fail(401, 'no api key supplied');
    if (context.key !== undefined && key !== context.key) throw fail(401, 'invalid api token');
    if (request.path === '/v2/rerank' || request.path === '/v1/rerank') return rerank(request, context);
    if (request.path === '/v1/models' && request.method === 'GET')
      return jsonReply({
        models: (context.models ?? ['command-a-03-2025', 'rerank-v3.5']).map((name) => ({ name, endpoints: ['chat'] })),
      });
    const rest = request.path.startsWith('/compatibility/v1/') ? request.path.slice('/compatibility/v1'.length) : '';
    const other = OTHER_ENDPOINTS[rest];
    if (rest === '/embeddings' && other !== undefined) return other(request, context, 'openai', planned);
    if (rest !== '/chat/completions') throw fail(404, `404 page not found`);
    const body = requireJson(request);
    requireModel(text(body.model), context);
    return answerChat(body, context, { noModelRules: true }, planned);
  };
  return {
    answer,
    errorFrame: () =>
      sseFrame({ error: { message: 'internal server error', type: 'server_error', param: null, code: null } }),
  };
}

function rerank(request: Incoming, context: DialectContext): Reply {
  const native = request.path === '/v2/rerank';
  if (request.method !== 'POST') throw fail(405, 'method not allowed');
  if (!isDict(request.json)) throw fail(400, 'invalid request: the body is not a valid JSON object');
  const body = request.json;
  const issue = check(body, native ? nativeBody() : genericBody());
  if (issue !== undefined) throw fail(issue.problem === 'unknown' ? 422 : 400, issueMessage(issue));
  if (context.models !== undefined && !context.models.includes(text(body.model)))
    throw fail(
      404,
      `model '${text(body.model)}' not found, make sure the correct model ID was used and that you have access to the model.`,
    );
  const documents = list(body.documents).map((one) => (typeof one === 'string' ? one : text(dict(one).text)));
  const query = typeof body.query === 'string' ? body.query : JSON.stringify(body.query);
  const top = typeof body.top_n === 'number' ? body.top_n : documents.length;
  const results: Dict[] = documents
    .map((document, index) => ({ index, relevance_score: score(query, document) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, top);
  if (native)
    return jsonReply({
      id: context.mint.id('', 24),
      results,
      meta: { api_version: { version: '2' }, billed_units: { search_units: Math.ceil(documents.length / 100) } },
    });
  const shown =
    body.return_documents === true
      ? results.map((one) => ({ ...one, document: { text: documents[Number(one.index)] } }))
      : results;
  const total = tokens(query) + documents.reduce((sum, one) => sum + tokens(one), 0);
  return jsonReply({
    model: body.model,
    object: 'list',
    usage: { total_tokens: total, prompt_tokens: total },
    results: shown,
  });
}

/** Share of the query's words that the document holds. */
function score(query: string, document: string): number {
  const words = query.toLowerCase().split(/\W+/).filter(Boolean);
  const found = words.filter((word) => document.toLowerCase().includes(word)).length;
  return words.length === 0 ? 0 : Math.round((found / words.length) * 1000) / 1000;
}
