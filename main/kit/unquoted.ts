/** What an error says, without what it quotes: a parser shows the text that it could not read, and that is somebody's. */

/** Its message, unless that quotes. */
export function messageOf(error: Error): string {
  // V8: `Unexpected token 'I', "Ines Kowal"... is not valid JSON`.
  return error instanceof SyntaxError ? 'a text could not be parsed' : error.message;
}

/** Its stack with that message at its head. */
export function stackOf(error: Error): string | undefined {
  const { stack } = error;
  if (stack === undefined || !(error instanceof SyntaxError)) return stack;
  const head = `${error.name}: ${error.message}`;
  // One whose message was changed later is not to be told from what it quotes.
  return `${error.name}: ${messageOf(error)}${stack.startsWith(head) ? stack.slice(head.length) : ''}`;
}
