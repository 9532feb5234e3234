/** What the Host header of a request says: which vault, and under which names the answer speaks of it. */
export interface VaultHost {
  readonly vault: string
  /** `https://NAME.SUFFIX[:PORT]`, the port as received. */
  readonly origin: string
  /** The parent domain, with the port: what clients check the challenge against, and ask a token for. */
  readonly resource: string
}

/**
 * Reads `NAME.SUFFIX[:PORT]`. `undefined` for a host that is none of ours: its name must not get into ids or challenges.
 * @param suffix - such as `vault.localhost`
 */
export function parseVaultHost(host: string, suffix: string): VaultHost | undefined {
  const match = /^([a-z][a-z0-9-]{1,22}[a-z0-9])\.([a-z0-9.-]+?)(:\d{1,5})?$/.exec(host.toLowerCase())
  if (!match || match[2] !== suffix) return undefined
  const port = match[3] === undefined || match[3] === ':443' ? '' : match[3]
  return {
    vault: match[1] as string,
    origin: `https://${match[1]}.${suffix}${port}`,
    resource: `https://${suffix}${port}`,
  }
}

/** Remembers what it parsed: a vault is called by the same few hosts over and over. */
export function vaultHosts(suffix: string): (host: string) => VaultHost | undefined {
  const known = new Map<string, VaultHost>()
  return (host) => {
    const hit = known.get(host)
    if (hit !== undefined) return hit
    const parsed = parseVaultHost(host, suffix)
    if (parsed !== undefined && known.size < 10_000) known.set(host, parsed)
    return parsed
  }
}
