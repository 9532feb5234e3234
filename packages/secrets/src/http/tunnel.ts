import type { Duplex } from 'node:stream'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { nodeModule } from './node-modules.js'
import type { ProxyServer } from './proxy.js'

/** What went wrong on the way through a proxy. */
class TunnelError extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** Opens a TLS connection to the target inside a tunnel through the proxy, which sees nothing but the target's name. */
export async function openTunnel(
  proxy: ProxyServer,
  options: ConnectionOptions & { host?: string | undefined },
  timeoutInMs: number,
): Promise<TLSSocket> {
  const http = await nodeModule(proxy.protocol === 'https:' ? 'node:https' : 'node:http')
  const tls = await nodeModule('node:tls')
  const target = `${options.host}:${options.port}`
  return new Promise((resolve, reject) => {
    let secured: TLSSocket | undefined
    const connect = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: {
        host: target,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
    })
    const fail = (error: Error) => {
      clearTimeout(timer)
      connect.destroy()
      secured?.destroy()
      reject(error)
    }
    const late = () => {
      fail(new TunnelError(`no connection through the proxy ${proxy.hostname} within ${timeoutInMs} ms`, 'ETIMEDOUT'))
    }
    const timer = timeoutInMs > 0 ? setTimeout(late, timeoutInMs) : undefined
    connect.once('error', fail)
    connect.once('response', ({ statusCode }) => fail(refusal(proxy, statusCode)))
    connect.once('connect', ({ statusCode }, socket: Duplex) => {
      if (statusCode !== 200) {
        socket.destroy()
        return fail(refusal(proxy, statusCode))
      }
      secured = tls.connect({ ...options, socket })
      secured.once('error', fail)
      secured.once('secureConnect', () => {
        clearTimeout(timer)
        secured?.removeListener('error', fail)
        resolve(secured as TLSSocket)
      })
    })
    connect.end()
  })
}

function refusal(proxy: ProxyServer, status: number | undefined): Error {
  const reason = status === 407 ? ': it asks for a user name and password' : ''
  return new TunnelError(`the proxy ${proxy.hostname} answered ${status}${reason}`, 'EPROXY')
}
