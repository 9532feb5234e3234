import type { DeletedSecret } from '../models/deleted-secret.js'
import type { SecretProperties } from '../models/secret-properties.js'

/** What a poller's text holds: enough to go on elsewhere, and no value. */
export interface SavedPoller<TResult> {
  name: string
  isStarted: boolean
  isCompleted: boolean
  /** What the vault answered when the operation began, or at its end. */
  result?: TResult
}

export function savePoller<TResult>(state: SavedPoller<TResult>): string {
  return JSON.stringify({ state })
}

/**
 * Reads the text of a poller of this client or of the official one.
 * @throws {TypeError} if it is none, or one of another secret
 */
export function loadPoller<TResult extends DeletedSecret | SecretProperties>(
  text: string,
  name: string,
): SavedPoller<TResult> {
  let state: unknown
  try {
    state = (JSON.parse(text) as { state?: unknown } | null)?.state
  } catch {
    state = undefined
  }
  if (typeof state !== 'object' || state === null) throw new TypeError('resumeFrom must be the text of a poller')
  const saved = state as Partial<SavedPoller<TResult>>
  if (saved.name !== undefined && saved.name !== name) {
    throw new TypeError(`resumeFrom belongs to the secret "${saved.name}", not to "${name}"`)
  }
  const result = withDates(saved.result) as TResult | undefined
  return {
    name,
    isStarted: saved.isStarted === true,
    isCompleted: saved.isCompleted === true,
    ...(result !== undefined && { result }),
  }
}

const dates = new Set(['createdOn', 'updatedOn', 'notBefore', 'expiresOn', 'deletedOn', 'scheduledPurgeDate'])

/** Dates come out of JSON as text. */
function withDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (dates.has(name) && typeof member === 'string') return [name, new Date(member)]
      return [name, name === 'properties' ? withDates(member) : member]
    }),
  )
}
