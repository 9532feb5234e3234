/**
 * What a vault is measured against: Node's own HTTPS server, which answers every request with the same status, headers and
 * body, and does nothing else. Its certificate is of the kind that the vault has. Each line on stdin is the answer to give
 * from now on, as JSON `{ status, headers, body }`; each line on stdout says, as JSON, that it is ready.
 */
import { createServer } from 'node:https'
import { createInterface } from 'node:readline'
import { createAuthority, issueLeaf } from '../packages/server/dist/tls/private-authority.js'

const now = new Date()
const authority = await createAuthority(now)
const leaf = await issueLeaf(authority, { dns: ['localhost', '*.vault.localhost'], ip: ['127.0.0.1', '::1'] }, now)

let answer = { status: 200, headers: [], body: '' }
const options = { key: leaf.privateKey, cert: leaf.certificate, keepAliveTimeout: 65_000 }
const server = createServer(options, (_, outgoing) => {
  outgoing.writeHead(answer.status, answer.headers)
  outgoing.end(answer.body)
})

server.listen(0, '127.0.0.1', () => {
  const ready = () =>
    process.stdout.write(`${JSON.stringify({ port: server.address().port, caCertificate: authority.certificate })}\n`)
  ready()
  createInterface({ input: process.stdin }).on('line', (line) => {
    answer = JSON.parse(line)
    ready()
  })
})

process.once('SIGTERM', () => process.exit())
