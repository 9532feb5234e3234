import { OAuthError } from './oauth-error.js'

/** What a client asks for at the token endpoint, and its proof. */
export interface ClientCredentialsRequest {
  readonly clientId: string
  readonly clientSecret: string
  /** One of the audiences that tokens are issued for. */
  readonly audience: string
  readonly clientCapabilities: readonly string[]
}

/**
 * Reads a token request. Fields it does not know are ignored, as RFC 6749 demands and clients need.
 * @param authorization - the header, for clients that send their secret by the Basic scheme
 * @throws {OAuthError}
 */
export function parseTokenRequest(
  body: string,
  authorization: string | undefined,
  audiences: readonly string[],
): ClientCredentialsRequest {
  const form = new URLSearchParams(body)
  const field = (name: string): string | undefined => {
    const values = form.getAll(name)
    if (values.length > 1) throw new OAuthError('invalid_request', `The field "${name}" is given more than once.`)
    return values[0] === '' ? undefined : values[0]
  }

  const grantType = field('grant_type')
  if (grantType === undefined) throw missing('grant_type')
  if (grantType !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'This authority knows the grant client_credentials only.')
  }
  const { clientId, clientSecret } = clientOf(field, authorization)
  return {
    clientId,
    clientSecret,
    audience: audienceOfScope(field('scope') ?? '', audiences),
    clientCapabilities: clientCapabilitiesOf(field('claims')),
  }
}

/**
 * The audience that a resource names. One slash at its end is let pass: users write it, and no token carries it.
 * @throws {OAuthError} `invalid_resource`
 */
export function audienceOfResource(resource: string, audiences: readonly string[]): string {
  const audience = resource.replace(/\/$/, '')
  if (!audiences.includes(audience)) {
    throw new OAuthError('invalid_resource', `There is no such resource here. Ask for ${audiences.join(' or ')}.`)
  }
  return audience
}

function audienceOfScope(scope: string, audiences: readonly string[]): string {
  const suffix = '/.default'
  const asked = scope.trim()
  const audience = asked.endsWith(suffix) ? asked.slice(0, -suffix.length).replace(/\/$/, '') : undefined
  if (audience === undefined || !audiences.includes(audience)) {
    const known = audiences.map((one) => `${one}${suffix}`).join(' or ')
    throw new OAuthError('invalid_scope', `The scope must be one resource of this authority: ${known}.`)
  }
  return audience
}

function clientOf(field: (name: string) => string | undefined, authorization: string | undefined) {
  const clientId = field('client_id')
  const clientSecret = field('client_secret')
  if (authorization !== undefined) {
    if (clientSecret !== undefined) {
      throw new OAuthError('invalid_request', 'The client proves itself twice, in the header and in the body.')
    }
    const basic = parseBasic(authorization)
    if (clientId !== undefined && clientId !== basic.clientId) {
      throw new OAuthError('invalid_request', 'The client id of the header is not the one of the body.')
    }
    return basic
  }
  if (clientId === undefined) throw missing('client_id')
  if (clientSecret === undefined) {
    throw field('client_assertion') === undefined
      ? missing('client_secret')
      : new OAuthError('invalid_client', 'Client assertions are not accepted here; send a client_secret.')
  }
  return { clientId, clientSecret }
}

function parseBasic(authorization: string) {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  const [, id, secret] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) throw unreadableHeader()
  return { clientId: formDecoded(id), clientSecret: formDecoded(secret) }
}

/** RFC 6749 2.3.1: id and secret are form-encoded before they are joined. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw unreadableHeader()
  }
}

/**
 * The capabilities out of `{"access_token":{"xms_cc":{"values":["cp1"]}}}`. Whatever else the claims ask for is ignored and
 * never fails a request: a client repeats here what a vault's challenge told it.
 */
function clientCapabilitiesOf(claims: string | undefined): readonly string[] {
  if (claims === undefined) return []
  try {
    const values: unknown = JSON.parse(claims)?.access_token?.xms_cc?.values
    const hasCp1 = Array.isArray(values) && values.some((one) => typeof one === 'string' && one.toLowerCase() === 'cp1')
    return hasCp1 ? ['cp1'] : []
  } catch {
    return []
  }
}

const missing = (name: string) => new OAuthError('invalid_request', `The field "${name}" is missing.`)

const unreadableHeader = () => new OAuthError('invalid_request', 'The authorization header is no readable Basic one.')
