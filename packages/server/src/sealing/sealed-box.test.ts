import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxOverhead, openBox, sealBox } from './sealed-box.js'

const key = createSecretKey(randomBytes(32))

describe('a sealed box', () => {
  it('opens to what was sealed, after any header', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.uint8Array(), (clear, context, header) => {
        const box = sealBox(key, context, clear, header)
        expect(box.length).toBe(header.length + clear.length + boxOverhead)
        expect(openBox(key, context, box, header.length)).toEqual(Buffer.from(clear))
      }),
    )
  })
  it('takes a text as its UTF-8', () => {
    expect(openBox(key, 'here', sealBox(key, 'here', 'ümläut 𝄞')).toString()).toBe('ümläut 𝄞')
  })
  it('does not open with any bit of it changed', () => {
    const box = sealBox(key, 'here', 'a clear text')
    for (let bit = 0; bit < box.length * 8; bit++) {
      const changed = Buffer.from(box)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(() => openBox(key, 'here', changed)).toThrow()
    }
  })
  it('does not open cut short or made longer', () => {
    const box = sealBox(key, 'here', 'a clear text')
    for (let length = 0; length < box.length; length++) {
      expect(() => openBox(key, 'here', box.subarray(0, length))).toThrow()
      expect(() => openBox(key, 'here', box.subarray(box.length - length))).toThrow()
    }
    expect(() => openBox(key, 'here', Buffer.concat([box, Buffer.alloc(1)]))).toThrow()
  })
  it('does not open in another context, or with another key', () => {
    const box = sealBox(key, 'here', 'a clear text')
    for (const context of ['', 'her', 'here ', 'Here', 'here\0']) expect(() => openBox(key, context, box)).toThrow()
    expect(() => openBox(createSecretKey(randomBytes(32)), 'here', box)).toThrow()
  })
  it('has a nonce that no other box has', () => {
    const nonces = new Set<string>()
    for (let n = 0; n < 100_000; n++) nonces.add(sealBox(key, '', '').toString('latin1', 0, 12))
    expect(nonces.size).toBe(100_000)
  })
  it('keeps its own bytes when the next ones are sealed', () => {
    const boxes = Array.from({ length: 600 }, (_, n) => sealBox(key, 'here', String(n)))
    boxes.forEach((box, n) => {
      expect(openBox(key, 'here', box).toString()).toBe(String(n))
    })
  })
})
