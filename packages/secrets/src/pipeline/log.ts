import type { HttpHeaders } from '../http/headers.js'
import { logger } from '../logger.js'
import type { Send } from './exchange.js'

const shownHeaders = new Set([
  'accept',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'pragma',
  'request-id',
  'retry-after',
  'server',
  'traceparent',
  'transfer-encoding',
  'user-agent',
  'via',
  'x-ms-client-request-id',
  'x-ms-keyvault-network-info',
  'x-ms-keyvault-region',
  'x-ms-keyvault-service-version',
  'x-ms-request-id',
])
const shownQuery = new Set(['api-version', 'maxresults', 'outContentType'])

/** Tells of each request and answer what is safe to tell. There is no switch for the rest. */
export function log(next: Send): Send {
  return async (request, exchange) => {
    if (!logger.info.enabled) return next(request, exchange)
    logger.info(`${request.method} ${loggedUrl(request.url)}`, loggedHeaders(request.headers))
    const started = performance.now()
    const answer = await next(request, exchange)
    const duration = Math.round(performance.now() - started)
    logger.info(`${answer.status} in ${duration} ms`, loggedHeaders(answer.headers))
    return answer
  }
}

export function loggedUrl(text: string): string {
  const url = new URL(text)
  const query = [...url.searchParams].map(([name, value]) => `${name}=${shownQuery.has(name) ? value : 'REDACTED'}`)
  return url.origin + url.pathname + (query.length > 0 ? `?${query.join('&')}` : '')
}

export function loggedHeaders(headers: HttpHeaders): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name, shownHeaders.has(name) ? value : 'REDACTED']))
}
