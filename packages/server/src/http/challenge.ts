/**
 * The `WWW-Authenticate` header of a 401. One scheme, double quotes, a comma and one space between the parameters, and no
 * space, comma or `=` inside the first two values: the clients' parsers disagree on everything else.
 * @see https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
 */

/** For a request without a token. @param authority - such as `https://localhost:8443/TENANT` */
export function challenge(authority: string, resource: string): string {
  return `Bearer authorization="${authority}", resource="${resource}"`
}

/**
 * For a token that is not acceptable. A client that gets the plain challenge sends the token it has cached again, until it
 * expires; asked for claims it fetches a new one and recovers in the same call.
 * @param now - Unix seconds
 */
export function claimsChallenge(authority: string, resource: string, now: number): string {
  const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: String(now) } } })
  // Standard base64, since one client's decoder knows no other; padded with spaces to a multiple of three bytes, since
  // others drop a parameter that holds a second "=".
  const padded = claims.padEnd(Math.ceil(claims.length / 3) * 3)
  return `${challenge(authority, resource)}, error="insufficient_claims", claims="${Buffer.from(padded).toString('base64')}"`
}
