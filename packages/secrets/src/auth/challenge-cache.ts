import type { Challenge } from './challenge.js'

/** More vaults than one process is likely to call; the oldest entry makes room. */
const most = 1000

/**
 * The challenges that vaults have made, known to every client of the process: a second client of the same vault needs
 * none. Holds only challenges whose resource was verified, or by clients that do not verify; so each use verifies anew.
 */
const challenges = new Map<string, Challenge>()

/** Lower-case host and port. @param origin - as `URL.origin` gives it: lower-case, a default port left out */
export function authorityOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '').toLowerCase()
}

export function cachedChallenge(authority: string): Challenge | undefined {
  return challenges.get(authority)
}

export function rememberChallenge(authority: string, challenge: Challenge): void {
  challenges.delete(authority)
  challenges.set(authority, challenge)
  if (challenges.size <= most) return
  const oldest = challenges.keys().next()
  if (!oldest.done) challenges.delete(oldest.value)
}

/** Forgets this very challenge; a newer one that another request brought meanwhile stays. */
export function forgetChallenge(authority: string, challenge: Challenge): void {
  if (challenges.get(authority) === challenge) challenges.delete(authority)
}

/** Vaults whose challenge is just being elicited. */
const elicitations = new Map<string, Promise<void>>()

/** Settles when an elicitation under way ends, however it ends: the cache tells what came of it. */
export function elicitationOf(authority: string): Promise<void> | undefined {
  return elicitations.get(authority)
}

/** Carries out an elicitation that others can wait for with {@link elicitationOf}. */
export async function elicit<T>(authority: string, work: () => Promise<T>): Promise<T> {
  const result = work()
  const ended = result.then(
    () => {},
    () => {},
  )
  elicitations.set(authority, ended)
  try {
    return await result
  } finally {
    if (elicitations.get(authority) === ended) elicitations.delete(authority)
  }
}

/** Forgets everything, for tests. */
export function forgetAllChallenges(): void {
  challenges.clear()
}
