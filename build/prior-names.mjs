// Names of models as benchmarks, vendors and people write them, brought together. The rules are data: the priors file
// carries them, and the product applies the same ones.

/**
 * Pattern and replacement, applied in turn to the name in lower case. Each takes away what does not make it another model:
 * who serves it, where, since when, in what format.
 * @type {readonly (readonly [string, string])[]}
 */
export const nameRules = [
  ['^.*/', ''],
  ['^(?:us|eu|apac|jp|au|global|us-gov)\\.', ''],
  ['^deepseek\\.(?=[rv]\\d)', 'deepseek-'],
  [
    '^(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|xai|zai)\\.',
    '',
  ],
  ['-(?:v\\d+|\\d):\\d+$|:free$|@[a-z0-9]+$|-maas$|-tput$|-cloud$', ''],
  ['[†‡()]', ''],
  ['[\\s._:]+', '-'],
  ['^(?:xiaomi|baidu|bytedance|zai|zai-org|dola|nvidia|hf-co|amazon|cohere|meta|open)-(?=.)', ''],
  ['(\\d)p(\\d)', '$1-$2'],
  ['-(?:fp8|bf16|fp16|q\\d[a-z0-9-]*|gguf|awq|mlx)$', ''],
  ['-(?:20\\d{2}-\\d{2}-\\d{2}|20\\d{6})(?=-|$)', ''],
  ['-(?:0\\d|1[0-2])-(?:20\\d{2}|\\d{2})(?=-|$)', ''],
  ['^gpt-5-3-instant$', 'gpt-5-3-chat'],
  ['-(?:preview|exp|experimental|beta\\d*|latest|instruct|it|customtools|versatile|instant|hf)(?=-|$)', ''],
  ['^(grok-.*)-0\\d{3}(?=-|$)', '$1'],
  ['^gpt-4-0(?:613|314)$', 'gpt-4'],
  ['^gpt-4-(?:1106|0125)$', 'gpt-4-turbo'],
  ['^(gpt-3-5-turbo)-(?:\\d{4}|16k)$', '$1'],
  ['^(gemini-.*)-00\\d$', '$1'],
  ['^((?:claude|nova)-.*)-v1(?:-0)?$', '$1'],
  ['^(mi[sx]tral-.*)-v0-\\d$', '$1'],
  ['^(claude)-(\\d(?:-\\d)?)-(opus|sonnet|haiku)', '$1-$3-$2'],
  ['^(claude-[a-z]+-\\d)-0$', '$1'],
  ['^((?:claude|glm|kimi)-.*)-fast$', '$1'],
  ['^((?:llama-\\d|kimi|qwen2).*)-turbo$', '$1'],
  ['^(llama-\\d.*)-lite$', '$1'],
  ['^(llama|gemma|phi|ministral|codegemma|granite)-?(\\d)', '$1-$2'],
  ['^(phi-3-[a-z]+)-\\d+k.*$', '$1'],
  ['^qwen-(\\d(?:-\\d)?-)', 'qwen$1'],
  ['^llama-4-(maverick|scout)-17b.*$', 'llama-4-$1'],
  ['^deepseek-v(\\d)(\\d)$', 'deepseek-v$1-$2'],
  ['^deepseek-chat-v', 'deepseek-v'],
  ['^(deepseek-v\\d.*)-chat$', '$1'],
  ['^mistral-3-large', 'mistral-large-3'],
  ['^mistral-large-3(?:-675b)?(?:-2512)?$', 'mistral-large-2512'],
  ['^mistral-medium-3$', 'mistral-medium-2505'],
  ['^mistral-medium-3-1$', 'mistral-medium-2508'],
  ['^mistral-medium-3-5$', 'mistral-medium-2604'],
  ['^mistral-small-3-1(?:-24b)?(?:-2503)?$', 'mistral-small-2503'],
  ['^mistral-small-3-2(?:-24b)?(?:-2506)?$', 'mistral-small-2506'],
  ['^mistral-small-24b-2501$', 'mistral-small-2501'],
  ['^ministral-3-(\\d+b)(?:-2512)?$', 'ministral-$1-2512'],
  ['^(o\\d-mini)-high$', '$1'],
  ['^nemotron-(nano|super|ultra)-3-', 'nemotron-3-$1-'],
  ['^nemotron-3-super-120b$', 'nemotron-3-super-120b-a12b'],
  ['^qwen3-coder$', 'qwen3-coder-480b-a35b'],
  ['^-+|-+$', ''],
];

/**
 * From such a name to the series it belongs to: versions and dates go, sizes stay.
 * @type {readonly (readonly [string, string])[]}
 */
export const seriesRules = [
  ['(^|-)[vkmrx]?\\d+(?:o|k)?(?=-|$)', '$1'],
  ['^(qwen|o|seed|ernie|hy)\\d+(?=-|$)', '$1'],
  ['^(deepseek)-(?:chat|reasoner)$', '$1'],
  ['-{2,}', '-'],
  ['^-+|-+$', ''],
];

/** How many times what number of billions (b) or trillions (t) of parameters a name says, in lower case. */
export const sizePattern = '(?:^|[^a-z0-9.])(?:(\\d+)x)?(\\d+(?:\\.\\d+)?)(b|t)(?![a-z0-9])';

/**
 * @param {readonly (readonly [string, string])[]} rules
 * @param {string} name
 */
export function rewrite(rules, name) {
  let text = name.toLowerCase();
  for (const [pattern, replacement] of rules) text = text.replace(new RegExp(pattern, 'g'), replacement);
  return text;
}

/** Products in whose names "thinking" and "reasoning" tell one model from another. */
const productOfThinking =
  /^(?:kimi-k2-thinking|qwen(?!3-\d+b(?:-a\d+b)?-(?:no-?)?thinking$)|grok|trinity|olmo|ministral|phi|magistral)/;

/**
 * What a model does without a word on its effort, by name: the vendors' defaults. The rest think as hard as they can, or
 * not at all.
 * @type {readonly (readonly [RegExp, Effort])[]}
 */
const defaults = [
  [/^claude|^deepseek-v3|^gpt-5-[124](?:-mini|-nano)?$/, 'none'],
  [/^gpt-5(?:-mini|-nano)?$|^gpt-5.*-codex|^o\d/, 'medium'],
];

/**
 * A row of a benchmark: which model, and how hard it was told to think.
 * @typedef {'none' | 'low' | 'medium' | 'high'} Effort
 * @param {string} written
 * @returns {{ name: string, effort: Effort }}
 */
export function readName(written) {
  let text = rewrite(nameRules, written.trim());
  /** @type {Effort | undefined} */
  let effort = /^kimi.*-instant$/i.test(written) ? 'none' : undefined;
  /** @param {RegExp} pattern @param {Effort} level */
  const take = (pattern, level) => {
    if (!pattern.test(text)) return;
    text = text.replace(pattern, '');
    effort ??= level;
  };
  take(/-minimal$|-thinking-minimal$/, 'none');
  take(/-low(?:-effort)?$/, 'low');
  take(/(?<!mistral|magistral|devstral)-medium(?:-effort)?$/, 'medium');
  take(/-x?high(?:-effort)?$|-max-effort$|-highthinking$/, 'high');
  if (!productOfThinking.test(text)) {
    take(/-(?:no-?thinking|no-think|non-reasoning|base)(?:-.*api)?$/, 'none');
    take(/-default(?:-think)?$/, 'medium');
    take(/-\d+k-think(?:ing)?(?:-tokens)?$/, 'high');
    take(/-(?:thinking|reasoning|reasoner)(?:-auto|-\d+k)*$|-\d+k$|-thinking-auto$/, 'high');
  }
  const name = rewrite(nameRules, text);
  return { name, effort: effort ?? defaults.find(([pattern]) => pattern.test(name))?.[1] ?? 'high' };
}
