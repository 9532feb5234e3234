import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { typescriptExample } from '../src/dev-examples.js'
import { devFolder } from '../src/dev-folder.js'

it("the README's example is the one that npm start prints, which is pasted and run by another test", () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8')
  expect(readme).toContain(typescriptExample(devFolder('.strongroom')))
})
