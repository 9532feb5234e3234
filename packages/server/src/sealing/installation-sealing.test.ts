import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { installationSealing } from './installation-sealing.js'
import { rootKey } from './root-key.js'

const sealing = installationSealing(rootKey(randomBytes(32)))
const clear = Buffer.from('a private key')

it('opens for the purpose it was sealed for', () => {
  expect(sealing.open('tls-key', sealing.seal('tls-key', clear))).toEqual(clear)
})
it('opens for no other purpose, under no other root key, and with no byte changed', () => {
  const sealed = sealing.seal('tls-key', clear)
  expect(() => sealing.open('ca-key', sealed)).toThrow()
  expect(() => installationSealing(rootKey(randomBytes(32))).open('tls-key', sealed)).toThrow()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] as number) ^ 1
    expect(() => sealing.open('tls-key', changed)).toThrow()
  }
})
