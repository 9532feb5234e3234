import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { cursorSealing } from './cursor-sealing.js'
import { rootKey } from './root-key.js'

const cursors = cursorSealing(rootKey(randomBytes(32)))

it('a cursor opens in its list, and fits a URL, for the longest name too', () => {
  for (const after of ['A', 'X'.repeat(127)]) {
    const cursor = cursors.seal('dev\0secrets', after)
    expect(cursor).toMatch(/^[\w-]+$/)
    expect(cursors.open('dev\0secrets', cursor)).toBe(after)
  }
})
it('a cursor opens in no other list, and under no other root key', () => {
  const cursor = cursors.seal('dev\0secrets', 'A')
  for (const list of ['dev\0deletedsecrets', 'other\0secrets', '', 'dev']) {
    expect(cursors.open(list, cursor)).toBeUndefined()
  }
  expect(cursorSealing(rootKey(randomBytes(32))).open('dev\0secrets', cursor)).toBeUndefined()
})
it.each(['', 'abc', '=', 'a b', 'ä', 'x'.repeat(401), '\0'])('%j is no cursor', (text) => {
  expect(cursors.open('dev\0secrets', text)).toBeUndefined()
})
