import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { AbortError } from '../errors/abort-error.js'
import { NetworkError } from '../errors/rest-error.js'
import type { ProxySettings } from '../options.js'
import { httpHeaders } from './headers.js'
import { isLocalhostName, loopbackLookup } from './loopback.js'
import { type HttpRequest, type HttpResponse, httpResponse, type NodeAgent } from './message.js'
import { nodeModule } from './node-modules.js'
import { proxyFor } from './proxy.js'
import type { Transport } from './transport.js'
import { secureContext, type Trust } from './trust.js'
import { openTunnel } from './tunnel.js'

export interface NodeTransportOptions extends Trust {
  connectTimeoutInMs: number
  keepAlive: boolean
  proxyOptions?: ProxySettings | undefined
  /** A connection pool of the caller's, which the caller closes. */
  agent?: NodeAgent | undefined
}

/** More connections than this do not make one vault faster, and cost a handshake each. */
const maxSockets = 64

interface Pool {
  request(options: RequestOptions): ClientRequest
  agent: Agent
  owned: boolean
}

/** `node:https` with kept connections. Node's modules are loaded at the first request. */
export function nodeTransport(options: NodeTransportOptions): Transport {
  const pools = new Map<string, Promise<Pool>>()
  let closed = false

  function poolFor(url: URL): Promise<Pool> {
    let pool = pools.get(url.origin)
    if (pool === undefined) {
      pool = url.protocol === 'https:' ? securePool(options, url) : plainPool(options)
      pools.set(url.origin, pool)
      pool.then(
        ({ agent, owned }) => closed && owned && agent.destroy(),
        () => pools.delete(url.origin),
      )
    }
    return pool
  }

  return {
    async send(request) {
      const url = new URL(request.url)
      const pool = await poolFor(url)
      return exchange(pool, url, request, options.connectTimeoutInMs)
    },
    close() {
      closed = true
      for (const pool of pools.values()) {
        pool.then(
          ({ agent, owned }) => owned && agent.destroy(),
          () => {},
        )
      }
    },
  }
}

async function securePool(options: NodeTransportOptions, url: URL): Promise<Pool> {
  const https = await nodeModule('node:https')
  if (options.agent !== undefined) return { request: https.request, agent: options.agent as Agent, owned: false }
  const agent = new https.Agent({
    keepAlive: options.keepAlive,
    maxSockets,
    secureContext: await secureContext(options),
  })
  const proxy = proxyFor(url, options.proxyOptions, process.env)
  if (proxy !== undefined) {
    // Typed as if it returned the connection; it may also hand it to the callback later.
    agent.createConnection = (connection, callback) => {
      openTunnel(proxy, connection as ConnectionOptions, options.connectTimeoutInMs).then(
        (socket) => callback?.(null, socket),
        (error: Error) => callback?.(error, undefined as never),
      )
      return undefined as never
    }
  }
  return { request: https.request, agent, owned: true }
}

async function plainPool(options: NodeTransportOptions): Promise<Pool> {
  const http = await nodeModule('node:http')
  return { request: http.request, agent: new http.Agent({ keepAlive: options.keepAlive, maxSockets }), owned: true }
}

function exchange(pool: Pool, url: URL, request: HttpRequest, connectTimeoutInMs: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const signal = request.abortSignal
    if (signal?.aborted) return reject(new AbortError())
    let connected = false
    let connectTimer: ReturnType<typeof setTimeout> | undefined
    let requestTimer: ReturnType<typeof setTimeout> | undefined

    const outgoing = pool.request({
      agent: pool.agent,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers.toJSON(),
      ...(isLocalhostName(url.hostname) && { lookup: loopbackLookup }),
    })

    const finish = () => {
      clearTimeout(connectTimer)
      clearTimeout(requestTimer)
      signal?.removeEventListener('abort', abort)
    }
    const fail = (error: Error) => {
      finish()
      reject(error)
      outgoing.destroy()
    }
    const lost = (cause: Error) => fail(networkError(cause, url, connected))
    const abort = () => fail(new AbortError())
    signal?.addEventListener('abort', abort)

    if (request.timeout > 0) {
      requestTimer = setTimeout(
        () => fail(timedOut(`No complete answer from ${url.host} within ${request.timeout} ms.`, connected)),
        request.timeout,
      )
    }
    outgoing.on('socket', (socket: Socket) => {
      if (outgoing.reusedSocket || !socket.connecting) {
        connected = true
        return
      }
      if (connectTimeoutInMs > 0) {
        connectTimer = setTimeout(
          () => fail(timedOut(`No connection to ${url.host} within ${connectTimeoutInMs} ms.`, false)),
          connectTimeoutInMs,
        )
      }
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true
        clearTimeout(connectTimer)
      })
    })
    outgoing.on('error', lost)
    outgoing.on('response', (incoming) => {
      read(incoming).then((response) => {
        finish()
        resolve(response)
      }, lost)
    })
    outgoing.end(request.body)
  })
}

async function read(incoming: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', resolve)
    incoming.on('error', reject)
    incoming.on('close', () => {
      if (!incoming.complete) reject(new Error('the connection was closed in the middle of the answer'))
    })
  })
  const headers = httpHeaders()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return httpResponse(incoming.statusCode ?? 0, headers, Buffer.concat(chunks).toString('utf8'))
}

function networkError(cause: Error, url: URL, requestSent: boolean): NetworkError {
  // Node gathers the failures of several addresses into one error, whose own message is empty.
  const first = cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause
  const code = (first as NodeJS.ErrnoException).code
  return new NetworkError(`No answer from ${url.host}: ${first.message || code || 'the connection failed'}.`, {
    ...(code !== undefined && { code }),
    requestSent,
    cause: first,
  })
}

function timedOut(message: string, requestSent: boolean): NetworkError {
  return new NetworkError(message, { code: 'ETIMEDOUT', requestSent })
}
