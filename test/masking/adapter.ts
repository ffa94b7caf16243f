/** Masking, restoring and the injection detector as the scorer asks for them: each call a request of its own. */
import { readFileSync } from 'node:fs';
import type { Original } from '../../main/gateway/exchange.ts';
import { JsonDocument } from '../../main/gateway/dialects/document.ts';
import { inspectInjection } from '../../main/gateway/policies/firewall/injection.ts';
import { Conversations } from '../../main/gateway/policies/masking/conversation.ts';
import { MaskingEngine } from '../../main/gateway/policies/masking/engine.ts';
import type { KindPolicy, Masking } from '../../main/gateway/ports.ts';
import { Unmasker } from '../../main/gateway/relay/unmask.ts';
import { Secret } from '../../main/kit/secret.ts';
import { foundKinds, type FoundKind } from '../../shared/domain/masking.ts';

interface Term {
  readonly term: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
}

const terms = JSON.parse(readFileSync(new URL('custom-terms.json', import.meta.url), 'utf8')) as Term[];

const everywhere: KindPolicy = { mode: 'mask', restore: true, restoreInTools: ['*'], replace: 'tag' };

const masking: Masking = {
  kinds: new Map(foundKinds.map((kind) => [kind, everywhere])),
  terms: terms.map(({ term, caseSensitive, wholeWord }) => ({ text: term, caseSensitive, wholeWord })),
  ...{ overrides: [], exact: [], patterns: [], allowed: [], excludedProviders: [], excludedClients: [] },
  ...{ restore: true, answers: 'off', definitions: false, media: 'pass', onFailure: 'block', timeBudgetMs: 60_000 },
};

/** The scorer's words for kinds that have others here. */
const typeNames: Readonly<Partial<Record<FoundKind, string>>> = {
  secrets: 'SECRET',
  terms: 'CUSTOM',
  patterns: 'CUSTOM',
  national_id: 'NATIONAL_ID',
};

const engine = new MaskingEngine({ masking, firewallKinds: new Set() });
const conversations = new Conversations(new Secret('the key of an installation that scores'));
const originals = new Map<string, Map<string, Original>>();
const clock = { monotonic: () => performance.now() };

interface Asked {
  readonly text: string;
  readonly conversation: string;
}

export const name = 'sluice';

export async function mask({ text, conversation }: Asked): Promise<unknown> {
  const document = JsonDocument.read(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: text }] })));
  const scan = await engine.look({
    document,
    surface: 'chat',
    conversation: conversations.of('scorer', conversation),
    clock,
  });
  const masked = scan.masked({ isMasked: () => true, signed: () => undefined });
  const known = originals.get(conversation) ?? new Map<string, Original>();
  originals.set(conversation, known);
  for (const { kind, placeholder, text: value } of masked.replaced)
    known.set(placeholder.toLowerCase(), { placeholder, text: value, kind, inText: true, inTool: () => true });
  const [message] = masked.document.root()['messages'] as readonly { readonly content: string }[];
  const spans = scan.leaves.flatMap(({ findings }) =>
    findings.map(({ start, end, kind }) => ({ start, end, type: typeNames[kind] ?? kind.toUpperCase() })),
  );
  return { masked: message?.content, spans };
}

function unmasker(conversation: string): Unmasker {
  return new Unmasker({ byPlaceholder: originals.get(conversation) ?? new Map() });
}

export function unmask({ text, conversation }: Asked): unknown {
  return { text: unmasker(conversation).text(text, { json: false, tool: undefined }) };
}

export function unmaskStream({ chunks, conversation }: { chunks: readonly string[]; conversation: string }): unknown {
  const channel = unmasker(conversation).channel('text', { json: false, tool: undefined });
  return { chunks: [...chunks.map((chunk) => channel.push(chunk)), channel.end()] };
}

export function inspect({ text, place }: { text: string; place: string }): unknown {
  const { score } = inspectInjection(text, place === 'tool_result' ? 'tool' : place === 'system' ? 'system' : 'user');
  return { blocked: score >= 0.5, score };
}
