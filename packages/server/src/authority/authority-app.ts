import type { IncomingMessage } from 'node:http'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Applications } from './applications.js'
import { createFailureLimiter } from './failure-limiter.js'
import { OAuthError, oauthErrorBody } from './oauth-error.js'
import type { SigningKeys } from './signing-keys.js'
import type { TokenIssuer } from './token-issuer.js'
import { audienceOfResource, parseTokenRequest } from './token-request.js'

export interface AuthorityAppNeeds {
  /** The one public origin, as `https://localhost:8443`: clients refuse an issuer of another. */
  readonly authorityUrl: string
  /** A lower-case GUID. */
  readonly tenantId: string
  /** The resources that tokens are issued for. */
  readonly audiences: readonly string[]
  readonly applications: Pick<Applications, 'authenticateBySecret' | 'authenticateByManagedIdentityHeader'>
  readonly keys: Pick<SigningKeys, 'jwks'>
  readonly tokens: TokenIssuer
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A fault of the server, never a refusal. */
  readonly onFault?: (error: unknown) => void
  /** Of one client at one address, before it is told to wait. */
  readonly failuresPerMinute?: number
}

const longestBody = 64 * 1024
const managedIdentityApiVersion = '2019-08-01'

/** The issuer of an installation's tokens, as the tokens and the discovery document name it. */
export const issuerOf = (authorityUrl: string, tenantId: string): string => `${authorityUrl}/${tenantId}/v2.0`

/**
 * The authority in Microsoft's path shapes, so that the official credentials find it. Its tenant has two names: its id, and
 * `adfs`, which spares clients the instance discovery that only a public authority passes.
 * @throws {TypeError} for an authority that is not an https origin
 */
export function createAuthorityApp(needs: AuthorityAppNeeds): Hono {
  const { authorityUrl, tenantId, audiences, applications, keys, tokens, now } = needs
  if (!URL.canParse(authorityUrl) || new URL(authorityUrl).origin !== authorityUrl || !/^https:/.test(authorityUrl)) {
    throw new TypeError(`"${authorityUrl}" is no https origin such as https://localhost:8443, which an authority needs`)
  }
  const limiter = createFailureLimiter(now, needs.failuresPerMinute)
  const app = new Hono()

  app.onError((error, c) => {
    const refusal = error instanceof OAuthError ? error : new OAuthError('server_error', 'The authority met a fault.')
    if (refusal !== error) needs.onFault?.(error)
    const body = oauthErrorBody(refusal, c.req.header('client-request-id'), now())
    return c.json(body, refusal.status, { ...notStored, ...refusal.headers })
  })
  app.notFound((c) => {
    throw new OAuthError('invalid_request', `The authority has nothing at ${c.req.method} of this path.`, 404)
  })

  function tenantOf(c: Context): string {
    const named = c.req.param('tenant')?.toLowerCase()
    if (named === tenantId || named === 'adfs') return named
    throw new OAuthError('invalid_tenant', `There is no such tenant here. The tenant of this authority is ${tenantId}.`)
  }

  const discovery = (c: Context) => {
    const base = `${authorityUrl}/${tenantOf(c)}`
    return c.json(
      {
        issuer: tokens.issuer,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        // Nobody signs in here yet, but clients want to read of all four before they ask for any token.
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
        grant_types_supported: ['client_credentials'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid'],
      },
      200,
      briefly,
    )
  }
  app.get('/:tenant/v2.0/.well-known/openid-configuration', discovery)
  app.get('/:tenant/.well-known/openid-configuration', discovery)

  const jwks = (c: Context) => {
    tenantOf(c)
    return c.json(keys.jwks(), 200, briefly)
  }
  app.get('/:tenant/discovery/v2.0/keys', jwks)
  app.get('/:tenant/discovery/keys', jwks)

  const limited = bodyLimit({
    maxSize: longestBody,
    onError: () => {
      throw new OAuthError('invalid_request', `A token request is no longer than ${longestBody} bytes.`, 413)
    },
  })
  for (const path of ['/:tenant/oauth2/v2.0/token', '/:tenant/oauth2/token']) {
    app.post(path, limited, async (c) => {
      tenantOf(c)
      if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(c.req.header('content-type') ?? '')) {
        const message = 'A token request has the content type application/x-www-form-urlencoded.'
        throw new OAuthError('invalid_request', message, 415)
      }
      const authorization = c.req.header('authorization')
      const request = parseTokenRequest(await c.req.text(), authorization, audiences)
      const { clientId, clientSecret, audience, clientCapabilities } = request
      const application = await applications.authenticateBySecret(clientId, clientSecret)
      if (application === undefined) {
        throw refused(c, clientId, 'There is no such client, or its secret is wrong or has expired.')
      }
      const { accessToken, expiresInSeconds } = await tokens.issue({ application, audience, clientCapabilities })
      return c.json(
        {
          token_type: 'Bearer',
          expires_in: expiresInSeconds,
          ext_expires_in: expiresInSeconds,
          access_token: accessToken,
        },
        200,
        notStored,
      )
    })
    app.all(path, () => {
      throw new OAuthError('invalid_request', 'A token request is a POST.', 405, { Allow: 'POST' })
    })
  }

  // App Service's endpoint for managed identities. The server has no plain HTTP, so the header travels encrypted.
  app.get('/msi/token', async (c) => {
    if (c.req.query('api-version') !== managedIdentityApiVersion) {
      throw new OAuthError('invalid_request', `The query needs api-version=${managedIdentityApiVersion}.`)
    }
    const resource = c.req.query('resource')
    if (!resource) throw new OAuthError('invalid_request', 'The query needs a resource.')
    const audience = audienceOfResource(resource, audiences)
    const header = c.req.header('x-identity-header')
    if (!header) throw new OAuthError('invalid_client', 'The header X-IDENTITY-HEADER is missing.')
    const application = await applications.authenticateByManagedIdentityHeader(header)
    if (application === undefined) {
      throw refused(c, 'managed identity', 'The X-IDENTITY-HEADER is no one’s, or has expired.')
    }
    const clientId = c.req.query('client_id')
    if (clientId && clientId.toLowerCase() !== application.clientId) {
      throw new OAuthError('invalid_request', 'The X-IDENTITY-HEADER belongs to another client_id.')
    }
    const { accessToken, expiresOn } = await tokens.issue({ application, audience })
    return c.json(
      {
        access_token: accessToken,
        expires_on: String(expiresOn),
        resource: audience,
        token_type: 'Bearer',
        client_id: application.clientId,
      },
      200,
      notStored,
    )
  })

  function refused(c: Context, clientId: string, message: string): OAuthError {
    const wait = limiter.failed(`${clientId.toLowerCase().slice(0, 64)} ${addressOf(c)}`)
    if (wait !== undefined) {
      const tooMany = `Too many failures. Wait ${wait} seconds, and see to the credential.`
      return new OAuthError('temporarily_unavailable', tooMany, 429, { 'Retry-After': String(wait) })
    }
    const challenge = c.req.header('authorization') === undefined ? undefined : { 'WWW-Authenticate': 'Basic' }
    return new OAuthError('invalid_client', message, 401, challenge)
  }

  return app
}

const notStored = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }
const briefly = { 'Cache-Control': 'public, max-age=300' }

/** Of the connection, which the Node adapter hands through; empty without a socket. */
function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }
  return incoming?.socket?.remoteAddress ?? ''
}
