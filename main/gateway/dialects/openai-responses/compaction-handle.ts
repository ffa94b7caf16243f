/** The `encrypted_content` of a compaction item that we made: the summary itself behind a prefix of ours. */

/** No provider's ciphertext starts so (OpenAI's are Fernet tokens, `gAAAA…`). */
const prefix = 'sluice.compaction.v1.';

const handles = /sluice\.compaction\.v1\.[A-Za-z0-9_-]*/g;

/** Said before a summary when it stands in for the messages it was made of. */
const preface = 'Summary of the conversation so far. The messages before it were compacted into it:';

export function sealSummary(summary: string): string {
  return prefix + Buffer.from(summary, 'utf8').toString('base64url');
}

/** The summary inside a handle of ours; `undefined` for a provider's own compaction. */
export function openSummary(encrypted: string): string | undefined {
  if (!encrypted.startsWith(prefix)) return undefined;
  return Buffer.from(encrypted.slice(prefix.length), 'base64url').toString('utf8');
}

/** A text in which handles of ours may stand anywhere, with another summary in each. */
export function rewriteSummaries(text: string, rewrite: (summary: string) => string): string {
  return text.replace(handles, (handle) => sealSummary(rewrite(openSummary(handle) ?? '')));
}

/** The text of the user message a summary becomes. */
export function summaryText(summary: string): string {
  return `${preface}\n\n${summary}`;
}

/** Item types that hold a compaction: the reference's, and the two other names Codex gives it. */
export function isCompactionType(type: unknown): boolean {
  return type === 'compaction' || type === 'compaction_summary' || type === 'context_compaction';
}
