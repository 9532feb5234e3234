import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery } from './query.js'

describe('a query', () => {
  it.each([
    ['api-version=7.4', { 'api-version': '7.4' }],
    ['api%2Dversion=7.4', { 'api-version': '7.4' }],
    ['api%2dversion=7%2E4', { 'api-version': '7.4' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['%24skiptoken=x&$other=y', { $skiptoken: 'x', $other: 'y' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=one+two%2Bthree', { a: 'one two+three' }],
    ['flag', { flag: '' }],
    ['a=', { a: '' }],
    ['a=1&a=2', { a: '1' }],
    ['a=%zz&b=%ff', { a: '%zz', b: '%ff' }],
  ])('%s reads', (text, expected) => {
    expect(Object.fromEntries(parseQuery(text))).toEqual(expected)
  })
  it('reads the same a second time', () => {
    expect(parseQuery('x=1&y=2')).toEqual(parseQuery('x=1&y=2'))
  })
  it('gives any parameters back that were encoded', () => {
    const pairs = fc.dictionary(fc.string({ minLength: 1 }), fc.string())
    fc.assert(
      fc.property(pairs, (wanted) => {
        const text = Object.entries(wanted)
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join('&')
        const query = parseQuery(text)
        for (const [name, value] of Object.entries(wanted)) expect(query.get(name)).toBe(value)
      }),
    )
  })
  it('of any text whatever reads as something', () => {
    fc.assert(fc.property(fc.string(), (text) => parseQuery(text) instanceof Map))
  })
})
