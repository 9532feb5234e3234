import type { HttpRequest, HttpResponse } from '../http/message.js'
import { networkHint } from './hints.js'

/** What a {@link RestError} knows beside its message. */
export interface RestErrorOptions {
  code?: string
  statusCode?: number
  request?: RestErrorRequest
  response?: RestErrorResponse
  /** The body of the answer, reduced to its codes and message. */
  details?: unknown
  innerCode?: string
  requestId?: string
  clientRequestId?: string
  region?: string
  hint?: string
  cause?: unknown
}

/** The request that failed, without its token and body. */
export type RestErrorRequest = Omit<HttpRequest, 'body' | 'abortSignal' | 'agent' | 'tracingOptions'>

/** The answer, without its body. */
export type RestErrorResponse = Omit<HttpResponse, 'bodyAsText'> & { request?: RestErrorRequest }

/**
 * Every failure of a request. Holds neither secret values nor tokens nor bodies, in no property and no cause.
 *
 * `name` is `"RestError"` in every subclass too, as callers of the official client compare it.
 */
export class RestError extends Error {
  /** The code of a request that got no answer. */
  static readonly REQUEST_SEND_ERROR = 'REQUEST_SEND_ERROR'
  /** The code of an answer that is not what the protocol says. */
  static readonly PARSE_ERROR = 'PARSE_ERROR'

  /** `error.code` of the answer, such as `SecretNotFound`; or the system's or this client's code if there was none. */
  declare code?: string
  /** The status of the answer; absent if there was none. */
  declare statusCode?: number
  /** `error.innererror.code` of the answer: what exactly a 403 or 409 is about. */
  declare innerCode?: string
  /** `x-ms-request-id` of the answer: what the server's log knows it by. */
  declare requestId?: string
  /** `x-ms-client-request-id` of the request. */
  declare clientRequestId?: string
  /** `x-ms-keyvault-region` of the answer. */
  declare region?: string
  /** What to do next, in one sentence. */
  declare hint?: string
  /** Codes and message as the answer has them: `details.error.innerError.code` and so on. */
  declare details?: unknown
  /** The request, without token and body. Not enumerable. */
  declare request?: RestErrorRequest
  /** The answer, without its body. Not enumerable. */
  declare response?: RestErrorResponse

  constructor(message: string, options: RestErrorOptions = {}) {
    const { cause, request, response, ...facts } = options
    super(message, cause === undefined ? undefined : { cause })
    Object.defineProperty(this, 'name', { value: 'RestError', writable: true, configurable: true })
    for (const [name, value] of Object.entries(facts)) {
      if (value !== undefined) Object.assign(this, { [name]: value })
    }
    Object.defineProperty(this, 'request', { value: request, writable: true, configurable: true })
    Object.defineProperty(this, 'response', { value: response, writable: true, configurable: true })
  }
}

/** 404: no such secret, version or deleted secret. */
export class ResourceNotFoundError extends RestError {}
/** 409: the name is taken. */
export class ResourceExistsError extends RestError {}
/** 401, or no token to be had. */
export class ClientAuthenticationError extends RestError {}
/** 403: the caller is known and may not. */
export class ForbiddenError extends RestError {}
/** 403 with inner code `SecretDisabled`. */
export class SecretDisabledError extends ForbiddenError {}
/** 409 with inner code `ObjectIsDeletedButRecoverable` or `ObjectIsBeingDeleted`. */
export class SecretDeletedError extends ResourceExistsError {}
/** 409 with inner code `ObjectIsBeingRecovered`. */
export class SecretBeingRecoveredError extends ResourceExistsError {}
/** 429: too many requests, still after every retry. */
export class ThrottledError extends RestError {}
/** The request breaks a rule of the service. Without `statusCode`: found before anything was sent. */
export class InvalidRequestError extends RestError {}

/** No answer came: no connection, a lost one, or a timeout. */
export class NetworkError extends RestError {
  /** Whether the vault may have received the request, and acted on it. */
  readonly requestSent: boolean

  constructor(message: string, options: RestErrorOptions & { requestSent?: boolean } = {}) {
    const { requestSent = true, ...rest } = options
    const hint = networkHint(options.code)
    super(message, { code: RestError.REQUEST_SEND_ERROR, ...(hint !== undefined && { hint }), ...rest })
    this.requestSent = requestSent
  }
}

/** The time of `deadlineInMs` ran out. */
export class DeadlineExceededError extends RestError {}

/** Whether something caught is a {@link RestError}, of this module or of another copy of it or of the official client. */
export function isRestError(error: unknown): error is RestError {
  return error instanceof RestError || (error instanceof Error && error.name === 'RestError')
}
