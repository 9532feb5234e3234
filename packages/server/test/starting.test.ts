import { once } from 'node:events'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createNodeServer } from '../src/http/node-server.js'
import { vaultHosts } from '../src/http/vault-host.js'
import { createAuthority, issueLeaf } from '../src/tls/private-authority.js'

it('a server that listens and is not ready yet says when to come again, whatever is asked (U15)', async () => {
  const authority = await createAuthority(new Date())
  const leaf = await issueLeaf(authority, { dns: ['localhost'], ip: ['127.0.0.1'] }, new Date())
  const server = createNodeServer({
    tls: { key: leaf.privateKey, cert: leaf.certificate },
    vaultHost: vaultHosts('vault.localhost'),
    suffix: 'vault.localhost',
    region: 'local',
    services: () => undefined,
    onFault: (_, error) => {
      throw error
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const Host of ['dev.vault.localhost', 'localhost', 'elsewhere.example']) {
    const asked = request({
      port,
      host: '127.0.0.1',
      ca: authority.certificate,
      servername: 'localhost',
      headers: { Host },
    }).end()
    const [answer] = await once(asked, 'response')
    let text = ''
    for await (const chunk of answer) text += chunk
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('1')
    expect(answer.headers['x-ms-request-id']).toBeDefined()
    const message = 'The vault is starting; retry in a second.'
    expect(text).toBe(JSON.stringify({ error: { code: 'ServiceUnavailable', message } }))
  }
  server.close()
  server.closeAllConnections()
})
