import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VaultError } from '../vault/vault-error.js'
import { parseRestoreBody, parseSetBody, parseUpdateBody } from './secret-requests.js'

function refusal(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    if (error instanceof VaultError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'none'
}
const property = 'BadParameter: Property has invalid value\r\n'

describe('the body of a set', () => {
  it('gives the value, and attributes with their defaults', () => {
    const { value, attributes } = parseSetBody('{"value":"v"}')
    expect(value.reveal()).toBe('v')
    expect(attributes).toEqual({
      enabled: true,
      notBefore: undefined,
      expiresOn: undefined,
      contentType: undefined,
      tags: undefined,
    })
  })
  it('keeps any well-formed value and tags', () => {
    const text = fc.string({ unit: 'binary', maxLength: 500 }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(text, fc.dictionary(text, text, { maxKeys: 15 }), (value, tags) => {
        const parsed = parseSetBody(JSON.stringify({ value, tags }))
        expect(parsed.value.reveal()).toBe(value)
        expect(parsed.attributes.tags === undefined ? {} : JSON.parse(parsed.attributes.tags)).toEqual(
          JSON.parse(JSON.stringify(tags)),
        )
      }),
    )
  })
  it('keeps a tag whose name JavaScript objects know', () => {
    const body = '{"value":"v","tags":{"__proto__":"a","constructor":"b"}}'
    expect(parseSetBody(body).attributes.tags).toBe('{"__proto__":"a","constructor":"b"}')
  })
  it('takes no member from what every object inherits', () => {
    const body = '{"__proto__":{"value":"v"},"constructor":1}'
    expect(refusal(() => parseSetBody(body))).toContain('value is missing')
  })
  it('of any text whatever is read or refused, and nothing else', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => refusal(() => parseSetBody(text)) !== ''))
  })
})

describe('the body of an update', () => {
  it('tells absent from null', () => {
    expect(parseUpdateBody('{}')).toEqual({})
    expect(parseUpdateBody('')).toEqual({})
    expect(parseUpdateBody('{"attributes":{}}')).toEqual({})
    expect(parseUpdateBody('{"contentType":null,"tags":null,"attributes":{"nbf":null,"exp":null}}')).toEqual({
      contentType: null,
      tags: null,
      notBefore: null,
      expiresOn: null,
    })
  })
  it('takes empty for null, and a null that cannot clear for absent', () => {
    expect(parseUpdateBody('{"contentType":"","tags":{}}')).toEqual({ contentType: null, tags: null })
    expect(parseUpdateBody('{"attributes":{"enabled":null}}')).toEqual({})
    expect(parseUpdateBody('{"attributes":null}')).toEqual({})
  })
  it.each([
    ['contentType', ['1', 'true', '[]', '{}', JSON.stringify('x'.repeat(256))]],
    ['tags', ['1', '"a"', 'true', '["a"]', '{"a":1}', '{"a":null}', '{"a":{}}']],
    ['attributes', ['1', '"a"', 'true', '[]', '{"enabled":"true"}', '{"enabled":1}']],
  ])('refuses a wrong %s', (member, values) => {
    for (const value of values) expect(refusal(() => parseUpdateBody(`{"${member}":${value}}`))).toBe(property)
  })
  it.each(['"1"', 'true', '1.5', '1e300', '253402300800', '[]', '{}'])('refuses the date %s', (date) => {
    for (const member of ['nbf', 'exp']) {
      expect(refusal(() => parseUpdateBody(`{"attributes":{"${member}":${date}}}`))).toBe(
        `BadParameter: ${member} must be whole Unix seconds from 0 to 253402300799.`,
      )
    }
  })
  it.each(['0', '-0', '1', '1e3', '1.0', '253402300799', '2147483648'])('takes the date %s', (date) => {
    expect(parseUpdateBody(`{"attributes":{"exp":${date}}}`)).toEqual({ expiresOn: Number(date) })
  })
})

describe('the body of a restore', () => {
  it('gives the bytes, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const unpadded = Buffer.from(bytes).toString('base64url')
        const padded = unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=')
        for (const value of [unpadded, padded]) {
          expect(parseRestoreBody(JSON.stringify({ value }))).toEqual(Buffer.from(bytes))
        }
      }),
    )
  })
  it.each(['', 'a b', 'a+b', 'a/b', '===', 'ä', 'a=b'])('refuses %j as no blob', (value) => {
    expect(refusal(() => parseRestoreBody(JSON.stringify({ value })))).toBe(
      'MalformedBackup: Backup blob contains invalid or corrupt version.',
    )
  })
  it.each(['', '{}', '{"value":null}', '{"value":1}', '{"value":["a"]}'])('refuses %j for want of a blob', (body) => {
    expect(refusal(() => parseRestoreBody(body))).toContain('BadParameter: The backup to restore is missing')
  })
})
