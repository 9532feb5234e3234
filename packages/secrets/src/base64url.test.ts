import { expect, it } from 'vitest'
import { fromBase64, toBase64Url } from './base64url.js'

it('writes base64url without padding and reads every kind', () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 7) % 256)
  expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
  expect(fromBase64(toBase64Url(bytes))).toEqual(bytes)
  expect(fromBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
  expect(fromBase64('%')).toBeUndefined()
  expect(toBase64Url(new Uint8Array())).toBe('')
})
