import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { Operation } from '../operations/operation.js'
import type { Hooks, OperationTracingOptions } from '../options.js'

/**
 * What repeating a request means. `safe`: the second time does no more than the first. `unsafe`: it might do something
 * twice, so that the pipeline repeats it only if the vault cannot have acted on it.
 */
export type Repetition = 'safe' | 'unsafe'

/** One request on its way through the pipeline. */
export interface Exchange {
  readonly operation: Operation
  readonly repetition: Repetition
  /** Fires when the operation is given up: by its caller, at its deadline, by `close()`. */
  readonly signal: AbortSignal
  /** When it will be given up, in Unix milliseconds. */
  readonly deadline?: number
  readonly hooks: readonly Hooks[]
  readonly tracingOptions?: OperationTracingOptions
  /** 1 for the first. */
  attempt: number
  /** Whether the request went out as a whole, with its token and body. */
  sent: boolean
  /** Whether the vault may have acted on an attempt whose answer was lost. */
  mayHaveActed: boolean
  /** The token it went out with, to be kept out of errors. */
  token?: string
}

/** One stage of the pipeline, or all from one on. */
export type Send = (request: HttpRequest, exchange: Exchange) => Promise<HttpResponse>
