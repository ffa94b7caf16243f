/** `:streamGenerateContent` without `alt=sse`: the same chunks as the elements of one JSON array (`[{…},\r\n{…}]`). */

/** Turns an encoder's `data:` events, in pieces of any size, into the text of a JSON array. */
export interface ArrayFraming {
  /** Text to send for this piece of event stream, maybe empty. An error event is an element like any other. */
  push(text: string): string;
  /**
   * The closing bracket. Call it when the stream is complete or its error event was sent; for a stream that breaks without one,
   * call nothing and tear the connection: an open array is how such a client notices.
   */
  end(): string;
}

const blankLine = /\r?\n\r?\n/;

export function createArrayFraming(): ArrayFraming {
  let rest = '';
  let isOpen = false;
  const element = (event: string): string => {
    const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
    const data = lines.map((line) => line.slice(5).trimStart()).join('\n');
    if (data === '' || data === '[DONE]') return '';
    const before = isOpen ? ',\r\n' : '[';
    isOpen = true;
    return before + data;
  };
  return {
    push(text) {
      const events = (rest + text).split(blankLine);
      rest = events.pop() ?? '';
      return events.map(element).join('');
    },
    end() {
      const last = element(rest);
      rest = '';
      return `${last}${isOpen ? '' : '['}]`;
    },
  };
}
