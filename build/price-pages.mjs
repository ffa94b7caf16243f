// What the public price pages say and neither source of the catalogue does: other tiers, hours, fees. Each fact with its page
// and the day it was read. To be read again at every refresh (docs/costs.md).

/**
 * Added to the price of models whose id fits; the first entry that fits counts.
 * @type {Record<string, readonly { models: RegExp, add: string, page: string, read: string }[]>}
 */
export const additions = {
  // Batch and Flex cost half of the standard tier; what priority (fast) costs is said per model, long context excluded.
  openai: [
    entry(/^gpt-5\.6/, 'batch *0.5 | flex *0.5 | priority *2 | fast *2', 'openai.com/api/pricing', '2026-08-27'),
    entry(/^gpt-5\.5$/, 'batch *0.5 | flex *0.5 | priority *2.5', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(
      /^gpt-5\.4(-mini)?$/,
      'batch *0.5 | flex *0.5 | priority *2',
      'openai.com/api-priority-processing',
      '2026-09-01',
    ),
    entry(/^gpt-5-mini$/, 'batch *0.5 | flex *0.5 | priority *1.8', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(
      /^gpt-5(\.[1-3])?(-codex|-codex-max)?$/,
      'batch *0.5 | flex *0.5 | priority *2',
      'openai.com/api-priority-processing',
      '2026-09-01',
    ),
    entry(/^gpt-5/, 'batch *0.5 | flex *0.5', 'openai.com/api/pricing', '2026-08-27'),
    entry(/^gpt-4\.1(-mini)?$/, 'batch *0.5 | priority *1.75', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(/^gpt-4\.1-nano$/, 'batch *0.5 | priority *2', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(
      /^gpt-4o(-2024-(08-06|11-20))?$/,
      'batch *0.5 | priority *1.7',
      'openai.com/api-priority-processing',
      '2026-09-01',
    ),
    entry(/^gpt-4o-mini$/, 'batch *0.5 | priority 0.25 1 r0.125', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(/^o3$/, 'batch *0.5 | flex *0.5 | priority *1.75', 'openai.com/api-priority-processing', '2026-09-01'),
    entry(
      /^o4-mini$/,
      'batch *0.5 | flex *0.5 | priority 2 8 r0.5',
      'openai.com/api-priority-processing',
      '2026-09-01',
    ),
    entry(/^(gpt-|o\d|text-embedding)/, 'batch *0.5', 'openai.com/api/pricing', '2026-08-27'),
  ],
  azure: [
    entry(/^(gpt-|o\d|text-embedding)/, 'batch *0.5', 'azure.microsoft.com/pricing (Global Batch)', '2026-08-27'),
  ],
  // Batches cost half; fast mode and inference kept in the US multiply everything, the cache included.
  anthropic: [
    entry(
      /opus-4-[67]/,
      'batch *0.5 | fast *6 | us *1.1',
      'platform.claude.com/docs (fast mode, pricing)',
      '2026-09-01',
    ),
    entry(
      /opus-(4-8|5)/,
      'batch *0.5 | fast *2 | us *1.1',
      'platform.claude.com/docs (fast mode, pricing)',
      '2026-09-01',
    ),
    entry(
      /sonnet-4-6|(sonnet|haiku|fable)-5/,
      'batch *0.5 | us *1.1',
      'platform.claude.com/docs (pricing)',
      '2026-09-01',
    ),
    entry(/^claude-/, 'batch *0.5', 'platform.claude.com/docs (pricing)', '2026-09-01'),
  ],
  // Flex and Batch half, Priority 1.8 times ("75% to 100% more").
  google: [
    entry(
      /^gemini-(2\.5|[3-9])/,
      'batch *0.5 | flex *0.5 | priority *1.8',
      'ai.google.dev/gemini-api/docs/optimization',
      '2026-09-01',
    ),
  ],
  'google-vertex': [
    entry(
      /^gemini-(2\.5|[3-9])/,
      'batch *0.5 | flex *0.5 | priority *1.8',
      'cloud.google.com/vertex-ai/pricing',
      '2026-09-01',
    ),
  ],
  // Claude has batches only; the others Flex at half and Priority at 1.75.
  'amazon-bedrock': [
    entry(/anthropic\./, 'batch *0.5', 'aws.amazon.com/bedrock/pricing', '2026-09-01'),
    entry(/./, 'batch *0.5 | flex *0.5 | priority *1.75', 'aws.amazon.com/bedrock/service-tiers', '2026-09-01'),
  ],
  groq: [entry(/./, 'batch *0.5', 'groq.com/pricing', '2026-09-01')],
  mistral: [entry(/./, 'batch *0.5', 'mistral.ai/pricing', '2026-09-01')],
};

/**
 * Prices that stand on the vendor's page in a form neither source can say; they are taken as they are.
 * @type {Record<string, Record<string, { price: string, page: string, read: string }>>}
 */
export const pages = {
  deepseek: Object.fromEntries(
    [
      // Until 16 August 2026 one price; then half the price outside 01:00-04:00 and 06:00-10:00 UTC, from 23 August on weekdays.
      ['deepseek-v4-flash', flash()],
      // `deepseek-flash` is V4.1; the older names of Flash are served by it since 10 September 2026.
      ['deepseek-flash', '0.15 0.6 r0.003 | wd01:00-04:00 0.3 1.2 r0.006 | wd06:00-10:00 0.3 1.2 r0.006'],
      ['deepseek-chat', flash()],
      ['deepseek-reasoner', flash()],
      [
        'deepseek-v4-pro',
        '0.435 0.87 r0.003625 ; 2026-08-17 0.66 1.98 r0.022 | 01:00-04:00 1.32 3.96 r0.044 | 06:00-10:00 1.32 3.96 r0.044' +
          ' ; 2026-08-23 0.66 1.98 r0.022 | wd01:00-04:00 1.32 3.96 r0.044 | wd06:00-10:00 1.32 3.96 r0.044',
      ],
    ].map(([id, price]) => [id, { price, page: 'api-docs.deepseek.com/quick_start/pricing', read: '2026-09-23' }]),
  ),
  // The fee for a request goes by how much is searched: low, medium, high.
  perplexity: Object.fromEntries(
    [
      ['sonar', '1 1 l5 m8 q12'],
      ['sonar-pro', '3 15 l6 m10 q14'],
      ['sonar-reasoning', '1 5 l5 m8 q12'],
      ['sonar-reasoning-pro', '2 8 l6 m10 q14'],
      ['sonar-deep-research', '2 8 t3 c2 s5'],
    ].map(([id, price]) => [id, { price, page: 'docs.perplexity.ai/getting-started/pricing', read: '2026-09-01' }]),
  ),
};

/**
 * @param {RegExp} models
 * @param {string} add
 * @param {string} page
 * @param {string} read
 */
function entry(models, add, page, read) {
  return { models, add, page, read };
}

function flash() {
  return (
    '0.14 0.28 r0.0028 ; 2026-08-17 0.22 0.66 r0.007 | 01:00-04:00 0.44 1.32 r0.014 | 06:00-10:00 0.44 1.32 r0.014' +
    ' ; 2026-08-23 0.22 0.66 r0.007 | wd01:00-04:00 0.44 1.32 r0.014 | wd06:00-10:00 0.44 1.32 r0.014' +
    ' ; 2026-09-10 0.15 0.6 r0.003 | wd01:00-04:00 0.3 1.2 r0.006 | wd06:00-10:00 0.3 1.2 r0.006'
  );
}
