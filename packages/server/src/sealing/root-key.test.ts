import { expect, it } from 'vitest'
import { type RootPurpose, rootKey } from './root-key.js'

const purposes: RootPurpose[] = ['vault-key', 'backup', 'cursor', 'installation']
const bytes = (fill: number, length = 32) => Buffer.alloc(length, fill)

it('the same bytes give the same id and keys, other bytes give others', () => {
  const [one, same, other] = [rootKey(bytes(1)), rootKey(bytes(1)), rootKey(bytes(2))]
  expect(one.id).toMatch(/^[0-9a-f]{32}$/)
  expect(same.id).toBe(one.id)
  expect(other.id).not.toBe(one.id)
  for (const purpose of purposes) {
    expect(same.keyFor(purpose).equals(one.keyFor(purpose))).toBe(true)
    expect(other.keyFor(purpose).equals(one.keyFor(purpose))).toBe(false)
  }
})
it('each purpose has a key of its own, and none is the root key or its id', () => {
  const root = rootKey(bytes(1))
  const keys = purposes.map((purpose) => root.keyFor(purpose).export().toString('hex'))
  expect(new Set(keys).size).toBe(purposes.length)
  for (const key of keys) {
    expect(key).toHaveLength(64)
    expect(key).not.toBe(bytes(1).toString('hex'))
    expect(key).not.toContain(root.id)
  }
})
it('overwrites the bytes it was given', () => {
  const given = bytes(7)
  rootKey(given)
  expect(given).toEqual(bytes(0))
})
it.each([0, 16, 31, 33, 64])('needs 32 bytes, not %d', (length) => {
  expect(() => rootKey(bytes(1, length))).toThrow('a root key has 32 bytes')
})
