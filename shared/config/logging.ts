/** Schema of `logging`: what is kept of requests, and for how long. */
import * as z from 'zod';

export const loggingSettings = z.strictObject({
  content: z
    .enum(['off', 'metadata', 'redacted', 'full'])
    .default('metadata')
    .describe('redacted: with placeholders, as it left the machine'),
  retention_days: z.int().min(1).max(36_500).default(30),
  max_size_mb: z.int().min(1).max(1_048_576).default(500),
});
