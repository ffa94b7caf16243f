/** Small schemas that several sections of the config file share. */
import * as z from 'zod';

/** A check whose message says what is wrong and, apart, what mends it. */
export function rule(problem: string, mend: string): { error: string; params: { mend: string } } {
  return { error: problem, params: { mend } };
}

/** Name of a thing in the file: letters, digits, `.`, `_`, `-`; it becomes part of `provider/model` and of keys. */
export const identifier = z
  .string()
  .refine(
    (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text),
    rule('is not a usable name', 'Use 1 to 63 letters, digits, ".", "_" or "-", starting with a letter or digit'),
  )
  .meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' });

export const nonEmptyText = z
  .string()
  .refine((text) => text.trim() !== '', rule('is empty', 'Fill it in or remove the line'))
  .meta({ minLength: 1 });

/** A model name or a pattern in which `*` stands for any characters. */
export const modelGlob = nonEmptyText.describe('Model name; "*" stands for any characters');

/** An exact decimal. As text no digit is lost on the way; a plain number is read as it is written. */
export const decimal = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(
    (text) => /^\d{1,12}(\.\d{1,12})?$/.test(text),
    rule(
      'is not a decimal amount',
      'Write digits with at most one point and no sign, 12 at most on either side, for example "5.00"',
    ),
  );

/** `env:NAME`, `file:/path`, `secret:id`, or the secret itself (accepted with a warning). Empty ones stop the start. */
export const secretReference = z
  .string()
  .describe('env:NAME, file:/absolute/path or secret:id; a literal secret is accepted with a warning');

/** A regular expression in RE2 syntax: it runs in linear time, so look-around and back-references do not exist. */
export const re2Pattern = nonEmptyText.refine(
  (text) => !/\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</.test(text),
  rule(
    'uses look-around or a back-reference, which RE2 does not have',
    'Rewrite the pattern without (?=…), (?!…), (?<=…), (?<!…) and \\1',
  ),
);

/** Time zone by its IANA name. Whether there is such a zone is for the checks. */
export const timezone = z.string().refine((text) => /^[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*$/.test(text), {
  ...rule('is not a time zone', 'Use an IANA name, for example Europe/Berlin'),
});

export const period = z.enum(['session', 'hour', 'day', 'week', 'month']);

export const budgetAction = z
  .string()
  .refine(
    (text) => /^(?:alert|reject|ask|downgrade:.+)$/.test(text),
    rule('is not a budget action', 'Use alert, reject, ask or downgrade:ALIAS'),
  )
  .describe('alert, reject, ask or downgrade:ALIAS');

const share = z
  .number()
  .refine((value) => value > 0 && value <= 1, rule('is no share of the limit', 'Write 0.8 for 80 %, at most 1'))
  .meta({ exclusiveMinimum: 0, maximum: 1 });

/** What a limit of money looks like wherever it stands. */
export const budgetShape = {
  limit_usd: decimal.describe('US dollars as a decimal, for example "5.00"'),
  period,
  timezone: timezone.optional().describe('IANA name; default: that of this machine'),
  reset_day: z
    .int()
    .min(1)
    .max(28)
    .optional()
    .describe('First day of a week (1 Monday to 7 Sunday) or of a month (1 to 28)'),
  alert_at: z.array(share).default([0.8, 1]).describe('Shares of the limit at which to notify'),
  action: budgetAction.default('reject'),
};

const count = z.int().min(1).max(1_000_000_000);

export const rateLimitShape = {
  rpm: count.optional().describe('Requests per minute'),
  tpm: count.optional().describe('Tokens per minute'),
  max_parallel_requests: count.optional(),
  burst: count.optional().describe('Most requests at once, of those that rpm allows'),
};

const factor = decimal.describe('Times the price of the standard tier, for example "0.5"');

export const pricingShape = {
  input: decimal.optional().describe('US dollars for `per` tokens, as a decimal'),
  output: decimal.optional(),
  cache_read: decimal.optional(),
  cache_write: decimal.optional().describe('Written for five minutes, or for as long as the provider keeps it'),
  cache_write_1h: decimal.optional().describe('Written for an hour'),
  output_reasoning: decimal.optional().describe('Reasoning, where it does not cost what other output does'),
  input_audio: decimal.optional(),
  output_audio: decimal.optional(),
  input_image: decimal.optional(),
  output_image: decimal.optional(),
  request: decimal.optional().describe('US dollars for one request, on top of its tokens'),
  batch: factor.optional(),
  flex: factor.optional(),
  priority: factor.optional(),
  per: z.int().min(1).default(1_000_000).describe('Number of tokens a price is for'),
  currency: z.literal('USD').default('USD'),
};
