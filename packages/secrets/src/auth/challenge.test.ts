import { describe, expect, it } from 'vitest'
import { parseChallenge } from './challenge.js'

const tenantId = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('parseChallenge', () => {
  it('reads authority and resource, in any of the forms that vaults use', () => {
    const challenge = { scope: 'https://vault.azure.net/.default', tenantId }
    for (const header of [
      `Bearer authorization="https://login.windows.net/${tenantId}", resource="https://vault.azure.net"`,
      `Bearer authorization="https://login.windows.net/${tenantId}",resource="https://vault.azure.net"`,
      `bearer  AUTHORIZATION_URI="https://login.windows.net/${tenantId}/oauth2/v2.0/authorize" , resource="https://vault.azure.net/"`,
      `Bearer authorization="https://login.windows.net/${tenantId}/", scope="https://vault.azure.net/.default"`,
      `Bearer authorization=https://login.windows.net/${tenantId}, resource=https://vault.azure.net`,
      `Negotiate, Bearer realm="", authorization="https://login.windows.net/${tenantId}", resource="https://vault.azure.net"`,
    ]) {
      expect(parseChallenge(header), header).toEqual({ challenge })
    }
  })

  it('prefers the scope to the resource', () => {
    const header = 'Bearer authorization="https://a.test/t", resource="https://r.test", scope="https://s.test/.default"'
    expect(parseChallenge(header)).toEqual({ challenge: { scope: 'https://s.test/.default', tenantId: 't' } })
  })

  it('names no tenant for AD FS, or where there is none', () => {
    for (const path of ['adfs', 'ADFS/', '']) {
      const header = `Bearer authorization="https://adfs.test/${path}", resource="https://vault.test"`
      expect(parseChallenge(header)).toEqual({ challenge: { scope: 'https://vault.test/.default' } })
    }
  })

  it('reads claims in both alphabets, padded or not, alone or added to a challenge', () => {
    const claims = '{"access_token":{"nbf":{"essential":true, "value":"17?>~"}}}'
    const url = Buffer.from(claims).toString('base64url')
    for (const encoded of [base64(claims), url, `${url}==`]) {
      const asked = `error="insufficient_claims", claims="${encoded}"`
      expect(parseChallenge(`Bearer realm="", authorization_uri="https://a.test/common", ${asked}`)).toEqual({ claims })
      expect(parseChallenge(`Bearer authorization="https://a.test/t", resource="https://v.test", ${asked}`)).toEqual({
        challenge: { scope: 'https://v.test/.default', tenantId: 't' },
        claims,
      })
    }
  })

  it('finds nothing in anything else', () => {
    for (const header of [
      '',
      'Bearer',
      'Basic realm="vault"',
      'Bearer resource="https://vault.test"',
      'Bearer authorization="https://a.test/t"',
      'Bearer authorization="no url", resource="https://vault.test"',
      `Bearer error="invalid_token", claims="${base64('{}')}"`,
      'Bearer error="insufficient_claims", claims="%%%"',
      `Bearer error="insufficient_claims", claims="${base64('no json')}"`,
    ]) {
      expect(parseChallenge(header), header).toBeUndefined()
    }
  })
})
