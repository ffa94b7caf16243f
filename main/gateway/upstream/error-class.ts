/** What an upstream's error means, whoever says it and in whatever words. */
import type { ProviderKind } from '../../../shared/config/provider.ts';
import type { UpstreamClass } from '../exchange.ts';
import { errorWords, type ErrorBody, type ErrorWords } from './error-words.ts';

/** An error answer as it came, its body unpacked. */
export interface UpstreamAnswer extends ErrorBody {
  readonly status: number;
}

/**
 * The class of an error answer; never throws. What is not recognised is judged by its status alone, so that a vendor's new
 * words are treated as its old ones were. An error found inside a stream has no status of its own: any below 400 serves.
 */
export function classifyUpstream(answer: UpstreamAnswer, kind: ProviderKind): UpstreamClass {
  const words = errorWords(answer);
  if (words.isPage) return ofPage(answer.status);
  for (const row of rows) if (fits(row, answer.status, words, kind)) return row.means;
  return ofStatus(answer.status, words);
}

/** A row fits when its status does, and then one of its codes or its words, where it has any. */
interface Row {
  readonly means: UpstreamClass;
  readonly at?: readonly number[];
  readonly notAt?: readonly number[];
  readonly kind?: ProviderKind;
  readonly codes?: readonly string[];
  /** Where a code has many spellings. */
  readonly codeLike?: RegExp;
  readonly says?: RegExp;
}

function fits(row: Row, status: number, words: ErrorWords, kind: ProviderKind): boolean {
  if (row.at?.includes(status) === false || row.notAt?.includes(status) === true) return false;
  if (row.kind !== undefined && row.kind !== kind) return false;
  if (row.codes === undefined && row.codeLike === undefined && row.says === undefined) return true;
  if (row.codes?.some((code) => words.codes.has(code)) === true || row.says?.test(words.text) === true) return true;
  return row.codeLike !== undefined && [...words.codes].some((code) => row.codeLike?.test(code));
}

/** Statuses at which the sentences of other classes are not looked for: they are about the caller, not about the request. */
const aboutCaller = [401, 402, 403, 429];

/**
 * The first row that fits is the answer, hence the order: what is named by a code before what is told by a sentence, and the
 * particular before the general. Sentences are matched with bounded gaps, so that no text takes longer than its length asks.
 * Sources: the vendors' error references, and reports with the literal body, as `owner/repository#number` on GitHub.
 */
const rows: readonly Row[] = [
  // ---------------------------------------------------------------- money and quotas that do not refill by themselves
  {
    // OpenAI, "Error codes" (429, "You exceeded your current quota"); Anthropic, "Errors" (402); Codex's usage limits;
    // Moonshot and Zhipu (1113) document theirs as 429, Fireworks as 412 (account suspended), Cerebras as 402.
    means: 'quota_exhausted',
    codes: [
      ...['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'billing_error', 'credit_limit'],
      ...['usage_limit_reached', 'usage_not_included', 'exceeded_current_quota_error', '1113', 'payment_required'],
    ],
  },
  {
    // A model outside the free tier: "Quota exceeded for metric: …, limit: 0, model: gemini-2.5-pro" (continuedev/continue#10062).
    means: 'quota_exhausted',
    at: [429],
    says: /quota exceeded for metric[^\n]{0,200}limit: 0\b/i,
  },
  {
    // Gemini's QuotaFailure names its quotas: `GenerateRequestsPerDayPerProjectPerModel-FreeTier` (google-gemini/gemini-cli#8437),
    // older bodies the metric: `generate_requests_per_model_per_day` (langgenius/dify#19838).
    means: 'quota_exhausted',
    at: [429],
    codeLike: /per(?:day|month)/,
    says: /\bgenerate_[a-z_]{1,80}_per_day\b/i,
  },
  { means: 'rate_limited', at: [429], codeLike: /per(?:second|minute|hour)/ },
  {
    // The same words for a minute and for a day; only the former is worth the wait it names (continuedev/continue#10062).
    means: 'rate_limited',
    at: [429],
    says: /exceeded your current quota[^]{0,2000}retry in \d/i,
  },
  {
    means: 'quota_exhausted',
    notAt: [404],
    says: new RegExp(
      [
        // Anthropic says both with 400 (anthropics/claude-code#66314).
        'credit balance is too low',
        'reached your specified (?:workspace )?api usage limits',
        // OpenAI without a code (cocacola-lab/GPT4IE#3); Gemini without details (gke-labs/gemini-for-kubernetes-development#1215).
        'exceeded your current quota',
        // xAI, as 403 and as 429 (continuedev/continue#10373, #12670; Wei-Shaw/sub2api#4069).
        'used all available credits',
        "doesn[’']t have any credits",
        'run out of credits',
        // DeepSeek, "Error codes" (402); OpenRouter (Alishahryar1/free-claude-code#772, can1357/oh-my-pi#9569).
        'insufficient (?:account )?(?:balance|credits|funds)',
        'requires more credits',
        'key limit exceeded',
        // OpenRouter's and Cohere's free use; Bedrock (minorun365/agent-book#29); Azure, "Quotas and limits".
        'free-models-per-day',
        'trial key[^\\n]{0,80}/ month',
        'too many tokens per day',
        'out of call volume quota',
        'spending limit',
      ].join('|'),
      'i',
    ),
  },
  // ---------------------------------------------------------------- what the model may not be asked
  {
    // OpenAI, images and Responses; Azure, "Content filtering" (`innererror.code`); Alibaba's and Zhipu's (1301) filters.
    means: 'content_policy',
    codes: [
      ...['content_policy_violation', 'content_filter', 'responsibleaipolicyviolation', 'moderation_blocked'],
      ...['cyber_policy', 'bio_policy', 'data_inspection_failed', 'datainspectionfailed', '1301'],
    ],
  },
  {
    means: 'content_policy',
    notAt: [401, 402, 429],
    says: new RegExp(
      [
        // Azure (microsoft/azurechat#351), OpenAI, Anthropic (400, "Output blocked by content filtering policy").
        'content management policy',
        'content filtering policy',
        'flagged as potentially violating',
        'rejected (?:as a result of|by) (?:our|the) safety system',
        // OpenRouter, "Errors": 403, with `metadata.reasons`.
        'requires moderation',
        'input was flagged',
        // DeepSeek; xAI (403).
        'content exists risk',
        'violates (?:our )?(?:usage|content) (?:guidelines|polic)',
      ].join('|'),
      'i',
    ),
  },
  // ---------------------------------------------------------------- too much for this model
  {
    // OpenAI, "Error codes"; llama.cpp (ggml-org/llama.cpp#15780); z.ai; Anthropic, "Errors": 413, too many bytes.
    means: 'context_window',
    codes: [
      ...['context_length_exceeded', 'exceed_context_size_error', 'model_context_window_exceeded'],
      ...['request_too_large', 'prompt_too_long'],
    ],
  },
  // Cerebras says it with a status and an empty body (earendil-works/pi-ai, overflow patterns).
  { means: 'context_window', at: [413], kind: 'cerebras' },
  // ---------------------------------------------------------------- a model that cannot be had here
  {
    // OpenAI and Groq (Aider-AI/aider#811); Azure (chatboxai/chatbox#646); Groq, "Errors"; Together; Mistral (`invalid_model`,
    // 1500); OpenAI where the country is not served (home-assistant/core#120072); Groq, where the organisation blocks a model.
    means: 'model_unavailable',
    codes: [
      ...['model_not_found', 'deploymentnotfound', 'model_decommissioned', 'model_not_available', 'invalid_model'],
      ...['unsupported_country_region_territory', 'model_permission_blocked_org', 'model_permission_blocked_project'],
      ...['ftuformnotfilled'],
    ],
  },
  {
    means: 'model_unavailable',
    notAt: [401, 402, 429],
    says: new RegExp(
      [
        // Bedrock (terricain/aioboto3#352, earendil-works/pi#4993, konveyor/kai#411), also as AccessDeniedException.
        'on-demand throughput',
        'model identifier is invalid',
        "you don[’']t have access to the model",
        "doesn[’']t support the model",
        // OpenRouter (continuedev/continue#11095, truefoundry/models#826).
        'no endpoints (?:found|available)',
        'no available model provider',
        'not a valid model',
        // Mistral, Perplexity; OpenAI, "API organization verification"; Together.
        '(?:invalid|unknown|unsupported) model\\b',
        'no such model',
        'model not exist',
        'must be verified to (?:use|stream|generate)',
        'non-serverless model',
        // Ollama (ollama/ollama#718) and its cloud; LM Studio.
        'try pulling it first',
        'requires more system memory',
        'this model requires a subscription',
        'no models? (?:is |are )?(?:currently )?loaded',
        'failed to load model',
        // Gemini where the country is not served (google-gemini/gemini-cli#24641).
        '(?:country|region|territory|location)[^\\n]{0,60}not supported',
      ].join('|'),
      'i',
    ),
  },
  {
    // "The model `x` does not exist or you do not have access to it.", "models/x is not found for API version v1beta, or is not
    // supported for generateContent", "Publisher Model `x` was not found or your project does not have access to it.", "This model
    // version has reached the end of its life."
    means: 'model_unavailable',
    at: [400, 403, 404, 410, 422],
    says: /\bmodels?\b[^\n]{0,200}?(?:\bnot found\b|\b(?:does not|doesn't) exist\b|\bnot (?:currently )?available\b|\bnot supported for (?:generate|stream|count|embed|predict)|\bbeen (?:deprecated|decommissioned|retired|shut ?down|removed)\b|\bend of (?:its )?life\b|\bno longer (?:available|supported)\b|\bhave access to (?:it|the model|model)\b)/i,
  },
  // ---------------------------------------------------------------- load, and limits that refill
  {
    // Anthropic, "Errors" (529); OpenAI, "Error codes" (503, "Slow Down"); Moonshot and Cerebras, as 429; llama.cpp while it
    // loads a model; Bedrock, "Troubleshooting API error codes" (429: the model is being made ready); Groq, "Errors" (498).
    means: 'overloaded',
    codes: [
      ...['overloaded_error', 'overloaded', 'server_is_overloaded', 'slow_down', 'engine_overloaded_error'],
      ...['engine_overloaded', 'queue_exceeded', 'unavailable_error', 'modelnotreadyexception'],
    ],
  },
  { means: 'overloaded', at: [429, 498, 500, 502, 503, 529], says: /overloaded/i },
  {
    // 503 and its kin that say why.
    means: 'overloaded',
    at: [498, 500, 502, 503, 504],
    says: /\b(?:at|over|exceeded|out of|insufficient|no) capacity\b|\bcapacity (?:exceeded|reached|limit)|\bhigh (?:demand|traffic|load)\b|\bslow down\b|\bloading model\b|\btoo busy\b|\bserver busy\b/i,
  },
  // Groq, "Errors": "Flex Tier Capacity Exceeded".
  { means: 'overloaded', at: [498] },
  {
    // OpenAI and Groq, who also refuse with 413 what is larger than a minute's tokens (HunorLaczko/ha-groq-cloud-api#27);
    // Anthropic; Azure; Google's RPC status; Bedrock, "Troubleshooting API error codes" (a quota that can be asked again).
    means: 'rate_limited',
    // Gemini says RESOURCE_EXHAUSTED of an empty account, too.
    notAt: [402],
    codes: [
      ...['rate_limit_exceeded', 'rate_limit_error', 'rate_limited', 'ratelimitreached', 'too_many_requests'],
      ...['too_many_requests_error', 'resource_exhausted', 'throttlingexception', 'toomanyrequestsexception'],
      ...['servicequotaexceededexception'],
    ],
  },
  {
    means: 'context_window',
    notAt: aboutCaller,
    says: new RegExp(
      [
        // OpenAI (simonw/llm#15), its Responses, vLLM, DeepSeek, OpenRouter ("This endpoint's maximum context length is").
        'maximum context length',
        "exceeds? (?:the )?(?:model[’']s )?(?:available |maximum |max )?context (?:window|length|size|limit)",
        // Anthropic (anthropics/claude-code#12186, docker/docker-agent#569), Fireworks, Ollama.
        'prompt (?:is )?too long',
        // Gemini (google-gemini/gemini-cli#4231), Vertex.
        'input token count[^\\n]{0,60}(?:exceeds|but (?:the )?model (?:only )?supports)',
        // Bedrock (aws-samples/bedrock-chat#95); other models there.
        'input is too long',
        'too many input tokens',
        'expected maxlength',
        // xAI (cline/cline#3120), Groq, Cerebras, Mistral, Moonshot, MiniMax, Cohere, Copilot.
        'maximum prompt length',
        'reduce the length of (?:the|your) (?:messages|prompt|input)',
        'too large for model with',
        'exceeded model token limit',
        'context window exceeds limit',
        'too many tokens: (?:total|size limit)',
        'prompt token count[^\\n]{0,40}exceeds',
        // Together and TGI ("`inputs` must have less than 4096 tokens. Given: 5000"), Alibaba, llama-cpp-python, LM Studio
        // (lmstudio-ai/lmstudio-bug-tracker#546, #2205, #2339).
        '`inputs`[^\\n]{0,60}(?:must have less than|must be <=)',
        'range of input length should be',
        'greater than the context length',
        'context the overflows',
        'context length of only',
        'context size has been exceeded',
        'maximum (?:allowed )?input length',
        "longer than the model[’']s context length",
        'configured context size is',
      ].join('|'),
      'i',
    ),
  },
  // ---------------------------------------------------------------- the credential
  {
    // OpenAI, Anthropic, Groq (`organization_restricted`, 400); Google's ErrorInfo, 400 as well (google-gemini/gemini-cli#25198)
    // and RPC status; AWS, "Common errors".
    means: 'credential_refused',
    codes: [
      ...[
        'invalid_api_key',
        'invalid_authentication',
        'authentication_error',
        'permission_error',
        'account_deactivated',
      ],
      ...[
        'organization_restricted',
        'api_key_invalid',
        'api_key_expired',
        'api_key_service_blocked',
        'unauthenticated',
      ],
      ...['permission_denied', 'access_token_expired', 'service_disabled', 'consumer_suspended'],
      ...['accessdeniedexception', 'unrecognizedclientexception', 'invalidsignatureexception', 'expiredtokenexception'],
      ...['incompletesignature', 'incompletesignatureexception', 'invalidclienttokenid', 'notauthorized'],
      ...['missingauthenticationtoken', 'missingauthenticationtokenexception', 'optinrequired'],
    ],
  },
  {
    // xAI answers 400 to a wrong key ("Incorrect API key provided: xa***"), Anthropic to an organisation that was closed.
    means: 'credential_refused',
    at: [400, 401, 403, 404],
    says: /\b(?:incorrect|invalid|missing|expired|wrong|unauthorized|no) (?:x-)?(?:api[ _-]?key|auth(?:entication|orization)?\b|access token|bearer token|credentials?\b)|\bapi[ _-]?key\b[^\n]{0,60}\b(?:not valid|not found|is invalid|invalid|expired|leaked|revoked|disabled|missing)\b|\b(?:organi[sz]ation|account|project)\b[^\n]{0,40}\b(?:disabled|deactivated|suspended|restricted)\b/i,
  },
  // ---------------------------------------------------------------- what this model does not take
  {
    // OpenAI ("Unsupported parameter: 'max_tokens' is not supported with this model."); Mistral's pydantic.
    means: 'unsupported_parameter',
    at: [400, 404, 422, 500],
    codes: ['unsupported_parameter', 'unsupported_value', 'unknown_parameter', 'extra_forbidden'],
    says: new RegExp(
      [
        'un(?:supported|known) (?:parameter|value)\\b',
        'unrecognized request argument',
        // Anthropic and Mistral; Gemini; Groq; Bedrock; xAI.
        'extra inputs are not permitted',
        'unknown name "',
        "property '[^'\\n]{1,200}' is unsupported",
        'extraneous key',
        'argument not supported',
        // Ollama ("… does not support tools"); Gemini; vLLM (`--enable-auto-tool-choice`).
        'does not support',
        '\\bnot supported (?:with|by|for|on|in) (?:this|the) model',
        'function calling is not enabled',
        'requires --[a-z]',
      ].join('|'),
      'i',
    ),
  },
];

/** Something on the way speaks: a firewall, a load balancer, the wrong server. It says nothing of key or model. */
function ofPage(status: number): UpstreamClass {
  if (status === 401) return 'credential_refused';
  if (status === 402) return 'quota_exhausted';
  if (status === 429) return 'rate_limited';
  if (status === 529) return 'overloaded';
  // 403 is how they keep machines out (Cloudflare's challenge): the next one may be let in.
  if (status === 403) return 'server';
  return isOfClient(status) ? 'invalid_request' : 'server';
}

/** Words about whoever asks; a 403 without them (region, firewall, a bare "blocked") leaves the credential alone. */
const speaksOfCaller =
  /\b(?:api[ _-]?)?keys?\b|\bauth|permi(?:ssion|t)|forbidden|denied|\baccess\b|\btokens?\b|credential|account|organi[sz]ation|not allowed|signature|scope|subscription/i;
const speaksOfModel = /\bmodels?\b|\bdeployment\b/i;

function ofStatus(status: number, words: ErrorWords): UpstreamClass {
  switch (status) {
    case 401:
      return 'credential_refused';
    case 402:
      return 'quota_exhausted';
    case 403:
      return speaksOfCaller.test(`${words.text} ${[...words.codes].join(' ')}`) ? 'credential_refused' : 'server';
    case 404:
    case 410:
      return speaksOfModel.test(words.text) ? 'model_unavailable' : 'invalid_request';
    case 429:
      return 'rate_limited';
    case 529:
      return 'overloaded';
    default:
      return isOfClient(status) ? 'invalid_request' : 'server';
  }
}

/** Not 408 (too slow), 407 (a proxy on the way) and 424 (Bedrock, ModelErrorException: the model failed at it). */
function isOfClient(status: number): boolean {
  return status >= 400 && status < 500 && status !== 407 && status !== 408 && status !== 424;
}
