import type { AccessToken } from './token-credential.js'

/** With less than this left, a new token is fetched in the background. */
const refreshBeforeExpiryInMs = 300_000
/** A failed or fruitless refresh is not tried again at once. */
const refreshPauseInMs = 30_000

export type TokenState = 'fresh' | 'stale' | 'expired'

/** `stale`: still good, but a new one should be fetched. */
export function tokenState(token: AccessToken, now: number): TokenState {
  if (token.expiresOnTimestamp <= now) return 'expired'
  const left = token.expiresOnTimestamp - now
  const refreshIsDue = token.refreshAfterTimestamp !== undefined && token.refreshAfterTimestamp <= now
  return left < refreshBeforeExpiryInMs || refreshIsDue ? 'stale' : 'fresh'
}

interface Entry {
  token?: AccessToken
  fetching?: Promise<AccessToken>
  refreshedAt: number
}

/** Tokens by key, fetched once for all who ask at the same time, and in the background before they expire. */
export interface TokenCache {
  /** A token that has not expired: the cached one if there is one, else what `fetch` gets. */
  get(key: string, fetch: () => Promise<AccessToken>): Promise<AccessToken>
  /** A new token, in place of the cached one. */
  renew(key: string, fetch: () => Promise<AccessToken>): Promise<AccessToken>
  /** Forgets this very token; one fetched since stays. */
  forget(key: string, token: string): void
}

export function tokenCache(clock: () => number = Date.now): TokenCache {
  const entries = new Map<string, Entry>()

  function entryFor(key: string): Entry {
    let entry = entries.get(key)
    if (entry === undefined) {
      entry = { refreshedAt: 0 }
      entries.set(key, entry)
    }
    return entry
  }

  function start(entry: Entry, fetch: () => Promise<AccessToken>): Promise<AccessToken> {
    entry.refreshedAt = clock()
    const fetching = fetch().then(
      (token) => {
        if (entry.fetching === fetching) {
          entry.token = token
          delete entry.fetching
        }
        return token
      },
      (error) => {
        if (entry.fetching === fetching) delete entry.fetching
        throw error
      },
    )
    entry.fetching = fetching
    return fetching
  }

  return {
    async get(key, fetch) {
      const entry = entryFor(key)
      const now = clock()
      const state = entry.token === undefined ? 'expired' : tokenState(entry.token, now)
      if (entry.token === undefined || state === 'expired') return entry.fetching ?? start(entry, fetch)
      if (state === 'stale' && entry.fetching === undefined && now - entry.refreshedAt >= refreshPauseInMs) {
        // The token at hand is good: whether this one comes is seen when it is needed.
        start(entry, fetch).catch(() => {})
      }
      return entry.token
    },
    async renew(key, fetch) {
      return start(entryFor(key), fetch)
    },
    forget(key, token) {
      const entry = entries.get(key)
      if (entry?.token?.token === token) delete entry.token
    },
  }
}
