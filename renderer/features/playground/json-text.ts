/** JSON as people read it. */

/** An object or a list with every name on its own line; `undefined` for any other text. */
export function prettyJson(text: string): string | undefined {
  const trimmed = unfenced(text.trim());
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    return JSON.stringify(JSON.parse(trimmed), null, 2);
  } catch {
    return undefined;
  }
}

/** Models like to put JSON into a fence of markdown. */
function unfenced(text: string): string {
  return /^```(?:json)?\n([\s\S]*)\n```$/.exec(text)?.[1]?.trim() ?? text;
}
