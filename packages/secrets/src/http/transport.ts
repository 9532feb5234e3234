import type { HttpRequest, HttpResponse } from './message.js'

/**
 * Sends one request. Rejects with a `NetworkError` that says whether the other side may have seen the request, or with
 * an `AbortError`.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>
  /** Closes idle connections and breaks those in use. */
  close(): void
}
