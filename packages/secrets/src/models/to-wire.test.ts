import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../errors/rest-error.js'
import { checkedName, checkedVersion, setParameters, updateParameters } from './to-wire.js'

describe('the body of a set', () => {
  it('has only what was given', () => {
    expect(setParameters('v', {})).toEqual({ value: 'v' })
    expect(setParameters('', { tags: {}, contentType: null, notBefore: null })).toEqual({ value: '' })
    expect(setParameters('v', { enabled: false })).toEqual({ value: 'v', attributes: { enabled: false } })
  })

  it('has dates as whole seconds, uncut', () => {
    const seconds = (text: string) => setParameters('v', { expiresOn: new Date(text) }).attributes?.exp
    expect(seconds('2040-01-01T00:00:00Z')).toBe(2_208_988_800)
    expect(seconds('9999-12-31T23:59:59.999Z')).toBe(253_402_300_799)
    expect(seconds('1970-01-01T00:00:00Z')).toBe(0)
    expect(() => seconds('+010000-01-01T00:00:00Z')).toThrow(InvalidRequestError)
    expect(() => seconds('nonsense')).toThrow(TypeError)
    expect(() => setParameters('v', { expiresOn: '2040-01-01' as never })).toThrow('expiresOn must be a Date')
  })

  it('keeps to the limits of the service', () => {
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, 'v']))
    const long = (length: number) => 'x'.repeat(length)
    expect(
      setParameters(long(25_600), { contentType: long(255), tags: { [long(512)]: long(512), ...tags(14) } }),
    ).toBeTruthy()
    for (const refused of [
      () => setParameters(long(25_601), {}),
      () => setParameters('v', { contentType: long(256) }),
      () => setParameters('v', { tags: tags(16) }),
      () => setParameters('v', { tags: { a: long(513) } }),
      () => setParameters('v', { tags: { [long(513)]: 'a' } }),
    ]) {
      expect(refused).toThrow(InvalidRequestError)
    }
    for (const refused of [
      () => setParameters(undefined as never, {}),
      () => setParameters('v', { tags: { a: 1 as never } }),
      () => setParameters('v', { enabled: 'yes' as never }),
    ]) {
      expect(refused).toThrow(TypeError)
    }
  })

  it('appears in no message', () => {
    expect(() => setParameters('hidden'.repeat(10_000), {})).toThrow(/^(?!.*hidden)/)
  })
})

it('clears with null, and keeps with undefined', () => {
  expect(updateParameters({})).toEqual({})
  expect(updateParameters({ contentType: null, tags: null, notBefore: null, expiresOn: null })).toEqual({
    contentType: null,
    tags: {},
    attributes: { nbf: null, exp: null },
  })
})

it('names the rule that a name breaks', () => {
  expect(checkedName('0-Ok')).toBe('0-Ok')
  for (const name of ['', 'a/b', 'a b', 'a_b', 'é', 'a'.repeat(128), '..', 'a\n']) {
    expect(() => checkedName(name), name).toThrow(/1 to 127 letters, digits and hyphens/)
  }
  expect(() => checkedName(undefined as never)).toThrow(TypeError)
  expect(checkedVersion(undefined)).toBe('')
  for (const version of ['../x', 'a/b', 'a?b']) expect(() => checkedVersion(version)).toThrow(InvalidRequestError)
})
