import { randomUUID } from 'node:crypto'

/** Error codes of RFC 6749 5.2, and the two that Microsoft's clients know besides. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_resource'
  | 'invalid_tenant'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'
  | 'server_error'

/** Why no token is issued. The message is for people and holds nothing of what was presented as a proof. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  readonly status: 400 | 401 | 404 | 405 | 413 | 415 | 429 | 500
  readonly headers: Readonly<Record<string, string>>
  constructor(
    code: OAuthErrorCode,
    message: string,
    status: OAuthError['status'] = statusOf[code],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

const statusOf = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  invalid_resource: 400,
  invalid_tenant: 400,
  unsupported_grant_type: 400,
  temporarily_unavailable: 429,
  server_error: 500,
} satisfies Record<OAuthErrorCode, OAuthError['status']>

/** The numbers by which Microsoft's clients and their users know these errors. */
const numberOf: Partial<Record<OAuthErrorCode, number>> = {
  invalid_client: 7000215,
  invalid_scope: 70011,
  invalid_resource: 500011,
  invalid_tenant: 90002,
  unsupported_grant_type: 70003,
}

/** @param now - milliseconds since 1970 */
export function oauthErrorBody(error: OAuthError, clientRequestId: string | undefined, now: number) {
  const number = numberOf[error.code]
  return {
    error: error.code,
    error_description: error.message,
    ...(number !== undefined && { error_codes: [number] }),
    timestamp: `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`,
    trace_id: randomUUID(),
    correlation_id: clientRequestId !== undefined && guid.test(clientRequestId) ? clientRequestId : randomUUID(),
  }
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
