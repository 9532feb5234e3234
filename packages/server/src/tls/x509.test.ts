import { expect, it } from 'vitest'
import { x509 } from './x509.js'

it('is loaded, and leaves no polyfill behind', () => {
  expect(x509.X509CertificateGenerator).toBeDefined()
  expect(Reflect).not.toHaveProperty('getMetadata')
  expect(Reflect).not.toHaveProperty('getOwnMetadata')
})
