/** Time zones by their IANA names: which exist here, and which one this machine is in. */

/** Whether this runtime knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone of this machine; UTC where it does not say. */
export function localTimeZone(): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  return name !== undefined && isTimeZone(name) ? name : 'UTC';
}
