import { describe, expect, it } from 'vitest'
import { isWhatWasAsked, startOnVaultClock } from './set-secret.js'

describe('isWhatWasAsked', () => {
  const id = 'https://v.test/secrets/a/1'
  const asked = { value: 'v', tags: { a: '1' }, attributes: { exp: 9 } }
  const stored = { id, value: 'v', tags: { a: '1' }, attributes: { enabled: true, created: 100, exp: 9 } }

  it('recognises the version that was made', () => {
    expect(isWhatWasAsked(stored, asked, 100)).toBe(true)
    expect(isWhatWasAsked({ id, value: 'v', attributes: { created: 100 } }, { value: 'v' }, 99)).toBe(true)
  })

  it('takes no other version for it', () => {
    expect(isWhatWasAsked(stored, asked, 101)).toBe(false)
    expect(isWhatWasAsked(stored, { ...asked, value: 'w' }, 100)).toBe(false)
    expect(isWhatWasAsked(stored, { ...asked, tags: {} }, 100)).toBe(false)
    expect(isWhatWasAsked(stored, { ...asked, contentType: 'x' }, 100)).toBe(false)
    expect(isWhatWasAsked(stored, { ...asked, attributes: { exp: 10 } }, 100)).toBe(false)
    expect(isWhatWasAsked(stored, { ...asked, attributes: { exp: 9, enabled: false } }, 100)).toBe(false)
  })
})

it('tells when the set began by the clock of the vault, which may be hours off', () => {
  const hoursOff = 'Tue, 01 Jan 2030 00:00:10 GMT'
  expect(startOnVaultClock(hoursOff, 2500, 0)).toBe(Date.parse('2030-01-01T00:00:07Z') / 1000)
  expect(startOnVaultClock(undefined, 2500, 100_000)).toBe(37)
})
