// What is nested too deep is drawn as its text.
import { describe, expect, it } from 'vitest';
import { flatten, type TreeNode } from '../../../renderer/ui/markdown-depth.ts';

const nested = (depth: number): TreeNode => {
  let tree: TreeNode = { type: 'text', value: 'within' };
  for (let index = 0; index < depth; index += 1) tree = { type: 'element', children: [tree] };
  return { type: 'root', children: [tree, { type: 'text', value: 'after' }] };
};

function depthOf(tree: TreeNode): number {
  let [deepest, level] = [0, [tree]];
  for (; level.length > 0; deepest += 1) level = level.flatMap(({ children }) => children ?? []);
  return deepest;
}

describe('flattening', () => {
  it('leaves a tree that people write as it is', () => {
    const tree = nested(12);
    flatten(tree);
    expect(tree).toEqual(nested(12));
  });

  it('keeps every word of one that is too deep, and ends its depth', () => {
    const tree = nested(50_000);
    flatten(tree);
    expect(depthOf(tree)).toBeLessThan(50);
    expect(tree.children?.[1]).toEqual({ type: 'text', value: 'after' });
    let node = tree.children?.[0];
    while (node?.children !== undefined) node = node.children[0];
    expect(node).toEqual({ type: 'text', value: 'within' });
  });
});
