/** What parts of a streamed answer mean for those who watch them pass. */
import type { StreamPart } from '../dialects/canonical.ts';

/** Something a person or a program sees: text, reasoning, a call, a picture. Starts of text and pings are none. */
export function isContent(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return part.text !== '';
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'media':
      return true;
    default:
      return false;
  }
}
