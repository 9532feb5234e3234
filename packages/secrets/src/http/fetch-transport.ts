import { AbortError } from '../errors/abort-error.js'
import { NetworkError } from '../errors/rest-error.js'
import { httpHeaders } from './headers.js'
import { type HttpRequest, type HttpResponse, httpResponse } from './message.js'
import type { Transport } from './transport.js'

/** The runtime's own `fetch`: browsers, Deno, Bun, Workers. It measures the body itself, and some refuse to be told. */
export function fetchTransport(): Transport {
  return { send, close() {} }
}

async function send(request: HttpRequest): Promise<HttpResponse> {
  const controller = new AbortController()
  const signal = request.abortSignal
  if (signal?.aborted) throw new AbortError()
  let timedOut = false
  const abort = () => controller.abort()
  const timeOut = () => {
    timedOut = true
    abort()
  }
  const timer = request.timeout > 0 ? setTimeout(timeOut, request.timeout) : undefined
  signal?.addEventListener('abort', abort)
  try {
    const { 'content-length': _, ...headers } = request.headers.toJSON()
    const { navigator } = globalThis as { navigator?: { userAgent?: string } }
    const answer = await fetch(request.url, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: controller.signal,
      // Workers have neither cache nor cookies, and take the very options for a mistake.
      ...(navigator?.userAgent !== 'Cloudflare-Workers' && { cache: 'no-store', credentials: 'omit' }),
      ...(request.body !== undefined && { body: request.body }),
    })
    return httpResponse(answer.status, httpHeaders(Object.fromEntries(answer.headers)), await answer.text())
  } catch (error) {
    if (signal?.aborted) throw new AbortError()
    const host = new URL(request.url).host
    if (timedOut) {
      throw new NetworkError(`No complete answer from ${host} within ${request.timeout} ms.`, { code: 'ETIMEDOUT' })
    }
    const code = (error as { cause?: { code?: unknown } }).cause?.code
    throw new NetworkError(`No answer from ${host}.`, { ...(typeof code === 'string' && { code }) })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
