/** Keeps what is drawn shallow: elements thousands deep, which a model writes with a few thousand `>`, end the browser's page. */

/** A node of what markdown became. */
export interface TreeNode {
  type: string;
  value?: string;
  children?: TreeNode[];
}

/** Deeper than anybody reads. */
const mostDeep = 40;

/** What lies deeper becomes its text. Without recursion: a stack has an end as well. */
export function flatten(tree: TreeNode, most = mostDeep): void {
  const waiting: (readonly [TreeNode, number])[] = [[tree, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [node, depth] = next;
    if (node.children === undefined) continue;
    if (depth >= most) node.children = [{ type: 'text', value: textOf(node) }];
    else for (const child of node.children) waiting.push([child, depth + 1]);
  }
}

function textOf(node: TreeNode): string {
  const parts: string[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.value !== undefined) parts.push(next.value);
    waiting.push(...(next.children ?? []).toReversed());
  }
  return parts.join('');
}
