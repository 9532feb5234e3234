import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { version } from '../version.js'
import { errorResponse, faultResponse, responseTo } from './error-response.js'
import { headerLimit } from './limits.js'
import type { VaultHost } from './vault-host.js'
import { WireError, type WireRequest, type WireResponse } from './wire.js'

export interface NodeServerNeeds {
  /** PEM of the private key, and of the certificate with its chain. */
  readonly tls: { readonly key: string; readonly cert: string }
  readonly vaultHost: (host: string) => VaultHost | undefined
  readonly suffix: string
  readonly region: string
  /** `undefined` for the moment between listening and being ready. */
  readonly services: () => Services | undefined
  /** A fault of the server, never a refusal. */
  readonly onFault: (what: string, error: unknown) => void
}

export interface Services {
  readonly dataPlane: (request: WireRequest, host: VaultHost) => Promise<WireResponse>
  /** Whether a host that names no vault is the authority's. */
  readonly isAuthority: (host: string) => boolean
  readonly authority: RequestListener
}

const jsonType = ['Content-Type', 'application/json; charset=utf-8'] as const

/**
 * Vaults by their host names on one HTTPS server, and the authority beside them. The data plane has no framework: its one
 * table of routes stands behind the token check, and the order of the checks is the contract.
 */
export function createNodeServer(needs: NodeServerNeeds): Server {
  const common = [
    'Cache-Control', 'no-cache', 'Pragma', 'no-cache', 'Expires', '-1',
    'Strict-Transport-Security', 'max-age=31536000;includeSubDomains', 'X-Content-Type-Options', 'nosniff',
    'x-ms-keyvault-region', needs.region, 'x-ms-keyvault-service-version', version,
  ] // biome-ignore format: pairs
  const server = createServer({
    key: needs.tls.key,
    cert: needs.tls.cert,
    keepAliveTimeout: 65_000,
    maxHeaderSize: headerLimit,
    requireHostHeader: false, // a missing host is an unknown one
  })
  server.on('request', listen)
  // The body may come only once the token has been looked at.
  server.on('checkContinue', listen)
  server.on('clientError', refuseUnparsed)
  return server

  /** What never becomes a request gets an answer too that clients can parse. */
  function refuseUnparsed({ code }: NodeJS.ErrnoException, socket: Duplex) {
    if (code === 'ECONNRESET' || !socket.writable) return socket.destroy()
    const { status, body } =
      code === 'HPE_HEADER_OVERFLOW'
        ? errorResponse(431, 'RequestHeaderTooLarge', `The request's headers are longer than ${headerLimit} bytes.`)
        : code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? errorResponse(408, 'RequestTimeout', 'The request did not arrive in time.')
          : errorResponse(400, 'BadRequest', 'This is no HTTP request.')
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close']
    for (let at = 0; at < common.length; at += 2) head.push(`${common[at]}: ${common[at + 1]}`)
    head.push(`x-ms-request-id: ${randomUUID()}`, jsonType.join(': '), `Content-Length: ${Buffer.byteLength(body)}`)
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }

  function listen(incoming: IncomingMessage, outgoing: ServerResponse) {
    const hostHeader = incoming.headers.host ?? ''
    const services = needs.services()
    if (services === undefined) return send(incoming, outgoing, randomUUID(), starting)
    const host = needs.vaultHost(hostHeader)
    if (host === undefined) {
      if (services.isAuthority(hostHeader)) return services.authority(incoming, outgoing)
      return send(incoming, outgoing, randomUUID(), unknownHost(hostHeader))
    }
    const requestId = randomUUID()
    services.dataPlane(wireRequest(incoming, outgoing), host).then(
      (response) => send(incoming, outgoing, requestId, response),
      (error) => {
        const refusal = responseTo(error)
        if (refusal === undefined) needs.onFault(`request ${requestId}`, error)
        send(incoming, outgoing, requestId, refusal ?? faultResponse(requestId))
      },
    )
  }

  function unknownHost(host: string): WireResponse {
    const shown = /^[\w.:[\]-]{1,255}$/.test(host) ? `"${host}"` : 'with this name'
    return errorResponse(
      404,
      'VaultNotFound',
      `There is no vault at the host ${shown}: vaults are at NAME.${needs.suffix}.`,
    )
  }

  function send(incoming: IncomingMessage, outgoing: ServerResponse, requestId: string, response: WireResponse) {
    if (outgoing.destroyed) return
    const headers = common.slice()
    headers.push('x-ms-request-id', requestId, 'x-ms-keyvault-network-info', networkInfo(incoming))
    const clientRequestId = incoming.headers['x-ms-client-request-id']
    if (typeof clientRequestId === 'string' && /^[\x21-\x7e]{1,128}$/.test(clientRequestId)) {
      headers.push('x-ms-client-request-id', clientRequestId)
    }
    if (response.headers) for (const [name, value] of Object.entries(response.headers)) headers.push(name, value)
    if (response.status !== 204) {
      headers.push(...jsonType, 'Content-Length', String(Buffer.byteLength(response.body)))
    }
    outgoing.writeHead(response.status, headers)
    outgoing.end(response.body)
  }
}

const starting = errorResponse(503, 'ServiceUnavailable', 'The vault is starting; retry in a second.', undefined, {
  'Retry-After': '1',
})

function wireRequest(incoming: IncomingMessage, outgoing: ServerResponse): WireRequest {
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    authorization: incoming.headers.authorization,
    body: (limit) => readBody(incoming, outgoing, limit),
  }
}

function readBody(incoming: IncomingMessage, outgoing: ServerResponse, limit: number): Promise<string> {
  const tooLong = () =>
    new WireError(
      errorResponse(
        413,
        'RequestBodyTooLarge',
        `The request body is longer than the ${limit} bytes that this operation takes.`,
      ),
    )
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > limit) {
      incoming.resume()
      return reject(tooLong())
    }
    if (incoming.headers.expect !== undefined) outgoing.writeContinue()
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        chunks.length = 0 // the rest is read and dropped, so that the client comes to read the answer
        reject(tooLong())
      } else chunks.push(chunk)
    })
    incoming.on('end', () => {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      if (isUtf8(bytes)) resolve(bytes.toString())
      else reject(new WireError(errorResponse(400, 'BadParameter', 'The request body is no valid UTF-8.')))
    })
    // A client that hangs up is no fault of the server, and gets no answer either.
    incoming.on('error', () => reject(new WireError(errorResponse(400, 'BadRequest', 'The request body broke off.'))))
  })
}

/** Of the connection, made once. */
const networkInfos = new WeakMap<object, string>()

function networkInfo({ socket }: IncomingMessage): string {
  const known = networkInfos.get(socket)
  if (known !== undefined) return known
  const { remoteAddress: address = '', remoteFamily } = socket
  const info =
    remoteFamily === 'IPv6'
      ? `conn_type=Ipv6;addr=${address};act_addr_fam=InterNetworkV6;`
      : `conn_type=Ipv4;addr=${address};act_addr_fam=InterNetwork;`
  networkInfos.set(socket, info)
  return info
}
