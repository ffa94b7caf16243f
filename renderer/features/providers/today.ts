/** The day it is by UTC, which is what prices go by. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
