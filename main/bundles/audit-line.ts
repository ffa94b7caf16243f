/** One line of the audit log: what is in it, and how it is chained to the one before. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const auditRecord = z.strictObject({
  at: z.string(),
  action: z.string(),
  bundle: z.string().nullable(),
  version: z.string().nullable(),
  detail: z.string(),
});
export type AuditRecord = z.output<typeof auditRecord>;

const auditLine = z.strictObject({
  /** Counted from 1, through all files there ever were. */
  seq: z.int().min(1),
  ...auditRecord.shape,
  /** Hash of the line before. */
  before: z.string(),
  /** Of this line as it is without this field. */
  hash: z.string(),
});

/** What the next line is chained to. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first line. */
export const firstLink: Link = { seq: 0, hash: '0'.repeat(64) };

export function lineOf(record: AuditRecord, previous: Link): { readonly line: string; readonly link: Link } {
  const seq = previous.seq + 1;
  const open = { seq, ...record, before: previous.hash };
  const hash = hashOf(open);
  return { line: `${JSON.stringify({ ...open, hash })}\n`, link: { seq, hash } };
}

/** `undefined`: no line of ours, or one that was changed. */
export function parseLine(
  line: string,
): { readonly record: AuditRecord; readonly link: Link; readonly before: string } | undefined {
  try {
    const { hash, ...open } = auditLine.parse(JSON.parse(line));
    if (hashOf(open) !== hash) return undefined;
    const { seq, before, ...record } = open;
    return { record, link: { seq, hash }, before };
  } catch {
    return undefined;
  }
}

function hashOf(open: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(open)).digest('hex');
}
