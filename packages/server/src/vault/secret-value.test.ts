import { format, inspect } from 'node:util'
import { expect, it } from 'vitest'
import { SecretValue } from './secret-value.js'

const value = new SecretValue('s3cret')

it('a value comes out by reveal, and by nothing else', () => {
  expect(value.reveal()).toBe('s3cret')
  const printed = [
    String(value),
    `${value}`,
    JSON.stringify({ value }),
    JSON.stringify(Object.entries(value)),
    inspect(value, { showHidden: true, depth: 9 }),
    inspect({ value }),
    format('%s %o %j %O', value, value, value, value),
  ]
  for (const text of printed) expect(text).not.toContain('s3cret')
  expect(Reflect.ownKeys(value)).toEqual([])
})
