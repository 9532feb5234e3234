import { randomBytes, webcrypto } from 'node:crypto'
import type { Extension } from '@peculiar/x509'
import { x509 } from './x509.js'

/** A certificate and its private key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string
  /** PKCS #8. */
  readonly privateKey: string
}

export interface LeafNames {
  /** `localhost`, `*.vault.localhost`: a wildcard needs two labels after the star, or clients refuse it. */
  readonly dns: readonly string[]
  /** As `127.0.0.1` and `::1`. */
  readonly ip: readonly string[]
}

const { subtle } = webcrypto
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 24 * 60 * 60 * 1000
const authorityDays = 3650
// Apple's platforms refuse a leaf of more than 398 days.
const leafDays = 397
const renewalDays = 30

/**
 * Makes a certificate authority for one installation: ten years, and for leaves only. It carries no name constraints, since
 * the same authority must still serve after the installation has got other names.
 */
export async function createAuthority(now: Date): Promise<CertifiedKey> {
  const keys = await newKeys()
  // A serial of its own in the name, so that a trust store tells two installations apart.
  const name = `CN=Strongroom private authority ${randomBytes(4).toString('hex')}`
  return certify(keys, {
    subject: name,
    issuer: name,
    signingKey: keys.privateKey,
    now,
    days: authorityDays,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
}

/** Certifies a new key for a server of these names, for 397 days or until the authority ends. */
export async function issueLeaf(authority: CertifiedKey, names: LeafNames, now: Date): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.privateKey),
    ecdsa,
    false,
    ['sign'],
  )
  const keys = await newKeys()
  return certify(keys, {
    subject: 'CN=Strongroom',
    issuer: issuer.subjectName.toString(),
    signingKey,
    now,
    days: leafDays,
    notAfterAtMost: issuer.notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ip.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
}

/** Whether a leaf still serves: just these names, in any order, and 30 days left. */
export function leafIsCurrent(leafCertificate: string, names: LeafNames, now: Date): boolean {
  const leaf = new x509.X509Certificate(leafCertificate)
  if (leaf.notBefore > now || leaf.notAfter.getTime() - now.getTime() < renewalDays * day) return false
  const certified = leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? []
  const found = certified.map(({ type, value }) => named(type, value))
  const wanted = [...names.dns.map((name) => named('dns', name)), ...names.ip.map((address) => named('ip', address))]
  return JSON.stringify([...new Set(found)].sort()) === JSON.stringify([...new Set(wanted)].sort())
}

interface Certification {
  readonly subject: string
  readonly issuer: string
  readonly signingKey: webcrypto.CryptoKey
  readonly now: Date
  readonly days: number
  readonly notAfterAtMost?: Date
  readonly extensions: Extension[]
}

async function certify(keys: webcrypto.CryptoKeyPair, wanted: Certification): Promise<CertifiedKey> {
  // An hour early, for clients whose clock is behind.
  const start = wanted.now.getTime() - 60 * 60 * 1000
  const end = Math.min(start + wanted.days * day, wanted.notAfterAtMost?.getTime() ?? Number.POSITIVE_INFINITY)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: wanted.subject,
    issuer: wanted.issuer,
    notBefore: new Date(start),
    notAfter: new Date(end),
    signingAlgorithm: ecdsa,
    publicKey: keys.publicKey,
    signingKey: wanted.signingKey,
    extensions: wanted.extensions,
  })
  const privateKey = await subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: `${x509.PemConverter.encode(privateKey, 'PRIVATE KEY')}\n`,
  }
}

const newKeys = () => subtle.generateKey(ecdsa, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

/** Sixteen random bytes, the first between 0x40 and 0x7f: positive, and without a leading zero that DER would forbid. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}

/** One form per name: an IPv6 address has many spellings. */
function named(type: string, value: string): string {
  if (type === 'ip' && value.includes(':')) return `ip ${new URL(`https://[${value}]`).hostname}`
  return `${type} ${value.toLowerCase()}`
}
