import { describe, expect, it } from 'vitest'
import { challenge, claimsChallenge } from './challenge.js'

const authority = 'https://localhost:8443/11111111-1111-4111-8111-111111111111'
const resource = 'https://vault.localhost:8443'
const plain =
  'Bearer authorization="https://localhost:8443/11111111-1111-4111-8111-111111111111", resource="https://vault.localhost:8443"'

it('the challenge has one scheme, and two quoted parameters with a comma and one space between', () => {
  expect(challenge(authority, resource)).toBe(plain)
})

describe('the challenge for claims', () => {
  it('adds the error and the claims to the plain one', () => {
    expect(claimsChallenge(authority, resource, 1_700_000_000)).toMatch(
      /^Bearer authorization="[^"]+", resource="[^"]+", error="insufficient_claims", claims="[A-Za-z0-9+/]+"$/,
    )
    expect(claimsChallenge(authority, resource, 1_700_000_000).startsWith(`${plain}, `)).toBe(true)
  })
  it.each([0, 9, 99, 999, 1_700_000_000, 10_000_000_000])(
    'asks for a token from %d on, in standard base64 without "="',
    (now) => {
      const claims = /claims="([^"]*)"/.exec(claimsChallenge(authority, resource, now))?.[1] as string
      expect(claims).toMatch(/^[A-Za-z0-9+/]+$/)
      expect(claims.length % 4).toBe(0)
      expect(JSON.parse(atob(claims))).toEqual({ access_token: { nbf: { essential: true, value: String(now) } } })
    },
  )
  it('reads alike to the parsers that split at commas and at the first "="', () => {
    const header = claimsChallenge(authority, resource, 1_700_000_000)
    const parameters = header.slice('Bearer '.length).split(', ')
    expect(parameters.map((parameter) => parameter.split('='))).toHaveLength(4)
    for (const parameter of parameters) expect(parameter.split('=')).toHaveLength(2)
  })
})
