import { httpHeaders } from '../http/headers.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { Operation } from '../operations/operation.js'
import { hintFor } from './hints.js'
import {
  ClientAuthenticationError,
  ForbiddenError,
  InvalidRequestError,
  ResourceExistsError,
  ResourceNotFoundError,
  RestError,
  type RestErrorOptions,
  type RestErrorRequest,
  SecretBeingRecoveredError,
  SecretDeletedError,
  SecretDisabledError,
  ThrottledError,
} from './rest-error.js'
import { withoutSecrets } from './without-secrets.js'

/** The error that an answer means. */
export function errorFromResponse(
  request: HttpRequest,
  response: HttpResponse,
  operation: Operation,
  token?: string,
): RestError {
  const body = readErrorBody(response.bodyAsText ?? '')
  const clean = withoutSecrets(request.body, token)
  const code = clean(body?.code) ?? codeOf(response.status)
  const innerCode = clean(body?.innerCode)
  // The vault's own words, unchanged: callers of the official client compare them.
  const message = body === undefined ? messageWithoutBody(response) : clean(body.message)
  const hint = hintFor({ status: response.status, code, innerCode, operation })
  const options: RestErrorOptions = {
    ...facts(request, response),
    code,
    ...(innerCode !== undefined && { innerCode }),
    ...(hint !== undefined && { hint }),
    details: {
      error: {
        code,
        message: clean(body?.message),
        ...(innerCode !== undefined && { innerError: { code: innerCode } }),
      },
    },
  }
  const Class = classFor(response.status, innerCode)
  return new Class(message || `The answer was ${response.status} (${code}).`, options)
}

/** The error for an answer whose status is fine and whose body is not. */
export function unexpectedAnswer(request: HttpRequest, response: HttpResponse, problem: string): RestError {
  return new RestError(`${problem}${intermediary(response)}`, {
    ...facts(request, response),
    code: RestError.PARSE_ERROR,
    hint: 'Check that the vault URL is right and that no proxy or sign-in page stands in between.',
  })
}

/** A request as errors may carry it. */
export function requestWithoutSecrets(request: HttpRequest): RestErrorRequest {
  const { url, method, timeout, requestId, withCredentials } = request
  const headers = httpHeaders(request.headers)
  headers.delete('authorization')
  return { url, method, headers, timeout, requestId, withCredentials }
}

function facts(request: HttpRequest, response: HttpResponse): RestErrorOptions {
  const { status, headers } = response
  const requestId = headers.get('x-ms-request-id')
  const region = headers.get('x-ms-keyvault-region')
  const shown = requestWithoutSecrets(request)
  return {
    statusCode: status,
    clientRequestId: request.requestId,
    ...(requestId !== undefined && { requestId }),
    ...(region !== undefined && { region }),
    request: shown,
    response: { status, headers, request: shown },
  }
}

function classFor(status: number, innerCode: string | undefined): typeof RestError {
  if (status === 401) return ClientAuthenticationError
  if (status === 403) return innerCode === 'SecretDisabled' ? SecretDisabledError : ForbiddenError
  if (status === 404) return ResourceNotFoundError
  if (status === 409) {
    if (innerCode === 'ObjectIsDeletedButRecoverable' || innerCode === 'ObjectIsBeingDeleted') return SecretDeletedError
    return innerCode === 'ObjectIsBeingRecovered' ? SecretBeingRecoveredError : ResourceExistsError
  }
  if (status === 429) return ThrottledError
  return status >= 400 && status < 500 ? InvalidRequestError : RestError
}

/** For answers that name no code of their own. */
function codeOf(status: number): string {
  const names: Record<number, string> = {
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    429: 'Throttled',
    500: 'InternalServerError',
    502: 'BadGateway',
    503: 'ServiceUnavailable',
    504: 'GatewayTimeout',
  }
  return names[status] ?? `HTTP${status}`
}

interface ReadError {
  code?: string
  message?: string
  innerCode?: string
}

function readErrorBody(text: string): ReadError | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  const error = member(body, 'error')
  const code = member(error, 'code')
  const message = member(error, 'message')
  const innerCode = member(member(error, 'innererror') ?? member(error, 'innerError'), 'code')
  if (typeof code !== 'string' && typeof message !== 'string') return undefined
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
    ...(typeof innerCode === 'string' && { innerCode }),
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function messageWithoutBody(response: HttpResponse): string {
  const { status } = response
  if (status >= 300 && status < 400) {
    return `The answer was ${status}, a redirect: this client follows none that leaves the vault's own address.`
  }
  if (!response.bodyAsText) return `The answer was ${status} without a body.${intermediary(response)}`
  return `The answer was ${status}, in a form the vault does not use.${intermediary(response)}`
}

/** Names who answered, if it was probably not the vault. */
function intermediary({ headers }: HttpResponse): string {
  // Only a vault sends these.
  if (headers.has('x-ms-keyvault-region') || headers.has('x-ms-keyvault-service-version')) return ''
  const who = [
    headers.has('server') && `Server: ${headers.get('server')}`,
    headers.has('via') && `Via: ${headers.get('via')}`,
  ].filter(Boolean)
  return ` Probably an intermediary answered, not the vault${who.length > 0 ? ` (${who.join(', ')})` : ''}.`
}
