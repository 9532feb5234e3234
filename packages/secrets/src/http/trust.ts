import type { SecureContext, SecureContextOptions } from 'node:tls'
import type { CertificateAuthorities, TlsSettings } from '../options.js'
import { nodeModule } from './node-modules.js'

/** Whom a connection trusts, and how it proves itself where the server asks. */
export interface Trust {
  /** Trusted in addition to Node's own roots. */
  caCertificate?: CertificateAuthorities | undefined
  tlsOptions?: TlsSettings | undefined
}

/** One context for all connections of a client: parsing the roots anew for each costs more than the handshake. */
export async function secureContext(trust: Trust): Promise<SecureContext> {
  const tls = await nodeModule('node:tls')
  const { ca, ...rest } = trust.tlsOptions ?? {}
  const options = { ...rest } as SecureContextOptions
  const added = [...list(ca), ...list(trust.caCertificate)]
  if (added.length > 0) {
    const roots = ca === undefined ? await defaultRoots() : []
    options.ca = [...roots, ...added.map((pem) => (typeof pem === 'string' ? pem : Buffer.from(pem)))]
  }
  return tls.createSecureContext(options)
}

/** What Node trusts where nothing else is said, including `NODE_EXTRA_CA_CERTS`. */
async function defaultRoots(): Promise<readonly string[]> {
  const tls = await nodeModule('node:tls')
  if (tls.getCACertificates !== undefined) return tls.getCACertificates('default')
  const extra = process.env.NODE_EXTRA_CA_CERTS
  if (!extra) return tls.rootCertificates
  const fs = await nodeModule('node:fs')
  // Node itself only warns about an unreadable file.
  return fs.existsSync(extra) ? [...tls.rootCertificates, fs.readFileSync(extra, 'utf8')] : tls.rootCertificates
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
