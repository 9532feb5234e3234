import { fromBase64 } from '../base64url.js'

/** What a 401 asks for, as far as this client understands it. */
export interface Challenge {
  /** Whom the token must be for, with `/.default`. */
  scope: string
  /** The tenant to ask. Absent for AD FS, whose authorities have none. */
  tenantId?: string
}

export interface ParsedChallenge {
  /** Absent if the header names no authority and scope, as claims challenges need not. */
  challenge?: Challenge
  /** JSON of claims that a new token must have. */
  claims?: string
}

/** Reads a `WWW-Authenticate` header; `undefined` if it holds no Bearer challenge of either kind. */
export function parseChallenge(header: string): ParsedChallenge | undefined {
  const parameters = bearerParameters(header)
  if (parameters === undefined) return undefined
  const challenge = vaultChallenge(parameters)
  const claims = claimsOf(parameters)
  if (challenge === undefined && claims === undefined) return undefined
  return { ...(challenge !== undefined && { challenge }), ...(claims !== undefined && { claims }) }
}

function bearerParameters(header: string): Map<string, string> | undefined {
  const scheme = /(?:^|,)\s*Bearer\s+(?=[a-z_]+\s*=)/i.exec(header)
  if (scheme === null) return undefined
  const parameters = new Map<string, string>()
  const pair = /\s*([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/giy
  pair.lastIndex = scheme.index + scheme[0].length
  for (let match = pair.exec(header); match !== null; match = pair.exec(header)) {
    const name = (match[1] as string).toLowerCase()
    const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''
    if (!parameters.has(name)) parameters.set(name, value)
  }
  return parameters
}

function vaultChallenge(parameters: Map<string, string>): Challenge | undefined {
  const authorization = parameters.get('authorization') ?? parameters.get('authorization_uri')
  const resource = parameters.get('resource')?.replace(/\/+$/, '')
  const scope = parameters.get('scope') ?? (resource && `${resource}/.default`)
  if (!authorization || !URL.canParse(authorization) || !scope) return undefined
  const tenantId = new URL(authorization).pathname.split('/').find((segment) => segment !== '')
  if (tenantId === undefined || tenantId.toLowerCase().endsWith('adfs')) return { scope }
  return { scope, tenantId }
}

function claimsOf(parameters: Map<string, string>): string | undefined {
  const encoded = parameters.get('claims')
  if (!encoded || parameters.get('error') !== 'insufficient_claims') return undefined
  const bytes = fromBase64(encoded)
  if (bytes === undefined) return undefined
  const text = new TextDecoder().decode(bytes).trim()
  try {
    JSON.parse(text)
    return text
  } catch {
    return undefined
  }
}
