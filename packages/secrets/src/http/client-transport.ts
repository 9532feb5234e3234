import { AbortError } from '../errors/abort-error.js'
import { isRestError, NetworkError } from '../errors/rest-error.js'
import { untilAborted } from '../pipeline/until-aborted.js'
import type { HttpClient, HttpRequest, HttpResponse } from './message.js'
import type { Transport } from './transport.js'

/** A transport of the caller's own, as an object or a function. */
export function clientTransport(client: HttpClient | ((request: HttpRequest) => Promise<HttpResponse>)): Transport {
  const sendRequest = typeof client === 'function' ? client : client.sendRequest.bind(client)
  return {
    async send(request) {
      try {
        const answer = sendRequest(request)
        return await (request.abortSignal ? untilAborted(answer, request.abortSignal) : answer)
      } catch (error) {
        if (request.abortSignal?.aborted || (error as Error)?.name === 'AbortError') throw new AbortError()
        if (error instanceof NetworkError) throw error
        // The error itself may hold the request, and with it the token and the value: only its words are kept.
        const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
        const reason = isRestError(error) || error instanceof Error ? `: ${String(message)}` : ''
        throw new NetworkError(`The transport failed${reason}`, { ...(typeof code === 'string' && { code }) })
      }
    },
    close() {},
  }
}
