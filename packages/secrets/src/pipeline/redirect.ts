import { copyRequest, type HttpRequest, type HttpResponse } from '../http/message.js'
import { onSameOrigin } from '../http/vault-url.js'
import type { Send } from './exchange.js'

/** Follows redirects on the vault's own origin. One that leads elsewhere is an answer like any other: an error. */
export function redirect(origin: string, most: number, next: Send): Send {
  return async (request, exchange) => {
    let current = request
    let answer = await next(current, exchange)
    for (let followed = 0; followed < most; followed++) {
      const target = redirectTarget(current, answer, origin)
      if (target === undefined) return answer
      current = copyRequest(current, { url: target })
      answer = await next(current, exchange)
    }
    return answer
  }
}

function redirectTarget(request: HttpRequest, answer: HttpResponse, origin: string): string | undefined {
  const location = answer.headers.get('location')
  if (location === undefined) return undefined
  // 301 to 303 turn other methods into GET in some programs, so only these two are clear for all.
  const follows = [307, 308].includes(answer.status) || (request.method === 'GET' && [301, 302].includes(answer.status))
  return follows ? onSameOrigin(location, origin)?.href : undefined
}
