import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { expect, it } from 'vitest'
import { StartError } from '../errors.js'
import { listenOn } from './listen.js'

const create = () => createServer()
const elsewhere = '192.0.2.1' // reserved for documentation: no machine's

async function accepts(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host })
  const connected = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
    ([error]) => error === undefined,
    () => false,
  )
  socket.destroy()
  return connected
}

it('listens on every address at one port, until it is closed', async () => {
  const listening = await listenOn(create, ['127.0.0.1', '127.0.0.2'], 0)
  expect(listening.port).toBeGreaterThan(0)
  expect(await accepts(listening.port, '127.0.0.1')).toBe(true)
  expect(await accepts(listening.port, '127.0.0.2')).toBe(true)
  await listening.close()
  expect(await accepts(listening.port, '127.0.0.1')).toBe(false)
  expect(await accepts(listening.port, '127.0.0.2')).toBe(false)
})

it('leaves out an address that is not of this machine, but not all of them', async () => {
  const listening = await listenOn(create, [elsewhere, '127.0.0.1'], 0)
  expect(await accepts(listening.port, '127.0.0.1')).toBe(true)
  await listening.close()
  await expect(listenOn(create, [elsewhere, elsewhere], 0)).rejects.toThrow(StartError)
  await expect(listenOn(create, [elsewhere, elsewhere], 0)).rejects.toThrow(
    `none of the addresses ${elsewhere}, ${elsewhere} is this machine's`,
  )
})

it('refuses a port that is in use at any of the addresses, and lets go of the others', async () => {
  const other = createHttpServer().listen(0, '127.0.0.2')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const listen = listenOn(create, ['127.0.0.1', '127.0.0.2'], port)
  await expect(listen).rejects.toThrow(StartError)
  await expect(listen).rejects.toThrow(`port ${port} is in use: stop what listens there, or choose another port`)
  expect(await accepts(port, '127.0.0.1')).toBe(false)
  other.close()
})

it('takes another free port where the first one is free at one address only', async () => {
  let made = 0
  const takenOnce = (): Server => {
    const server = createServer()
    if (++made !== 2) return server
    server.listen = () => {
      queueMicrotask(() => server.emit('error', Object.assign(new Error('in use'), { code: 'EADDRINUSE' })))
      return server
    }
    return server
  }
  const listening = await listenOn(takenOnce, ['127.0.0.1', '127.0.0.2'], 0)
  expect(made).toBe(4)
  expect(await accepts(listening.port, '127.0.0.1')).toBe(true)
  expect(await accepts(listening.port, '127.0.0.2')).toBe(true)
  await listening.close()
})
