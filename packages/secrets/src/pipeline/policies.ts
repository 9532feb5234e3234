import { httpHeaders } from '../http/headers.js'
import type { HttpResponse } from '../http/message.js'
import type { HookRequest, PipelinePolicy } from '../options.js'
import type { Exchange, Send } from './exchange.js'

/** The caller's policies, the first outermost. */
export function policies(list: readonly PipelinePolicy[], next: Send): Send {
  return list.reduceRight<Send>(
    (inner, policy) => (request, exchange) => policy.sendRequest(request, (changed) => inner(changed, exchange)),
    next,
  )
}

/** The caller's hooks, before the token is attached and after the answer came. */
export function hooks(next: Send): Send {
  return async (request, exchange) => {
    if (exchange.hooks.length === 0) return next(request, exchange)
    const { method, url, headers, requestId } = request
    const seen: HookRequest = { method, url, headers, requestId, attempt: exchange.attempt }
    for (const hook of exchange.hooks) await hook.onRequest?.(seen)
    const answer = await next(request, exchange)
    await tellAnswer(answer, seen, exchange)
    return answer
  }
}

async function tellAnswer(answer: HttpResponse, request: HookRequest, exchange: Exchange): Promise<void> {
  const seen = { status: answer.status, headers: httpHeaders(answer.headers), request }
  for (const hook of exchange.hooks) await hook.onResponse?.(seen)
}
