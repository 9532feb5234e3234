import type { AbortSignalLike, OperationTracingOptions } from '../options.js'

/** A token and how long it is good for, in Unix milliseconds. */
export interface AccessToken {
  token: string
  expiresOnTimestamp: number
  /** From when on a new one should be fetched in the background. */
  refreshAfterTimestamp?: number
  tokenType?: 'Bearer' | 'pop'
}

export interface GetTokenOptions {
  abortSignal?: AbortSignalLike
  requestOptions?: { timeout?: number }
  tracingOptions?: OperationTracingOptions
  /** JSON of claims that the token must have. */
  claims?: string
  enableCae?: boolean
  /** The tenant that the vault asked for. */
  tenantId?: string
}

/** Anything that gets tokens: those of `@azure/identity`, or one of your own. */
export interface TokenCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>
}
