import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OAuthError } from './oauth-error.js'
import { audienceOfResource, parseTokenRequest } from './token-request.js'

const audiences = ['https://vault.localhost:8443', 'https://vault.azure.net']
const secret = 'sr_not-to-be-repeated'

it('whatever is sent is read or refused, and the secret is never repeated', () => {
  const name = fc.constantFrom('grant_type', 'client_id', 'scope', 'claims', 'client_assertion', 'x')
  const value = fc.oneof(
    fc.constantFrom('client_credentials', 'https://vault.azure.net/.default', '{"access_token":{"xms_cc":[]}}'),
    fc.string(),
    fc.json(),
  )
  const body = fc.oneof(
    fc.string(),
    fc
      .array(fc.tuple(name, value))
      .map((pairs) => new URLSearchParams([...pairs, ['client_secret', secret]]).toString()),
  )
  const header = fc.option(
    fc.oneof(
      fc.string(),
      fc.string().map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    ),
    { nil: undefined },
  )
  fc.assert(
    fc.property(body, header, (text, authorization) => {
      try {
        expect(audiences).toContain(parseTokenRequest(text, authorization, audiences).audience)
      } catch (error) {
        expect(error).toBeInstanceOf(OAuthError)
        expect((error as Error).message).not.toContain(secret)
      }
    }),
  )
})
it.each(['client_id', 'client_secret', 'scope', 'grant_type', 'claims'])('a second %s is refused', (field) => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'a',
    client_secret: 'b',
    claims: '{}',
  })
  form.set('scope', 'https://vault.azure.net/.default')
  expect(parseTokenRequest(form.toString(), undefined, audiences).clientId).toBe('a')
  form.append(field, 'c')
  expect(() => parseTokenRequest(form.toString(), undefined, audiences)).toThrow(`"${field}" is given more than once`)
})
it('a resource is one of ours to the letter, but for one slash at its end', () => {
  expect(audienceOfResource('https://vault.azure.net/', audiences)).toBe('https://vault.azure.net')
  for (const other of [
    'https://vault.azure.net//',
    'HTTPS://vault.azure.net',
    'https://vault.azure.net.evil.org',
    '',
  ]) {
    expect(() => audienceOfResource(other, audiences), other).toThrow(OAuthError)
  }
})
