import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { openServer, rootKey } from '@strongroom/server'
import { expect, it } from 'vitest'
import { ClientSecretCredential, type RestError, SecretClient } from '../src/index.js'

/** A proxy that takes every name for this machine, so that the vault's certificate is all that tells it apart. */
async function localProxy(password?: string) {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', ({ url, headers }, socket) => {
    tunnels.push(String(url))
    if (password !== undefined && headers['proxy-authorization'] !== `Basic ${btoa(`me:${password}`)}`) {
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    }
    const target = connect(Number(url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.pipe(socket)
      socket.pipe(target)
    })
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    tunnels,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

it('goes through a proxy, which sees the names of vault and authority and nothing else', async () => {
  await using proxy = await localProxy('pw')
  const server = await openServer({
    rootKey: rootKey(randomBytes(32)),
    port: 0,
    suffix: 'vault.test',
    authorityHost: 'login.test',
  })
  await server.createVault({ name: 'dev' })
  const { clientId, objectId, clientSecret } = await server.addApplication('test')
  await server.assignRole({ principalId: objectId, role: 'Key Vault Secrets Officer', vault: 'dev' })
  const proxyOptions = { host: 'http://127.0.0.1', port: proxy.port, username: 'me', password: 'pw' }
  const options = { caCertificate: server.caCertificate, retryOptions: { maxRetries: 0 } }
  const credential = new ClientSecretCredential(server.tenantId, clientId, clientSecret, {
    ...options,
    proxyOptions,
    authorityHost: server.authorityUrl,
  })

  await using client = new SecretClient(server.vaultUrl('dev'), credential, { ...options, proxyOptions })
  await client.setSecret('through-a-tunnel', 'value')
  expect((await client.getSecret('through-a-tunnel')).value).toBe('value')
  expect(proxy.tunnels).toEqual([`dev.vault.test:${server.port}`, `login.test:${server.port}`])

  const wrong = { ...proxyOptions, password: 'x' }
  await using stranger = new SecretClient(server.vaultUrl('dev'), credential, { ...options, proxyOptions: wrong })
  const refused = await failure(stranger.getSecret('through-a-tunnel'))
  expect(refused.message).toContain('answered 407')
  expect(refused).toMatchObject({ code: 'EPROXY', requestSent: false })

  // At the other end of the tunnel the certificate counts, as it does without one.
  await using misled = new SecretClient(`https://elsewhere.test:${server.port}`, credential, {
    ...options,
    proxyOptions,
  })
  expect(await failure(misled.getSecret('a'))).toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    requestSent: false,
  })
  await credential.close()
  await server.close()
})

async function failure(work: Promise<unknown>): Promise<RestError> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: RestError) => error,
  )
}
