/** What counts as a reason, as the instance takes it. */

const shortest = 3;
const longest = 2_000;

export function canRelease(reason: string): boolean {
  const { length } = reason.trim();
  return length >= shortest && length <= longest;
}
