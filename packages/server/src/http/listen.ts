import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { StartError } from '../errors.js'

/**
 * Listens on every address at one port, and returns the port. The system chooses it if `port` is 0. An address that this
 * machine does not have (::1 where there is no IPv6) is left out, but not all of them.
 * @throws {StartError} the port is in use
 */
export async function listenOn(
  create: () => Server,
  addresses: readonly string[],
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const servers: Server[] = []
  let chosen = port
  for (const address of addresses) {
    const server = create()
    try {
      await listen(server, address, chosen)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') && addresses.length > 1) continue
      await Promise.all(servers.map(close))
      // The system chose a port that is free at one address and not at the next: let it choose another.
      if (code === 'EADDRINUSE' && port === 0 && servers.length > 0) return listenOn(create, addresses, port)
      if (code === 'EADDRINUSE') {
        throw new StartError(`port ${chosen} is in use: stop what listens there, or choose another port`)
      }
      if (code === 'EACCES')
        throw new StartError(`port ${chosen} needs more rights than this user has: choose one above 1023`)
      throw error
    }
    chosen = (server.address() as AddressInfo).port
    servers.push(server)
  }
  if (servers.length === 0) throw new StartError(`none of the addresses ${addresses.join(', ')} is this machine's`)
  return {
    port: chosen,
    /** Finishes the requests under way, and takes no more. */
    close: async () => {
      await Promise.all(servers.map(close))
    },
  }
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection is idle once its request is answered, and only then closed: kept alive, it would hold up the end.
    const sweep = setInterval(() => server.closeIdleConnections(), 10)
    const giveUp = setTimeout(() => server.closeAllConnections(), 5_000)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(giveUp)
      resolve()
    })
  })
}
