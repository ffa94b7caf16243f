import { expect, it } from 'vitest';
import { ModelOutputs } from '../../../../main/gateway/routing/outputs.ts';

it('is undefined before anything was measured', () => {
  expect(new ModelOutputs().expected(undefined)).toBeUndefined();
  expect(new ModelOutputs().expected('chat')).toBeUndefined();
});

it('is the mean of its type from three answers on, and of all before', () => {
  const outputs = new ModelOutputs();
  outputs.learn('chat', 100);
  outputs.learn('code_generation', 1_000);
  outputs.learn('code_generation', 2_000);
  expect(outputs.expected('code_generation')).toBe(1_033);
  outputs.learn('code_generation', 3_000);
  expect(outputs.expected('code_generation')).toBe(2_000);
  expect(outputs.expected('chat')).toBe(1_525);
  expect(outputs.expected(undefined)).toBe(1_525);
});

it('follows what changes', () => {
  const outputs = new ModelOutputs();
  for (let count = 0; count < 100; count++) outputs.learn(undefined, 100);
  for (let count = 0; count < 50; count++) outputs.learn(undefined, 1_000);
  expect(outputs.expected(undefined)).toBeGreaterThan(990);
});

it('does not learn what is no count', () => {
  const outputs = new ModelOutputs();
  for (const tokens of [Number.NaN, -1, Infinity]) outputs.learn('chat', tokens);
  expect(outputs.expected('chat')).toBeUndefined();
});

it('is the same after it was kept', () => {
  const outputs = new ModelOutputs();
  for (const tokens of [10, 20, 60]) outputs.learn('math', tokens);
  const again = ModelOutputs.restore(JSON.parse(JSON.stringify(outputs.save())));
  expect(again.expected('math')).toBe(30);
  expect(again.expected(undefined)).toBe(30);
  again.learn('math', 110);
  expect(again.expected('math')).toBe(50);
});

it.each([null, 7, 'x', [], { all: 5 }, { all: [1] }, { all: [-1, 2] }, { all: [1, 0.5] }, { all: ['1', '2'] }])(
  'leaves out what is not its own: %o',
  (saved) => {
    expect(ModelOutputs.restore(saved).expected(undefined)).toBeUndefined();
  },
);
