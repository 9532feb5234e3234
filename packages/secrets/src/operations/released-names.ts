import { ResourceExistsError } from '../errors/rest-error.js'
import { delay } from '../pipeline/delay.js'

/** For so long after a recovery or a purge, a vault may still refuse the name. */
const settlingInMs = 30_000

/**
 * Names that this client has just recovered or purged. The service reports both as done a little before it takes writes
 * to the name again, so a write to one of these waits where it would otherwise fail.
 */
export class ReleasedNames {
  readonly #releasedAt = new Map<string, number>()

  add(name: string): void {
    const now = Date.now()
    for (const [other, time] of this.#releasedAt) {
      if (now - time > settlingInMs) this.#releasedAt.delete(other)
    }
    this.#releasedAt.set(name.toLowerCase(), now)
  }

  /**
   * Repeats work that is refused because the name is not free yet.
   * @param nameOf - the name that a refusal is about
   */
  async settled<T>(
    nameOf: (refusal: ResourceExistsError) => string | undefined,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    for (let wait = 200; ; wait = Math.min(2000, wait * 2)) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof ResourceExistsError)) throw error
        const released = this.#releasedAt.get(nameOf(error)?.toLowerCase() ?? '')
        if (released === undefined || Date.now() - released > settlingInMs) throw error
        await delay(wait, signal)
      }
    }
  }
}
