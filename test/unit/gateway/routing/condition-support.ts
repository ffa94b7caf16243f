/** Facts made up for a test, and conditions of every kind. */
import { fc } from '../../../property.ts';
import type { Condition } from '../../../../shared/config/condition.ts';
import { promptTypes } from '../../../../shared/domain/prompt-type.ts';
import type { RouteFacts } from '../../../../main/gateway/routing/decision.ts';

export function factsOf(given: Partial<RouteFacts>): RouteFacts {
  const nothing: RouteFacts = {
    model: 'auto',
    client: undefined,
    surface: 'chat',
    tokens: 100,
    maxTokens: undefined,
    at: 0,
    has: () => false,
    language: { code: undefined, confidence: 0 },
    promptType: { type: undefined, confidence: 0, difficulty: 1 },
    tag: () => undefined,
    matches: () => false,
    session: undefined,
    pins: { toolLoop: false, signedReasoning: false, providerIds: false },
    known: () => ({ session: undefined, promptType: undefined }),
    stored: () => ({ model: 'auto', surface: 'chat', at: 0, tokens: 100 }),
  };
  return { ...nothing, ...given };
}

const some = <Value>(...values: readonly Value[]): fc.Arbitrary<Value[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const bound = fc.option(fc.nat(20), { nil: undefined });
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const dayRange = fc.tuple(fc.constantFrom(...days), fc.constantFrom(...days)).map(([from, to]) => `${from}-${to}`);
const hour = fc.integer({ min: 0, max: 24 }).map((one) => String(one).padStart(2, '0'));

const leaf = fc.record(
  {
    client: some('cursor', 'claude-*', 'codex', '*'),
    surface: some('chat' as const, 'messages' as const, 'images' as const),
    model: some('auto', 'gpt-*', 'openai/*', '*/gpt-5', 'a*b'),
    tokens: fc.record({ lt: bound, lte: bound, gt: bound, gte: bound }),
    has: some('tools' as const, 'image' as const, 'stream' as const, 'reasoning' as const),
    lang: some('de', 'en', 'fr'),
    text: fc.record({
      pattern: fc.constantFrom('falcon', '(?i)key', '\\d{2}'),
      in: fc.option(some('user' as const, 'tool' as const), { nil: undefined }),
    }),
    tag: fc.dictionary(fc.constantFrom('team', 'env'), some('platform', 'prod', 'p*'), { minKeys: 1 }),
    time: fc.record({
      timezone: fc.constantFrom('UTC', 'Asia/Tokyo'),
      days: fc.option(fc.array(fc.oneof(dayRange, fc.constantFrom(...days)), { minLength: 1, maxLength: 2 }), {
        nil: undefined,
      }),
      hours: fc.option(
        fc.tuple(hour, hour).map((ends) => ends.join('-')),
        { nil: undefined },
      ),
    }),
    prompt_type: some(...promptTypes, 'code' as const, 'agent' as const),
    min_conf: fc.constantFrom(0, 0.5, 0.7, 1),
  },
  { requiredKeys: [] },
);

/** One or two properties, so that as many hold as do not. */
const small: fc.Arbitrary<Condition> = fc
  .tuple(leaf, fc.nat(), fc.integer({ min: 1, max: 2 }))
  .map(([condition, start, size]) => {
    const all = Object.entries(condition).filter(([, value]) => value !== undefined);
    const kept = Array.from({ length: Math.min(size, all.length) }, (_, index) => all[(start + index) % all.length]);
    return Object.fromEntries(kept.filter((entry) => entry !== undefined));
  });

export const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    small,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
    fc.tuple(small, fc.record({ not: tie('condition') })).map(([one, other]) => ({ ...one, ...other })),
  ),
})).condition;
