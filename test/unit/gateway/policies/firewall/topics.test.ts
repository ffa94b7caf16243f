import { expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type { FirewallRule } from '../../../../../main/gateway/ports.ts';
import { Firewall, type FirewallText } from '../../../../../main/gateway/policies/firewall/firewall.ts';

const rule = (id: string, topics: readonly string[]): FirewallRule => ({
  ...{ id, detect: undefined, pattern: undefined, topics, when: undefined, in: ['user'], inAnswer: false },
  ...{ action: 'log', message: undefined, threshold: undefined, judge: undefined, origin: 'sluice.yaml, line 1' },
});

function hitsOf(rules: readonly FirewallRule[], text: string): string[] {
  const asked: FirewallText = { name: '', text: () => text, place: 'user', kinds: [] };
  return [...new Firewall(rules).request([asked], () => true)].flatMap((hit) =>
    hit === undefined ? [] : [hit.rule.id],
  );
}

const words = fc.array(fc.constantFrom('red', 'redder', 'falcon', 'project', 'a', 'ünï', '東京', 'x-1'), {
  minLength: 1,
  maxLength: 3,
});

it('finds with many rules of topics exactly what each of them finds alone', () => {
  const topics = fc.array(
    words.map((all) => all.join(' ')),
    { minLength: 1, maxLength: 3 },
  );
  const text = fc.array(
    fc.oneof(
      words.map((all) => all.join(' ')),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.array(topics, { minLength: 2, maxLength: 5 }), text, (lists, parts) => {
      const rules = lists.map((list, at) => rule(`r${at}`, list));
      const said = parts.join(' ');
      expect(hitsOf(rules, said)).toEqual(rules.flatMap((one) => hitsOf([one], said)));
    }),
    { numRuns: 300 },
  );
});

it('finds the same in texts that it has seen before, and asks each rule about its own places alone', () => {
  const firewall = new Firewall([
    rule('r0', ['falcon']),
    { ...rule('r1', ['red']), in: ['tool'] },
    { ...rule('r2', ['redder', 'falcon']), in: ['user', 'tool'] },
  ]);
  const asked: string[] = [];
  const text = (name: string, said: string, place: FirewallText['place']): FirewallText => ({
    name,
    text: () => {
      asked.push(`${place}: ${said}`);
      return said;
    },
    ...{ place, kinds: [] },
  });
  const hits = (...texts: FirewallText[]): string[] =>
    [...firewall.request(texts, () => true)].flatMap((hit) =>
      hit === undefined ? [] : [`${hit.rule.id} ${hit.place}`],
    );
  const both = [text('a', 'a red falcon', 'tool'), text('b', 'nothing', 'user'), text('c', 'falcon', 'system')];
  expect(hits(...both)).toEqual(['r1 tool', 'r2 tool']);
  // No rule asks for what the system says.
  expect(asked).not.toContain('system: falcon');
  asked.length = 0;
  expect(hits(...both)).toEqual(['r1 tool', 'r2 tool']);
  expect(asked).not.toContain('user: nothing');
  expect(hits(text('a', 'a red falcon', 'user'))).toEqual(['r0 user', 'r2 user']);
});
