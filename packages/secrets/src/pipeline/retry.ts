import { NetworkError } from '../errors/rest-error.js'
import type { HttpResponse } from '../http/message.js'
import type { Hooks } from '../options.js'
import { delay } from './delay.js'
import type { Exchange, Send } from './exchange.js'
import {
  type AttemptOutcome,
  isTransient,
  mayHaveActed,
  type RetrySettings,
  retryAfter,
  retryDelay,
} from './retry-decision.js'

/** Repeats what failed for a passing reason, if repeating is safe. */
export function retry(settings: RetrySettings, next: Send): Send {
  return async (request, exchange) => {
    for (;;) {
      const { answer, error, outcome } = await attempt(() => next(request, exchange))
      if (outcome && exchange.sent && isTransient(outcome) && mayHaveActed(outcome)) exchange.mayHaveActed = true
      const unsafe = exchange.repetition === 'unsafe' && exchange.sent
      const wait = outcome && retryDelay(outcome, exchange.attempt, unsafe, settings, Math.random())
      if (
        outcome === undefined ||
        wait === undefined ||
        Date.now() + wait > (exchange.deadline ?? Number.POSITIVE_INFINITY)
      ) {
        if (answer !== undefined) return answer
        throw error
      }
      await pause(exchange, wait, outcome)
    }
  }
}

/** Waits for the next attempt, and counts it. */
export async function pause(exchange: Exchange, delayInMs: number, outcome: AttemptOutcome): Promise<void> {
  await tellRetry(exchange.hooks, exchange.attempt, delayInMs, outcome)
  await delay(delayInMs, exchange.signal)
  exchange.attempt++
}

/** Calls the hooks before a wait. @param attempt - that ended */
export async function tellRetry(
  hooks: readonly Hooks[],
  attempt: number,
  delayInMs: number,
  outcome: AttemptOutcome,
): Promise<void> {
  const reason =
    'status' in outcome ? { status: outcome.status } : outcome.code === undefined ? {} : { code: outcome.code }
  for (const { onRetry } of hooks) await onRetry?.({ attempt, delayInMs, ...reason })
}

async function attempt(
  work: () => Promise<HttpResponse>,
): Promise<{ answer?: HttpResponse; error?: unknown; outcome?: AttemptOutcome }> {
  try {
    const answer = await work()
    return { answer, outcome: outcomeOf(answer) }
  } catch (error) {
    if (!(error instanceof NetworkError)) return { error }
    return { error, outcome: { code: error.code, requestSent: error.requestSent } }
  }
}

export function outcomeOf(answer: { status: number; headers: HttpResponse['headers'] }): AttemptOutcome {
  return { status: answer.status, retryAfterInMs: retryAfter(answer.headers, Date.now()) }
}
