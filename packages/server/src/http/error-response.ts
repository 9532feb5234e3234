import { type ErrorBody, innerErrorCodes } from '@strongroom/protocol'
import { VaultError, type VaultErrorCode } from '../vault/vault-error.js'
import { WireError, type WireResponse } from './wire.js'

interface Shape {
  readonly status: number
  readonly code: string
  readonly innerCode?: string
}

const shapes = {
  BadParameter: { status: 400, code: 'BadParameter' },
  SecretNotFound: { status: 404, code: 'SecretNotFound' },
  DeletedSecretNotFound: { status: 404, code: 'SecretNotFound' },
  SecretDisabled: { status: 403, code: 'Forbidden', innerCode: innerErrorCodes.secretDisabled },
  SecretIsDeleted: { status: 409, code: 'Conflict', innerCode: innerErrorCodes.objectIsDeletedButRecoverable },
  RestoreConflict: { status: 409, code: 'Conflict' },
  MalformedBackup: { status: 400, code: 'Malformed backup blob' },
  PurgeProtected: { status: 403, code: 'Forbidden' },
  SoftDeleteOff: { status: 400, code: 'NotSupported' },
  VaultExists: { status: 409, code: 'VaultAlreadyExists' },
  VaultNotFound: { status: 404, code: 'VaultNotFound' },
} satisfies Record<VaultErrorCode, Shape>

export function errorResponse(
  status: number,
  code: string,
  message: string,
  innerCode?: string,
  headers?: Record<string, string>,
): WireResponse {
  const error: ErrorBody['error'] = { code, message }
  if (innerCode !== undefined) error.innererror = { code: innerCode }
  return { status, body: JSON.stringify({ error }), ...(headers && { headers }) }
}

/** The answer to an error; `undefined` for one that is no refusal but a fault of the server. */
export function responseTo(error: unknown): WireResponse | undefined {
  if (error instanceof WireError) return error.response
  if (!(error instanceof VaultError)) return undefined
  const shape: Shape = shapes[error.code]
  return errorResponse(shape.status, shape.code, error.message, shape.innerCode)
}

/** Without a word of what went wrong: that is for the log. */
export function faultResponse(requestId: string): WireResponse {
  return errorResponse(500, 'InternalError', `The vault met a fault. Its log has more under request id ${requestId}.`)
}

export const notFound = (method: string): WireResponse =>
  errorResponse(404, 'NotFound', `No operation of the secrets API answers ${method} on this path.`)

export const methodNotAllowed = (method: string): WireResponse =>
  errorResponse(405, 'MethodNotAllowed', `HTTP ${method} not allowed`)
