/** What agents write into prompts besides what the user said: reminders, surroundings, counters that vary from call to call. */

/** Claude Code's first system block: who is to be billed, not what the model is to read. */
const billing = 'x-anthropic-billing-header';

/** Elements that hold no word of the user: Claude Code, Codex, Gemini CLI, Cline and its relatives, opencode, Cursor. */
export const agentElements = [
  ...(['system-reminder', 'environment_context', 'session_context', 'environment_details', 'env'] as const),
  ...(['user_info', 'user_instructions', 'project_layout', 'total_tokens'] as const),
] as const;

/** The text without the elements agents add to it. */
export function withoutReminders(text: string): string {
  if (!text.includes('<')) return text;
  let left = text;
  for (const name of agentElements) left = withoutElement(left, name);
  return left.trim();
}

/** Takes time in proportion to the text: an element that is never closed ends the search. */
function withoutElement(text: string, name: string): string {
  const open = `<${name}>`;
  const close = `</${name}>`;
  let at = text.indexOf(open);
  if (at === -1) return text;
  const kept: string[] = [];
  let from = 0;
  while (at !== -1) {
    const end = text.indexOf(close, at);
    if (end === -1) break;
    kept.push(text.slice(from, at));
    from = end + close.length;
    at = text.indexOf(open, from);
  }
  kept.push(text.slice(from));
  return kept.join('');
}

const weekdays = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const months = '(?:January|February|March|April|May|June|July|August|September|October|November|December)';
const dateWords = new RegExp(`\\b(?:${weekdays}|${months}|[AP]M)\\b`, 'g');
const uuids = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const figures = /\d+/g;

/** A system prompt without what an agent writes into it anew for each call: the bill, the date, the time, ids and counters. */
export function steadySystem(text: string): string {
  if (text.startsWith(billing)) return '';
  return withoutReminders(text).replace(dateWords, '').replace(uuids, '#').replace(figures, '0');
}
