import type { AbortSignalLike, OperationTracingOptions } from '../options.js'
import type { HttpHeaders } from './headers.js'
import { httpHeaders } from './headers.js'

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'HEAD' | 'OPTIONS' | 'TRACE'

/** What a transport is asked to send. Has the shape of `PipelineRequest` of `@azure/core-rest-pipeline`. */
export interface HttpRequest {
  url: string
  method: HttpMethod
  headers: HttpHeaders
  /** Text, or absent. May hold a secret value: neither log nor keep it. */
  body?: string
  /** Milliseconds within which the whole answer must have arrived; 0 for no limit. */
  timeout: number
  /** The value of `x-ms-client-request-id`. */
  requestId: string
  abortSignal?: AbortSignalLike
  withCredentials: boolean
  allowInsecureConnection?: boolean
  tracingOptions?: OperationTracingOptions
  agent?: NodeAgent
}

/** What a transport answers. Has the shape of `PipelineResponse` of `@azure/core-rest-pipeline`. */
export interface HttpResponse {
  status: number
  headers: HttpHeaders
  /** May hold a secret value: neither log nor keep it. */
  bodyAsText?: string | null
}

/** A transport of the caller's own, for example one that records requests in a test. */
export interface HttpClient {
  /** Sends one request and reads the whole answer. Follows no redirects, retries nothing, rejects only if none came. */
  sendRequest(request: HttpRequest): Promise<HttpResponse>
}

/** Structurally `http.Agent` of Node. */
export interface NodeAgent {
  destroy(): void
  maxFreeSockets: number
  maxSockets: number
  requests: unknown
  sockets: unknown
}

/** A request through {@link HttpClient}s and policies, unchanged but for the given members. @internal */
export function copyRequest(request: HttpRequest, changes: Partial<HttpRequest> = {}): HttpRequest {
  return printable({ ...request, headers: httpHeaders(request.headers), ...changes })
}

/** Makes a request print without its body. @internal */
export function printable(request: HttpRequest): HttpRequest {
  Object.defineProperty(request, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => ({ method: request.method, url: request.url, headers: request.headers, requestId: request.requestId }),
  })
  return request
}

/** An answer whose body is readable but does not print. @internal */
export function httpResponse(status: number, headers: HttpHeaders, bodyAsText: string): HttpResponse {
  const response: HttpResponse = { status, headers }
  Object.defineProperty(response, 'bodyAsText', { value: bodyAsText, writable: true, configurable: true })
  return response
}
