import { AbortError } from '../errors/abort-error.js'
import { errorFromResponse, unexpectedAnswer } from '../errors/error-from-response.js'
import { RestError } from '../errors/rest-error.js'
import { type HeaderValues, type HttpHeaders, httpHeaders } from '../http/headers.js'
import { type HttpMethod, type HttpRequest, type HttpResponse, printable } from '../http/message.js'
import { onSameOrigin } from '../http/vault-url.js'
import { MalformedAnswer } from '../models/from-wire.js'
import type { FullOperationResponse, Hooks, OperationOptions, OperationRequestOptions } from '../options.js'
import type { Call, CallLimits, Calls } from '../pipeline/calls.js'
import type { Exchange, Repetition, Send } from '../pipeline/exchange.js'
import type { RetrySettings } from '../pipeline/retry-decision.js'
import type { Operation } from './operation.js'

/** What one operation asks of the vault. */
export interface WireRequest {
  operation: Operation
  /** `safe` unless given. */
  repetition?: Repetition
  method: HttpMethod
  /** The path with its leading slash, or a URL on the vault's own origin. */
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  /** Sent as JSON; text goes out as it is. */
  body?: object | string
}

/** What became of a request, for those who must know more than its answer. */
export interface Track {
  attempt?: number
  sent?: boolean
  mayHaveActed?: boolean
}

export interface WireAnswer<Body> {
  body: Body
  headers: HttpHeaders
}

export interface WireSettings {
  origin: string
  apiVersion: string
  send: Send
  calls: Calls
  retrySettings: RetrySettings
  headers: HeaderValues
  clientRequestIdHeader: string
  hooks?: Hooks | undefined
  requestOptions?: OperationRequestOptions | undefined
  deadlineInMs?: number | undefined
  allowInsecureConnection: boolean
}

/** The vault's protocol: requests in the vault's words, answers as bodies or as errors. */
export class Wire {
  readonly origin: string
  readonly apiVersion: string
  readonly retrySettings: RetrySettings
  readonly #settings: WireSettings

  constructor(settings: WireSettings) {
    this.#settings = settings
    this.origin = settings.origin
    this.apiVersion = settings.apiVersion
    this.retrySettings = settings.retrySettings
  }

  /** Carries out one operation, of however many requests, within its limits. */
  run<T>(limits: CallLimits, work: (call: Call) => Promise<T>): Promise<T> {
    const { abortSignal, deadlineInMs = this.#settings.deadlineInMs } = limits
    return this.#settings.calls.run({ abortSignal, deadlineInMs }, work)
  }

  /** Sends one request and reads its JSON answer with `read`. */
  async ask<Body, T>(
    wanted: WireRequest,
    options: OperationOptions,
    call: Call,
    read: (answer: WireAnswer<Body>) => T,
    track: Track = {},
  ): Promise<T> {
    const { request, answer, exchange } = await this.#exchange(wanted, options, call, track)
    const parsed = parse(answer)
    const refused = answer.status < 200 || answer.status >= 300
    const error = refused ? errorFromResponse(request, answer, wanted.operation, exchange.token) : undefined
    options.onResponse?.(fullResponse(request, answer, parsed), error)
    if (error !== undefined) throw error
    if (answer.status !== 204 && (parsed === null || typeof parsed !== 'object')) {
      throw unexpectedAnswer(request, answer, `The answer was ${answer.status}, but no JSON as the vault sends it.`)
    }
    try {
      return read({ body: parsed as Body, headers: answer.headers })
    } catch (error) {
      if (error instanceof MalformedAnswer) throw unexpectedAnswer(request, answer, `${error.message}.`)
      throw error
    }
  }

  /** Sends one request and returns its answer, whatever its status. */
  async forward(wanted: WireRequest, options: OperationOptions, call: Call): Promise<FullOperationResponse> {
    const { request, answer } = await this.#exchange(wanted, options, call, {})
    const parsed = parse(answer)
    const response = fullResponse(request, answer, parsed)
    options.onResponse?.(response)
    return response
  }

  /** The client's hooks and those of one operation, in the order of their calls. */
  hooksOf(options: OperationOptions): readonly Hooks[] {
    return [this.#settings.hooks, options.hooks].filter((hook) => hook !== undefined)
  }

  async #exchange(
    wanted: WireRequest,
    options: OperationOptions,
    call: Call,
    track: Track,
  ): Promise<{ request: HttpRequest; answer: HttpResponse; exchange: Exchange }> {
    const request = this.#request(wanted, options, call)
    const exchange: Exchange = {
      operation: wanted.operation,
      repetition: wanted.repetition ?? 'safe',
      signal: call.signal,
      ...(call.deadline !== undefined && { deadline: call.deadline }),
      hooks: this.hooksOf(options),
      ...(options.tracingOptions && { tracingOptions: options.tracingOptions }),
      attempt: track.attempt ?? 1,
      sent: false,
      mayHaveActed: false,
    }
    try {
      const answer = await this.#settings.send(request, exchange)
      if (call.signal.aborted) throw new AbortError()
      return { request, answer, exchange }
    } catch (error) {
      if (error instanceof RestError && error.clientRequestId === undefined) error.clientRequestId = request.requestId
      throw error
    } finally {
      track.attempt = exchange.attempt
      track.sent = exchange.sent
      track.mayHaveActed = exchange.mayHaveActed
    }
  }

  #request(wanted: WireRequest, options: OperationOptions, call: Call): HttpRequest {
    const { headers: common, requestOptions: defaults, clientRequestIdHeader, allowInsecureConnection } = this.#settings
    const requestId = options.clientRequestId ?? crypto.randomUUID()
    const headers = httpHeaders({
      accept: 'application/json',
      ...common,
      ...defaults?.headers,
      ...options.requestOptions?.headers,
      [clientRequestIdHeader]: requestId,
    })
    headers.delete('authorization')
    const body = typeof wanted.body === 'object' ? JSON.stringify(wanted.body) : wanted.body
    if (body !== undefined) {
      if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    } else if (wanted.method !== 'GET' && wanted.method !== 'HEAD') {
      headers.set('content-length', 0)
    }
    return printable({
      url: this.#url(wanted),
      method: wanted.method,
      headers,
      ...(body !== undefined && { body }),
      timeout: options.requestOptions?.timeout ?? defaults?.timeout ?? 30_000,
      requestId,
      abortSignal: call.signal,
      withCredentials: false,
      ...(allowInsecureConnection && { allowInsecureConnection }),
      ...(options.tracingOptions && { tracingOptions: options.tracingOptions }),
    })
  }

  #url({ path, query = {} }: WireRequest): string {
    const { origin, apiVersion } = this.#settings
    const url = onSameOrigin(path, origin)
    if (url === undefined) {
      throw new RestError(`Only URLs of the vault itself are followed, which is ${origin}.`, { code: 'BadOrigin' })
    }
    // Written by hand: URLSearchParams would encode the "$" of "$skiptoken", which vaults send and expect plain.
    const parameters = url.search.slice(1).split('&').filter(Boolean)
    if (!url.searchParams.has('api-version')) parameters.unshift(`api-version=${encodeURIComponent(apiVersion)}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.push(`${name}=${encodeURIComponent(value)}`)
    }
    return `${origin}${url.pathname}?${parameters.join('&')}`
  }
}

function parse(answer: HttpResponse): unknown {
  if (!answer.bodyAsText) return undefined
  try {
    return JSON.parse(answer.bodyAsText)
  } catch {
    return undefined
  }
}

function fullResponse(request: HttpRequest, answer: HttpResponse, parsed: unknown): FullOperationResponse {
  const { status, headers } = answer
  const response: FullOperationResponse = { status, headers, request, rawHeaders: headers.toJSON() }
  // Readable, but neither printed nor copied along: they may hold a value.
  Object.defineProperty(response, 'bodyAsText', { value: answer.bodyAsText ?? null, writable: true })
  Object.defineProperty(response, 'parsedBody', { value: parsed, writable: true })
  return response
}
