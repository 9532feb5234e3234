/**
 * Why a token for this scope must not go to this vault; `undefined` if it may. The scope must name a parent domain of the
 * vault's host, or a vault set up by somebody else could collect tokens that open others. Ports do not matter.
 * @param origin - scheme, host and port of the vault
 */
export function resourceObjection(origin: string, scope: string): string | undefined {
  const vault = new URL(origin)
  const resource = URL.canParse(scope) ? new URL(scope) : undefined
  // Other schemes than the vault's would be read differently by different URL parsers.
  if (resource === undefined || resource.hostname === '' || !['https:', vault.protocol].includes(resource.protocol)) {
    return `The challenge of ${vault.host} asks for a token for "${scope}", which names no host.`
  }
  if (vault.hostname.endsWith(`.${resource.hostname}`)) return undefined
  return `The challenge of ${vault.host} asks for a token for "${resource.origin}", which is no parent domain of the vault's host.`
}
