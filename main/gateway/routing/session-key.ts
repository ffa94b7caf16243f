/** Which conversation a request belongs to (RTE-50): what its client says, else the way it opens. */
import { createHash } from 'node:crypto';
import type { Survey } from '../dialects/dialect.ts';
import type { RouteFacts } from './decision.ts';

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A header that names a conversation, and one that names a part of it: an agent beside the first one has a conversation of its own. */
interface SessionHeader {
  readonly name: string;
  readonly part?: string;
  /** Whose ids they are: the same conversation told by a field of the body has the same key. */
  readonly owner: string;
}

/** First one first. Codex spells its own either way; opencode's and others' go last. */
const sessionHeaders: readonly SessionHeader[] = [
  { name: 'x-sluice-tag-session', owner: 'tag' },
  { name: 'x-claude-code-session-id', part: 'x-claude-code-agent-id', owner: 'claude-code' },
  { name: 'session-id', part: 'thread-id', owner: 'codex' },
  { name: 'session_id', part: 'thread_id', owner: 'codex' },
  { name: 'agent_thread_id', owner: 'zed' },
  { name: 'agent-thread-id', owner: 'zed' },
  { name: 'x-session-affinity', owner: 'session' },
  { name: 'x-session-id', owner: 'session' },
];

/** Fields of the body that clients send beside a header of theirs. */
const fieldOwners: ReadonlyMap<string, string> = new Map([
  ['metadata.user_id', 'claude-code'],
  ['client_metadata.session_id', 'codex'],
]);

/** An id as programs make them. Whatever looks otherwise may hold words of a person and is kept as its hash. */
const idForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
/** 132 bits of a hash in base64: enough that no two conversations ever meet. */
const hashLength = 22;

/** `undefined` for what is no conversation. The key is short and holds no text. */
export function sessionOf(headers: RequestHeaders, survey: Survey | undefined): RouteFacts['session'] {
  for (const { name, part, owner } of sessionHeaders) {
    const id = headerOf(headers, name);
    if (id === undefined) continue;
    const inner = part === undefined ? undefined : headerOf(headers, part);
    const within = inner === undefined || inner === id ? '' : `/${shortened(inner)}`;
    return { key: `${owner}:${shortened(id)}${within}`, source: name };
  }
  const told = survey?.sessionId();
  if (told !== undefined)
    return { key: `${fieldOwners.get(told.field) ?? told.field}:${shortened(told.id)}`, source: told.field };
  const opening = survey?.opening();
  return opening === undefined ? undefined : { key: `opening:${hashOf(opening)}`, source: 'opening' };
}

function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = typeof value === 'string' ? value : value?.join(',');
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function shortened(id: string): string {
  return idForm.test(id) ? id : `~${hashOf(id)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, hashLength);
}
