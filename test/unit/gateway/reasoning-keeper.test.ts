import { describe, expect, it } from 'vitest';
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  Opaque,
  ReasoningPart,
  StreamPart,
} from '../../../main/gateway/dialects/canonical.ts';
import type { Dialect } from '../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import {
  createHandle,
  handlePrefix,
  holdsHandle,
  ReasoningKeeper,
  restoreReasoning,
  type KeeperContext,
} from '../../../main/gateway/reasoning-keeper.ts';
import { SideStore } from '../../../main/gateway/side-store.ts';

const store = (): SideStore =>
  new SideStore({ clock: { now: () => 0, monotonic: () => 0 }, capBytes: 1_000_000, ttlMs: 1000 });

function keeper(client: Dialect, kept = store(), scope = 'key_1'): KeeperContext {
  let count = 0;
  return {
    store: kept,
    scope,
    client,
    newHandle: () => createHandle((letters) => String(++count).padStart(letters, '0')),
  };
}

const signature = (data: string, mint = 'google'): Opaque => ({ mint, form: 'thought_signature', data });
const thought = (text: string, data: string, mint = 'google'): ReasoningPart => ({
  type: 'reasoning',
  text,
  opaque: signature(data, mint),
});
const call = (id: string, opaque?: Opaque): CanonicalPart => ({
  type: 'tool-call',
  id,
  name: 'f',
  kind: 'function',
  input: '{}',
  opaque,
});

/** An answer streamed past the keeper; what the client would get. */
function stream(context: KeeperContext, parts: readonly CanonicalPart[]): StreamPart[] {
  const watcher = new ReasoningKeeper(context);
  const streamed = parts.flatMap((part, block): StreamPart[] => {
    if (part.type === 'reasoning') {
      const half = Math.floor(part.text.length / 2);
      return [
        { type: 'reasoning-start', block },
        { type: 'reasoning-delta', block, text: part.text.slice(0, half) },
        { type: 'reasoning-delta', block, text: part.text.slice(half) },
        { type: 'reasoning-end', block, opaque: part.opaque, id: part.id },
      ];
    }
    if (part.type === 'tool-call')
      return [{ type: 'tool-call-start', block, id: part.id, name: part.name, kind: part.kind }];
    return part.type === 'text'
      ? [
          { type: 'text-start', block },
          { type: 'text-end', block, opaque: part.opaque },
        ]
      : [];
  });
  // Chat providers end their calls all at once.
  const ends = parts.flatMap((part, block): StreamPart[] =>
    part.type === 'tool-call' ? [{ type: 'tool-call-end', block, opaque: part.opaque }] : [],
  );
  return [...streamed, ...ends].map((part) => watcher.part(part));
}

function whole(context: KeeperContext, parts: readonly CanonicalPart[]): CanonicalPart[] {
  return [
    ...new ReasoningKeeper(context).response({ id: 'r', model: 'm', parts: parts as never, finish: { reason: 'stop' } })
      .parts,
  ];
}

function restore(
  context: KeeperContext,
  mint: string,
  ...turns: CanonicalPart[][]
): { turns: CanonicalPart[][]; losses: string[] } {
  const losses: string[] = [];
  const messages = turns.map((parts): CanonicalMessage => ({ role: 'assistant', parts }));
  const request: CanonicalRequest = { model: 'm', stream: true, messages, tools: [], sampling: {} };
  const restored = restoreReasoning(request, mint, context, (path, why) => losses.push(`${path}: ${why}`));
  return { turns: restored.messages.map((message) => [...message.parts]), losses };
}

const handleOf = (opaque: Opaque | undefined): string => opaque?.data ?? 'none';
/** The part as a client sends it back: it does not know the mint. */
const back = (text: string, opaque: Opaque | undefined): ReasoningPart => ({
  type: 'reasoning',
  text,
  opaque: opaque === undefined ? undefined : { ...opaque, mint: '' },
});

describe('handles', () => {
  it('look like base64 to every client', () => {
    const handle = createHandle((count) => 'x'.repeat(count));
    expect(handle).toMatch(/^[A-Za-z0-9]+$/);
    expect(handle.length % 4).toBe(0);
    expect(Buffer.from(handle, 'base64').toString('base64')).toBe(handle);
  });

  it('are found in a body', () => {
    expect(holdsHandle(Buffer.from(`{"thoughtSignature":"${createHandle(() => 'abc')}"}`))).toBe(true);
    expect(holdsHandle(Buffer.from('{"thoughtSignature":"c2ln"}'))).toBe(false);
  });
});

describe.each(['stream', 'whole'] as const)('keeping reasoning of a %s answer', (kind) => {
  /** The opaque fields the client gets, by part. */
  const answer = (context: KeeperContext, parts: readonly CanonicalPart[]): (Opaque | undefined)[] => {
    if (kind === 'whole') return whole(context, parts).map((part) => ('opaque' in part ? part.opaque : undefined));
    const ends = stream(context, parts);
    return parts
      .map(
        (_, block) =>
          ends.find((part) => 'opaque' in part && part.block === block && part.type.endsWith('-end')) as
            { opaque?: Opaque } | undefined,
      )
      .map((end) => end?.opaque);
  };

  it('gives the client a handle in a form it can carry, and the mint its original back', () => {
    const context = keeper(openaiResponses);
    const [given] = answer(context, [thought('why', 'c2ln')]);
    expect(given).toEqual({ mint: '', form: 'encrypted', data: expect.stringMatching(`^${handlePrefix}`) as unknown });
    const { turns, losses } = restore(context, 'google', [back('why (shortened)', given), { type: 'text', text: 'x' }]);
    expect(turns).toEqual([[thought('why', 'c2ln'), { type: 'text', text: 'x', opaque: undefined }]]);
    expect(losses).toEqual([]);
  });

  it('keeps the form where the client knows it', () => {
    expect(answer(keeper(gemini), [thought('why', 'c2ln')])[0]?.form).toBe('thought_signature');
  });

  it('gives another provider nothing of it, and says so', () => {
    const context = keeper(gemini);
    const [given, signed] = answer(context, [thought('why', 'c2ln'), call('c1', signature('Y2FsbA=='))]);
    const { turns, losses } = restore(context, 'anthropic', [
      back('why', given),
      { ...call('c1'), opaque: { mint: '', form: 'thought_signature', data: handleOf(signed) } } as CanonicalPart,
    ]);
    expect(turns).toEqual([[call('c1')]]);
    expect(new Set(losses)).toEqual(
      new Set(['/messages/0/reasoning: reasoning minted by another provider was left out']),
    );
    expect(JSON.stringify(turns)).not.toMatch(/c2ln|Y2FsbA|ZsluiceRs/);
  });

  it('gives another virtual key nothing of it', () => {
    const kept = store();
    const [given] = answer(keeper(gemini, kept), [thought('why', 'c2ln'), call('c1')]);
    const { turns } = restore(keeper(gemini, kept, 'key_2'), 'google', [back('why', given), call('c1')]);
    expect(turns).toEqual([[call('c1')]]);
  });

  it('hides it from a client that cannot carry it, and brings it back by the id of the call', () => {
    const context = keeper(openaiChat);
    expect(
      answer(context, [thought('why', 'c2ln'), { type: 'text', text: 'x' }, call('c1', signature('Y2FsbA=='))]),
    ).toEqual([undefined, undefined, undefined]);
    // Chat clients send readable reasoning back, or nothing of it.
    for (const carried of [[], [{ type: 'reasoning', text: 'why' } as const]]) {
      const { turns, losses } = restore(context, 'google', [...carried, { type: 'text', text: 'x' }, call('c1')]);
      expect(turns).toEqual([
        [thought('why', 'c2ln'), { type: 'text', text: 'x', opaque: undefined }, call('c1', signature('Y2FsbA=='))],
      ]);
      expect(losses).toEqual([]);
    }
    const elsewhere = restore(context, 'anthropic', [{ type: 'text', text: 'x' }, call('c1')]);
    expect(elsewhere.turns).toEqual([[{ type: 'text', text: 'x', opaque: undefined }, call('c1')]]);
    expect(elsewhere.losses).toHaveLength(1);
  });

  it('puts reasoning between calls back between them, once, in whatever messages they stand', () => {
    const context = keeper(openaiChat);
    answer(context, [thought('one', 'MQ=='), call('c1'), thought('two', 'Mg=='), call('c2'), call('c3')]);
    expect(restore(context, 'google', [call('c1'), call('c2'), call('c3')]).turns).toEqual([
      [thought('one', 'MQ=='), call('c1'), thought('two', 'Mg=='), call('c2'), call('c3')],
    ]);
    expect(restore(context, 'google', [call('c1')], [call('c2'), call('c3')]).turns).toEqual([
      [thought('one', 'MQ=='), call('c1')],
      [thought('two', 'Mg=='), call('c2'), call('c3')],
    ]);
  });

  it('does not double what the client carried itself', () => {
    const context = keeper(openaiResponses);
    const [given] = answer(context, [thought('why', 'c2ln'), call('c1')]);
    expect(restore(context, 'google', [back('why', given), call('c1')]).turns).toEqual([
      [thought('why', 'c2ln'), call('c1')],
    ]);
    expect(restore(context, 'google', [back('why', given)], [call('c1')]).turns).toEqual([
      [thought('why', 'c2ln')],
      [call('c1')],
    ]);
  });

  it('keeps the signature of a text', () => {
    const context = keeper(gemini);
    const [given] = answer(context, [{ type: 'text', text: 'x', opaque: signature('dGV4dA==') }]);
    const sent: CanonicalPart = {
      type: 'text',
      text: 'x',
      opaque: { mint: '', form: 'thought_signature', data: handleOf(given) },
    };
    expect(restore(context, 'google', [sent]).turns).toEqual([
      [{ type: 'text', text: 'x', opaque: signature('dGV4dA==') }],
    ]);
    expect(restore(context, 'other', [sent])).toEqual({
      turns: [[{ type: 'text', text: 'x', opaque: undefined }]],
      losses: [expect.stringContaining('another provider')],
    });
  });
});

describe.each(['stream', 'whole'] as const)('reasoning of a %s answer that nobody signed', (kind) => {
  const unsigned: ReasoningPart = { type: 'reasoning', text: 'why' };
  const opaqueFor = (client: Dialect, context = keeper(client)): Opaque | undefined => {
    const parts: readonly { readonly opaque?: Opaque | undefined }[] =
      kind === 'whole'
        ? whole(context, [unsigned]).filter((part) => part.type === 'reasoning')
        : stream(context, [unsigned]).filter((part) => part.type === 'reasoning-end');
    return parts[0]?.opaque;
  };

  it('gets a handle where clients play back signed reasoning only, and is readable again for any provider', () => {
    const context = keeper(openaiResponses);
    const opaque = opaqueFor(openaiResponses, context);
    expect(opaque).toMatchObject({
      mint: '',
      form: 'encrypted',
      data: expect.stringContaining(handlePrefix) as string,
    });
    const { turns, losses } = restore(context, 'anyone', [back('why', opaque)]);
    expect(turns).toEqual([[unsigned]]);
    expect(losses).toEqual([]);
  });

  it('stays as it is for clients that do not sign it', () => {
    expect(opaqueFor(openaiChat)).toBeUndefined();
    expect(opaqueFor(gemini)).toBeUndefined();
  });
});

describe('restoring reasoning', () => {
  it('takes out what was signed where we cannot know, and what was forged', () => {
    const context = keeper(gemini);
    for (const data of ['c2ln', `${handlePrefix}${'9'.repeat(23)}`]) {
      const { turns, losses } = restore(context, 'google', [
        back('why', { mint: '', form: 'signature', data }),
        { ...call('c1'), opaque: { mint: '', form: 'thought_signature', data } } as CanonicalPart,
      ]);
      expect(turns).toEqual([[call('c1')]]);
      expect(new Set(losses)).toEqual(
        new Set(['/messages/0/reasoning: reasoning signed elsewhere cannot be checked by this provider']),
      );
    }
  });

  it('leaves what a client got in its own dialect to a target that speaks it', () => {
    const context = keeper(openaiResponses);
    const own = back('why', { mint: '', form: 'encrypted', data: 'gAAA' });
    const request: CanonicalRequest = {
      model: 'm',
      stream: true,
      messages: [{ role: 'assistant', parts: [own] }],
      tools: [],
      sampling: {},
    };
    const losses: string[] = [];
    const sink = (path: string): number => losses.push(path);
    expect(restoreReasoning(request, 'openai', context, sink, 'openai-responses')).toEqual(request);
    expect(losses).toEqual([]);
    expect(restoreReasoning(request, 'google', context, sink, 'gemini').messages[0]?.parts).toEqual([]);
    expect(losses).toEqual(['/messages/0/reasoning']);
  });

  it('leaves readable reasoning and other messages alone', () => {
    const context = keeper(openaiChat);
    const user: CanonicalMessage = { role: 'user', parts: [{ type: 'text', text: 'x' }] };
    const request: CanonicalRequest = {
      model: 'm',
      stream: true,
      messages: [user, { role: 'assistant', parts: [{ type: 'reasoning', text: 'why' }] }],
      tools: [],
      sampling: {},
    };
    expect(restoreReasoning(request, 'google', context, () => undefined)).toEqual(request);
  });
});
