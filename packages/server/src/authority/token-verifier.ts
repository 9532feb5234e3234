import { hash } from 'node:crypto'
import { type CryptoKey, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'

/** Who calls, by a token that we have verified. */
export interface Principal {
  readonly objectId: string
  readonly appId: string
  readonly issuer: string
  readonly tenantId: string
  readonly kind: 'app'
}

/** Why a token is not accepted. The message is what the vault answers; it never holds the token. */
export interface TokenRefusal {
  /** `AKV10022`: meant for another resource. `AKV10032`: of another issuer. */
  readonly code: 'AKV10022' | 'AKV10032' | 'invalid'
  readonly message: string
}

export interface TokenVerifier {
  /** Answers at once for a token seen before, and by a promise otherwise; never throws for what a token holds. */
  verify(token: string): Principal | TokenRefusal | Promise<Principal | TokenRefusal>
  /** To be called when an application, a credential or a signing key is gone: every token is looked at anew. */
  forgetAll(): void
}

export interface TokenVerifierNeeds {
  readonly issuer: string
  readonly tenantId: string
  /** `https://SUFFIX:PORT`, `https://SUFFIX`, `https://vault.azure.net`: compared exactly, so without a slash at the end. */
  readonly audiences: readonly string[]
  readonly keyOf: (kid: string) => CryptoKey | undefined | Promise<CryptoKey | undefined>
  readonly principalExists: (objectId: string, appId: string) => boolean | Promise<boolean>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly rememberedTokens?: number
  /** After so long a token is looked at again, so that what another process removed is noticed. */
  readonly rememberForSeconds?: number
}

const skewSeconds = 60
const longestToken = 16 * 1024

interface Remembered {
  readonly principal: Principal
  /** Milliseconds since 1970. */
  readonly until: number
}

export function createTokenVerifier(needs: TokenVerifierNeeds): TokenVerifier {
  const { issuer, now, rememberedTokens = 10_000, rememberForSeconds = 60 } = needs
  const audiences = [...needs.audiences]
  // By hash, so that no usable token lies in memory. Refusals are not kept: there is no end to them.
  const remembered = new Map<string, Remembered>()
  let generation = 0

  async function check(token: string, key: string): Promise<Principal | TokenRefusal> {
    const checkedIn = generation
    const at = now()
    let payload: JWTPayload
    try {
      payload = (
        await jwtVerify(
          token,
          async ({ kid }) => {
            const found = kid === undefined ? undefined : await needs.keyOf(kid)
            if (found === undefined) throw new UnknownKey()
            return found
          },
          {
            algorithms: ['RS256'],
            typ: 'at+jwt',
            issuer,
            audience: audiences,
            clockTolerance: skewSeconds,
            currentDate: new Date(at),
            requiredClaims: ['exp', 'nbf'],
          },
        )
      ).payload
    } catch (error) {
      return refusalOf(error, token)
    }
    const { oid, appid, tid, aud, exp } = payload
    if (typeof oid !== 'string' || typeof appid !== 'string' || typeof aud !== 'string' || exp === undefined) {
      return invalid('malformed')
    }
    if (tid !== needs.tenantId || !(await needs.principalExists(oid, appid))) return invalid('principal')

    const principal: Principal = { objectId: oid, appId: appid, issuer, tenantId: needs.tenantId, kind: 'app' }
    // What was forgotten while this token was being checked must not come back by it.
    if (checkedIn === generation) {
      if (remembered.size >= rememberedTokens) remembered.delete(remembered.keys().next().value as string)
      remembered.set(key, { principal, until: Math.min((exp + skewSeconds) * 1000, at + rememberForSeconds * 1000) })
    }
    return principal
  }

  function refusalOf(error: unknown, token: string): TokenRefusal {
    // A foreign token is signed by a foreign key; its issuer tells the user more than the key would.
    if (error instanceof UnknownKey) {
      const claimed = claimedIssuer(token)
      return claimed === undefined || claimed === issuer ? invalid('unknown key') : wrongIssuer(claimed)
    }
    if (error instanceof errors.JWTExpired) return invalid('expired')
    if (error instanceof errors.JWTClaimValidationFailed) {
      if (error.reason !== 'check_failed') return invalid('malformed')
      if (error.claim === 'iss') return wrongIssuer(error.payload.iss)
      if (error.claim === 'aud') return wrongAudience(error.payload.aud)
      return invalid(error.claim === 'nbf' ? 'not yet valid' : 'malformed')
    }
    if (error instanceof errors.JOSEAlgNotAllowed) return invalid('algorithm')
    if (error instanceof errors.JWSSignatureVerificationFailed) return invalid('signature')
    if (error instanceof errors.JOSEError) return invalid('malformed')
    throw error // the store of keys or principals failed: no fault of the token
  }

  const wrongIssuer = (found: unknown): TokenRefusal => ({
    code: 'AKV10032',
    message: `AKV10032: Invalid issuer. Expected one of ${issuer}, found ${shown(found)}.`,
  })
  const wrongAudience = (found: unknown): TokenRefusal => ({
    code: 'AKV10022',
    message: `AKV10022: Invalid audience. Expected ${audiences[0]}, found: ${shown(found)}.`,
  })

  return {
    verify(token) {
      if (token.length > longestToken) return invalid('malformed')
      const key = hash('sha256', token, 'base64')
      const known = remembered.get(key)
      if (known !== undefined) {
        if (now() < known.until) return known.principal
        remembered.delete(key)
      }
      return check(token, key)
    },
    forgetAll() {
      generation++
      remembered.clear()
    },
  }
}

class UnknownKey extends Error {}

const invalid = (reason: string): TokenRefusal => ({ code: 'invalid', message: `Error validating token: ${reason}` })

function claimedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

/** A claim as an answer may repeat it: anyone can write one. */
function shown(claim: unknown): string {
  return typeof claim === 'string' && /^[\x21-\x7e]{1,200}$/.test(claim) ? claim : '(none)'
}
