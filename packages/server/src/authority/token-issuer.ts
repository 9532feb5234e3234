import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Application } from './authority-store.js'
import type { SigningKeys } from './signing-keys.js'
import { defaultLifetimeMinutes, longestLifetimeMinutes, shortestLifetimeMinutes } from './token-lifetime.js'

export interface IssuedToken {
  readonly accessToken: string
  /** Unix seconds. */
  readonly expiresOn: number
  readonly expiresInSeconds: number
}

export interface TokenRequest {
  readonly application: Application
  /** The resource, as `https://vault.localhost:8443`. */
  readonly audience: string
  /** That the client can answer a claims challenge. */
  readonly clientCapabilities?: readonly string[]
}

export interface TokenIssuer {
  readonly issuer: string
  issue(request: TokenRequest): Promise<IssuedToken>
}

export interface TokenIssuerNeeds {
  readonly keys: Pick<SigningKeys, 'current'>
  /** `https://localhost:8443/TENANT/v2.0` */
  readonly issuer: string
  readonly tenantId: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** 10 to 60. */
  readonly lifetimeMinutes?: number
}

/**
 * Issues access tokens. They say who calls, not what the caller may do: that is looked up per request.
 * @throws {RangeError} for a lifetime outside 10 to 60 minutes
 */
export function createTokenIssuer(needs: TokenIssuerNeeds): TokenIssuer {
  const { issuer, tenantId, lifetimeMinutes = defaultLifetimeMinutes } = needs
  if (!(lifetimeMinutes >= shortestLifetimeMinutes && lifetimeMinutes <= longestLifetimeMinutes)) {
    throw new RangeError(
      `a token lifetime of ${lifetimeMinutes} minutes is not allowed: choose ${shortestLifetimeMinutes} to ${longestLifetimeMinutes}`,
    )
  }
  const expiresInSeconds = Math.floor(lifetimeMinutes * 60)

  return {
    issuer,
    async issue({ application: { clientId, objectId }, audience, clientCapabilities = [] }) {
      const { kid, privateKey } = needs.keys.current()
      const issuedAt = Math.floor(needs.now() / 1000)
      const expiresOn = issuedAt + expiresInSeconds
      const accessToken = await new SignJWT({
        iss: issuer,
        aud: audience,
        sub: objectId,
        oid: objectId,
        appid: clientId,
        azp: clientId,
        tid: tenantId,
        iat: issuedAt,
        nbf: issuedAt,
        exp: expiresOn,
        jti: randomUUID(),
        ver: '2.0',
        idtyp: 'app',
        ...(clientCapabilities.length > 0 && { xms_cc: [...clientCapabilities] }),
      })
        .setProtectedHeader({ typ: 'at+jwt', alg: 'RS256', kid })
        .sign(privateKey)
      return { accessToken, expiresOn, expiresInSeconds }
    },
  }
}
