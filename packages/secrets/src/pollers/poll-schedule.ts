/**
 * How long to wait before the next poll, in milliseconds: what the answer asks for, else the caller's interval, else
 * short at first (vaults are mostly done at once) and growing.
 * @param polls - made so far
 */
export function nextPollDelay(
  polls: number,
  intervalInMs: number | undefined,
  retryAfterInMs: number | undefined,
): number {
  return retryAfterInMs ?? intervalInMs ?? Math.min(2000, Math.round(200 * 1.6 ** Math.max(0, polls - 1)))
}
