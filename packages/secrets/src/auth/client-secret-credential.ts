import { checkOptions } from '../check-options.js'
import { environmentVariable } from '../environment.js'
import { ClientAuthenticationError, isRestError } from '../errors/rest-error.js'
import { withoutSecrets } from '../errors/without-secrets.js'
import { chooseTransport } from '../http/choose-transport.js'
import { httpHeaders } from '../http/headers.js'
import { type HttpClient, type HttpRequest, type HttpResponse, printable } from '../http/message.js'
import type { Transport } from '../http/transport.js'
import { parseStrictly } from '../http/vault-url.js'
import type { CertificateAuthorities, ProxySettings, RetryOptions, TlsSettings } from '../options.js'
import { calls } from '../pipeline/calls.js'
import type { Exchange, Send } from '../pipeline/exchange.js'
import { retry } from '../pipeline/retry.js'
import { retrySettings } from '../pipeline/retry-decision.js'
import { untilAborted } from '../pipeline/until-aborted.js'
import { tokenCache } from './token-cache.js'
import type { AccessToken, GetTokenOptions, TokenCredential } from './token-credential.js'

export interface ClientSecretCredentialOptions {
  /** Where to ask for tokens. `AZURE_AUTHORITY_HOST` unless given, else `https://login.microsoftonline.com`. */
  authorityHost?: string | undefined
  /** PEM certificates of authorities to trust in addition to Node's own roots. */
  caCertificate?: CertificateAuthorities | undefined
  tlsOptions?: TlsSettings | undefined
  /** `HTTPS_PROXY` and `NO_PROXY` of the environment unless given. */
  proxyOptions?: ProxySettings | undefined
  httpClient?: HttpClient | ((request: HttpRequest) => Promise<HttpResponse>) | undefined
  connectTimeoutInMs?: number | undefined
  retryOptions?: RetryOptions | undefined
}

/**
 * An application that proves itself by a client secret. The secret goes to the authority host and nowhere else: a
 * vault's challenge chooses the tenant there, never the host.
 */
export class ClientSecretCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #clientSecret: string
  readonly #transport: Transport
  readonly #send: Send
  readonly #tokens = tokenCache()
  readonly #calls = calls()

  /** @throws {TypeError} if an argument is missing, or the authority host is no `https` URL */
  constructor(tenantId: string, clientId: string, clientSecret: string, options: ClientSecretCredentialOptions = {}) {
    for (const [name, value] of Object.entries({ tenantId, clientId, clientSecret })) {
      if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be given`)
    }
    checkOptions('credential', options)
    this.tenantId = checkedTenant(tenantId)
    this.clientId = clientId
    this.authorityHost = authorityHost(options.authorityHost)
    this.#clientSecret = clientSecret
    this.#transport = chooseTransport(options)
    this.#send = retry(retrySettings(options.retryOptions), (request) => this.#transport.send(request))
  }

  /**
   * Returns a token for a scope such as `https://vault.azure.net/.default`, a cached one while it is good.
   * @throws {ClientAuthenticationError} if the authority refuses; `code` is its error, such as `invalid_client`
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const scope = typeof scopes === 'string' ? scopes : scopes.join(' ')
    const tenantId = options.tenantId ? checkedTenant(options.tenantId) : this.tenantId
    const key = JSON.stringify([tenantId, scope, options.enableCae === true])
    const fetch = () => this.#calls.run({}, ({ signal }) => this.#fetch(tenantId, scope, options, signal))
    const token = options.claims === undefined ? this.#tokens.get(key, fetch) : this.#tokens.renew(key, fetch)
    // The caller may give up; others may be waiting for the same token.
    return this.#calls.run({ abortSignal: options.abortSignal }, ({ signal }) => untilAborted(token, signal))
  }

  /** Closes idle connections and ends requests under way. */
  async close(): Promise<void> {
    this.#calls.close()
    this.#transport.close()
  }

  async #fetch(tenantId: string, scope: string, options: GetTokenOptions, signal: AbortSignal): Promise<AccessToken> {
    const claims = requestedClaims(options.claims, options.enableCae === true)
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: this.clientId,
      client_secret: this.#clientSecret,
      scope,
      ...(claims !== undefined && { claims }),
    }).toString()
    const requestId = crypto.randomUUID()
    const request = printable({
      url: `${this.authorityHost}/${tenantId}/oauth2/v2.0/token`,
      method: 'POST',
      headers: httpHeaders({
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': new TextEncoder().encode(body).byteLength,
        'client-request-id': requestId,
      }),
      body,
      timeout: options.requestOptions?.timeout ?? 30_000,
      requestId,
      abortSignal: signal,
      withCredentials: false,
    })
    const exchange: Exchange = {
      operation: 'send',
      repetition: 'safe',
      signal,
      hooks: [],
      attempt: 1,
      sent: false,
      mayHaveActed: false,
    }
    const began = Date.now()
    let answer: HttpResponse
    try {
      answer = await this.#send(request, exchange)
    } catch (error) {
      if (!isRestError(error)) throw error
      throw new ClientAuthenticationError(`No token from ${this.authorityHost}: ${error.message}`, {
        ...(error.code !== undefined && { code: error.code }),
        clientRequestId: requestId,
        hint: 'Check the authority host (option authorityHost, or AZURE_AUTHORITY_HOST) and the network.',
        cause: error,
      })
    }
    return readToken(answer, began, this.authorityHost, requestId, withoutSecrets(this.#clientSecret))
  }
}

function readToken(
  answer: HttpResponse,
  began: number,
  authority: string,
  requestId: string,
  clean: (text?: string) => string | undefined,
): AccessToken {
  const body = parse(answer.bodyAsText)
  const { access_token: token, expires_in, refresh_in } = body
  const lifetime = Number(expires_in)
  if (answer.status === 200 && typeof token === 'string' && token !== '' && lifetime > 0) {
    const refresh = Number(refresh_in)
    return {
      token,
      expiresOnTimestamp: began + lifetime * 1000,
      ...(refresh > 0 && { refreshAfterTimestamp: began + refresh * 1000 }),
      tokenType: 'Bearer',
    }
  }
  const code = typeof body.error === 'string' ? clean(body.error) : undefined
  const description = typeof body.error_description === 'string' ? clean(body.error_description) : undefined
  const reason = description?.split(/\r?\n/)[0] ?? code ?? `the answer was ${answer.status}`
  throw new ClientAuthenticationError(`No token from ${authority}: ${reason}`, {
    code: code ?? 'NoToken',
    statusCode: answer.status,
    clientRequestId: requestId,
    hint: 'Check tenant, client id and client secret, and whether the secret has expired.',
  })
}

function parse(text: string | null | undefined): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text ?? '')
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** What the token must have, and that this client can handle having its token refused before it expires. */
export function requestedClaims(claims: string | undefined, enableCae: boolean): string | undefined {
  if (claims === undefined && !enableCae) return undefined
  const wanted = (claims === undefined ? {} : JSON.parse(claims)) as { access_token?: Record<string, unknown> }
  if (enableCae) wanted.access_token = { ...wanted.access_token, xms_cc: { values: ['cp1'] } }
  return JSON.stringify(wanted)
}

function authorityHost(given: string | undefined): string {
  const text = given || environmentVariable('AZURE_AUTHORITY_HOST') || 'https://login.microsoftonline.com'
  const url = parseStrictly(text.trim().replace(/\/+$/, ''))
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new TypeError('authorityHost must be an https URL without a path, such as https://login.microsoftonline.com')
  }
  return url.origin
}

function checkedTenant(tenantId: string): string {
  if (/^[0-9a-zA-Z.-]+$/.test(tenantId) && !/^\.+$/.test(tenantId)) return tenantId
  throw new TypeError('a tenant id has letters, digits, dots and hyphens only')
}
