import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { httpHeaders } from '../http/headers.js'
import { type HttpRequest, httpResponse } from '../http/message.js'
import type { Operation } from '../operations/operation.js'
import { errorFromResponse } from './error-from-response.js'
import {
  ClientAuthenticationError,
  ForbiddenError,
  InvalidRequestError,
  isRestError,
  ResourceExistsError,
  ResourceNotFoundError,
  RestError,
  SecretBeingRecoveredError,
  SecretDeletedError,
  SecretDisabledError,
  ThrottledError,
} from './rest-error.js'

const request: HttpRequest = {
  url: 'https://dev.vault.test/secrets/a?api-version=7.6',
  method: 'PUT',
  headers: httpHeaders({ authorization: 'Bearer the-token', 'x-ms-client-request-id': '1' }),
  body: '{"value":"the-value"}',
  timeout: 1,
  requestId: '1',
  withCredentials: false,
}

function errorOf(status: number, body: string | object, headers = {}, operation: Operation = 'set'): RestError {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return errorFromResponse(request, httpResponse(status, httpHeaders(headers), text), operation, 'the-token')
}

const refusal = (code: string, innerCode?: string, message = 'words') => ({
  error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) },
})

describe('the error of an answer', () => {
  it('has the class of what happened', () => {
    for (const [status, innerCode, Class] of [
      [400, undefined, InvalidRequestError],
      [401, undefined, ClientAuthenticationError],
      [403, 'ForbiddenByRbac', ForbiddenError],
      [403, 'SecretDisabled', SecretDisabledError],
      [404, undefined, ResourceNotFoundError],
      [409, undefined, ResourceExistsError],
      [409, 'ObjectIsDeletedButRecoverable', SecretDeletedError],
      [409, 'ObjectIsBeingDeleted', SecretDeletedError],
      [409, 'ObjectIsBeingRecovered', SecretBeingRecoveredError],
      [429, undefined, ThrottledError],
      [500, undefined, RestError],
    ] as const) {
      const error = errorOf(status, refusal('Code', innerCode))
      expect(error.constructor, `${status} ${innerCode}`).toBe(Class)
      expect(error).toMatchObject({ name: 'RestError', statusCode: status, code: 'Code', message: 'words' })
      expect(error.innerCode).toBe(innerCode)
      expect(isRestError(error)).toBe(true)
    }
  })

  it('has the facts by which the server’s log knows it, where the official client has them too', () => {
    const headers = { 'x-ms-request-id': '2', 'x-ms-keyvault-region': 'westeurope' }
    const error = errorOf(403, refusal('Forbidden', 'ForbiddenByPolicy'), headers)
    expect(error).toMatchObject({ requestId: '2', clientRequestId: '1', region: 'westeurope' })
    expect(error.details).toEqual({
      error: { code: 'Forbidden', message: 'words', innerError: { code: 'ForbiddenByPolicy' } },
    })
    expect(error.response).toMatchObject({ status: 403 })
    expect(error.request).toMatchObject({ method: 'PUT', url: request.url })
    expect(Object.keys(error)).not.toContain('request')
  })

  it('says what to do next, down to the role', () => {
    expect(errorOf(403, refusal('Forbidden', 'ForbiddenByRbac')).hint).toContain('Key Vault Secrets Officer')
    expect(errorOf(403, refusal('Forbidden', 'ForbiddenByRbac'), {}, 'get').hint).toContain('Key Vault Secrets User')
    expect(errorOf(409, refusal('Conflict', 'ObjectIsDeletedButRecoverable')).hint).toContain(
      'beginRecoverDeletedSecret',
    )
  })

  it('repeats nothing that was sent in confidence', () => {
    const error = errorOf(400, refusal('the-value', 'the-token', 'the-token the-value'))
    expect(error.message).toBe('[secret] [secret]')
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toMatch(/the-(token|value)/)
  })

  it('makes sense without a body, or with one of another kind', () => {
    expect(errorOf(404, '')).toMatchObject({ code: 'NotFound', statusCode: 404 })
    expect(errorOf(502, '<html>', { server: 'nginx' }).message).toContain('(Server: nginx)')
    expect(errorOf(503, '', { 'x-ms-keyvault-region': 'westeurope' }).message).not.toContain('intermediary')
    expect(errorOf(400, { error: 'invalid' }).message).toContain('400')
    expect(errorOf(400, { error: { code: 'BadParameter' } }).message).toBe('The answer was 400 (BadParameter).')
    expect(errorOf(418, 'null')).toMatchObject({ code: 'HTTP418' })
  })
})
