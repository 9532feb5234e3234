import { AbortError } from '../errors/abort-error.js'
import { ClientAuthenticationError, RestError } from '../errors/rest-error.js'
import { copyRequest, type HttpRequest, type HttpResponse } from '../http/message.js'
import type { Exchange, Send } from '../pipeline/exchange.js'
import { untilAborted } from '../pipeline/until-aborted.js'
import { type Challenge, parseChallenge } from './challenge.js'
import {
  authorityOf,
  cachedChallenge,
  elicit,
  elicitationOf,
  forgetChallenge,
  rememberChallenge,
} from './challenge-cache.js'
import { resourceObjection } from './resource-check.js'
import { tokenCache } from './token-cache.js'
import type { AccessToken, TokenCredential } from './token-credential.js'

export interface AuthenticationOptions {
  /** Scheme, host and port of the vault: no token ever goes anywhere else. */
  origin: string
  credential: TokenCredential
  verifyResource: boolean
}

/**
 * Attaches a token to each request. What token, the vault says: the first request to it goes out without token and
 * body, and its 401 names tenant and resource. Later ones carry a token at once.
 */
export function authenticate(options: AuthenticationOptions, next: Send): Send {
  const { origin, credential, verifyResource } = options
  const authority = authorityOf(origin)
  const tokens = tokenCache()

  return async (request, exchange) => {
    if (new URL(request.url).origin !== origin) {
      throw new RestError(`Only requests to ${origin} are sent.`, { code: 'BadOrigin' })
    }
    const known = await learn(request, exchange)
    if ('answer' in known) return known.answer
    let { challenge } = known
    let challenged = known.elicited
    let claimed = false
    let token = await getToken(challenge, exchange)
    for (;;) {
      if (exchange.signal.aborted) throw new AbortError()
      exchange.token = token.token
      exchange.sent = true
      const answer = await next(withToken(request, token), exchange)
      if (answer.status !== 401) return answer

      const header = answer.headers.get('www-authenticate')
      const asked = header === undefined ? undefined : parseChallenge(header)
      if (asked === undefined) {
        forgetChallenge(authority, challenge)
        tokens.forget(keyOf(challenge), token.token)
        return answer
      }
      const previous = challenge
      if (asked.challenge !== undefined) challenge = accept(asked.challenge, previous)
      if (asked.claims !== undefined && !claimed) {
        claimed = true
        token = await getToken(challenge, exchange, asked.claims)
        continue
      }
      tokens.forget(keyOf(previous), token.token)
      if (asked.claims !== undefined || challenged) {
        if (asked.claims === undefined) forgetChallenge(authority, challenge)
        return answer
      }
      // The vault has moved to another tenant, or takes the token no longer.
      challenged = true
      const another = await getToken(challenge, exchange)
      if (another.token === token.token) {
        forgetChallenge(authority, challenge)
        return answer
      }
      token = another
    }
  }

  /** The challenge of the vault: the known one, or what a first request brings. Not every answer to that is a challenge. */
  async function learn(
    request: HttpRequest,
    exchange: Exchange,
  ): Promise<{ challenge: Challenge; elicited: boolean } | { answer: HttpResponse }> {
    const known = verifiedChallenge()
    if (known !== undefined) return { challenge: known, elicited: false }
    const ask = () => askForChallenge(request, exchange)
    const others = elicitationOf(authority)
    if (others === undefined) return elicit(authority, ask)
    await untilAborted(others, exchange.signal)
    const learned = verifiedChallenge()
    // Theirs failed; queueing behind one another's attempts would add up all their timeouts.
    return learned === undefined ? ask() : { challenge: learned, elicited: true }
  }

  function verifiedChallenge(): Challenge | undefined {
    const cached = cachedChallenge(authority)
    if (cached === undefined) return undefined
    // It may stem from a client that does not verify.
    if (!verifyResource || resourceObjection(origin, cached.scope) === undefined) return cached
    forgetChallenge(authority, cached)
    return undefined
  }

  async function askForChallenge(
    request: HttpRequest,
    exchange: Exchange,
  ): Promise<{ challenge: Challenge; elicited: boolean } | { answer: HttpResponse }> {
    const answer = await next(withoutBody(request), exchange)
    if (answer.status !== 401) {
      if (request.body === undefined || answer.status >= 300) return { answer }
      throw new ClientAuthenticationError(
        `${origin} answered ${answer.status} to a request without a token, so it is no vault, and the body was not sent.`,
        { statusCode: answer.status, clientRequestId: request.requestId },
      )
    }
    const header = answer.headers.get('www-authenticate')
    const asked = header === undefined ? undefined : parseChallenge(header)
    if (asked?.challenge === undefined) return { answer }
    return { challenge: accept(asked.challenge), elicited: true }
  }

  /** Verifies a new challenge and remembers it. Nothing of one that fails is kept. */
  function accept(challenge: Challenge, previous?: Challenge): Challenge {
    if (previous !== undefined && keyOf(previous) === keyOf(challenge)) return previous
    const objection = verifyResource ? resourceObjection(origin, challenge.scope) : undefined
    if (objection !== undefined) {
      if (previous !== undefined) forgetChallenge(authority, previous)
      throw new ClientAuthenticationError(objection, {
        code: 'ChallengeResourceMismatch',
        hint: 'Check the vault URL; if you trust this vault all the same, set disableChallengeResourceVerification to true.',
      })
    }
    rememberChallenge(authority, challenge)
    return challenge
  }

  function getToken(challenge: Challenge, exchange: Exchange, claims?: string): Promise<AccessToken> {
    const { scope, tenantId } = challenge
    const fetch = async () => {
      // Without the request's signal: others may be waiting for the same token.
      const token = await askCredential(credential, scope, {
        enableCae: true,
        ...(tenantId !== undefined && { tenantId }),
        ...(claims !== undefined && { claims }),
        ...(exchange.tracingOptions !== undefined && { tracingOptions: exchange.tracingOptions }),
      })
      return token
    }
    const key = keyOf(challenge)
    return untilAborted(claims === undefined ? tokens.get(key, fetch) : tokens.renew(key, fetch), exchange.signal)
  }
}

async function askCredential(
  credential: TokenCredential,
  scope: string,
  options: Parameters<TokenCredential['getToken']>[1],
): Promise<AccessToken> {
  const token = await credential.getToken(scope, options)
  if (typeof token?.token === 'string' && token.token !== '') return token
  throw new ClientAuthenticationError(`The credential gave no token for ${scope}.`, { code: 'NoToken' })
}

function withToken(request: HttpRequest, token: AccessToken): HttpRequest {
  const copy = copyRequest(request)
  copy.headers.set('authorization', `Bearer ${token.token}`)
  // Measured here, behind policies that may have changed the body.
  if (request.body) copy.headers.set('content-length', new TextEncoder().encode(request.body).byteLength)
  return copy
}

function withoutBody(request: HttpRequest): HttpRequest {
  const { body: _, ...rest } = request
  const copy = copyRequest(rest)
  copy.headers.delete('authorization')
  copy.headers.set('content-length', '0')
  return copy
}

function keyOf({ scope, tenantId }: Challenge): string {
  return `${scope} ${tenantId ?? ''}`
}
