import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CertifiedKey, createAuthority, issueLeaf, leafIsCurrent } from './private-authority.js'

const names = { dns: ['localhost', '*.vault.localhost'], ip: ['127.0.0.1', '::1'] }
const day = 24 * 60 * 60 * 1000
const now = new Date()
const later = (days: number) => new Date(now.getTime() + days * day)

let authority: CertifiedKey
let leaf: CertifiedKey
beforeAll(async () => {
  authority = await createAuthority(now)
  leaf = await issueLeaf(authority, names, now)
})

describe('the authority', () => {
  it('signs itself, and may certify leaves only', () => {
    const certificate = new X509Certificate(authority.certificate)
    expect(certificate.ca).toBe(true)
    expect(certificate.checkIssued(certificate)).toBe(true)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  })
  it('has a name of its own', async () => {
    const other = await createAuthority(now)
    expect(new X509Certificate(other.certificate).subject).not.toBe(new X509Certificate(authority.certificate).subject)
  })
})

describe('a leaf', () => {
  it('is issued by the authority, for its names, for no more than 397 days', () => {
    const certificate = new X509Certificate(leaf.certificate)
    const issuer = new X509Certificate(authority.certificate)
    expect(certificate.ca).toBe(false)
    expect(certificate.checkIssued(issuer)).toBe(true)
    expect(certificate.verify(issuer.publicKey)).toBe(true)
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, DNS:*.vault.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / day
    expect(days).toBeLessThanOrEqual(397)
    expect(days).toBeGreaterThan(396)
  })
  it('does not outlive its authority', async () => {
    const late = await issueLeaf(authority, names, later(3_500))
    expect(new X509Certificate(late.certificate).validTo).toBe(new X509Certificate(authority.certificate).validTo)
  })
  it('serves until 30 days before its end', () => {
    expect(leafIsCurrent(leaf.certificate, names, now)).toBe(true)
    expect(leafIsCurrent(leaf.certificate, names, later(366))).toBe(true)
    expect(leafIsCurrent(leaf.certificate, names, later(367))).toBe(false)
    expect(leafIsCurrent(leaf.certificate, names, later(-1))).toBe(false)
  })
  it('serves for its own names only, in whatever order and spelling', () => {
    const current = (dns: string[], ip = names.ip) => leafIsCurrent(leaf.certificate, { dns, ip }, now)
    expect(current(['*.vault.localhost', 'LOCALHOST'], ['0:0::1', '127.0.0.1'])).toBe(true)
    expect(current(['localhost'])).toBe(false)
    expect(current([...names.dns, '*.vault.example.org'])).toBe(false)
    expect(current(names.dns, ['127.0.0.1'])).toBe(false)
  })
})

describe('a server with such a leaf', () => {
  let server: Server
  let port: number
  let folder: string
  let caFile: string
  beforeAll(async () => {
    server = createServer({ key: leaf.privateKey, cert: leaf.certificate + authority.certificate }, (_, response) =>
      response.end('trusted'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    folder = mkdtempSync(join(tmpdir(), 'strongroom-tls-'))
    caFile = join(folder, 'ca.pem')
    writeFileSync(caFile, authority.certificate)
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true })
  })

  const get = (servername: string, ca = authority.certificate) =>
    new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port, servername, headers: { host: servername }, ca, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      })
        .on('error', reject)
        .end()
    })

  it.each(['localhost', 'dev.vault.localhost', 'prod.vault.localhost'])('is trusted by Node as %s', async (name) => {
    expect(await get(name)).toBe('trusted')
  })
  it('is trusted by Node at an address', async () => {
    expect(await get('')).toBe('trusted')
  })
  it('is not trusted by another name, nor for another authority', async () => {
    await expect(get('a.b.vault.localhost')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    const other = await createAuthority(now)
    await expect(get('localhost', other.certificate)).rejects.toThrow()
  })

  const installed = (command: string, ...probe: string[]) => spawnSync(command, probe, { stdio: 'ignore' }).status === 0
  const run = async (command: string, ...args: string[]) => (await promisify(execFile)(command, args)).stdout

  const python = installed('python3', '-c', 'import ssl')
  it.skipIf(!python)(`is trusted by Python, its strict checks on${python ? '' : ' (no python3 here)'}`, async () => {
    const script = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
for name in ('localhost', 'dev.vault.localhost', '127.0.0.1'):
    with socket.create_connection(('127.0.0.1', int(sys.argv[2]))) as plain:
        with context.wrap_socket(plain, server_hostname=name) as connection:
            print(name, connection.version())
`
    expect(await run('python3', '-c', script, caFile, String(port))).toBe(
      'localhost TLSv1.3\ndev.vault.localhost TLSv1.3\n127.0.0.1 TLSv1.3\n',
    )
  })
  const curl = installed('curl', '--version')
  it.skipIf(!curl)(`is trusted by curl${curl ? '' : ' (no curl here)'}`, async () => {
    const host = 'dev.vault.localhost'
    const output = run(
      'curl',
      ...['-sS', '--noproxy', '*', '--cacert', caFile, '--resolve', `${host}:${port}:127.0.0.1`],
      `https://${host}:${port}/`,
    )
    expect(await output).toBe('trusted')
  })
  const openssl = installed('openssl', 'version')
  it.skipIf(!openssl)(`passes OpenSSL's strict checks${openssl ? '' : ' (no openssl here)'}`, async () => {
    const leafFile = join(folder, 'leaf.pem')
    writeFileSync(leafFile, leaf.certificate)
    const output = run(
      'openssl',
      ...['verify', '-x509_strict', '-purpose', 'sslserver', '-check_ss_sig'],
      ...['-verify_hostname', 'dev.vault.localhost', '-CAfile', caFile, leafFile],
    )
    expect(await output).toContain('OK')
  })
})
