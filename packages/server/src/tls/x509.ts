import { createRequire } from 'node:module'

/**
 * `@peculiar/x509`, loaded without a polyfill for good. One of its dependencies demands the reflection of decorators'
 * metadata while it loads, finds none for these classes, and never asks again. So for that moment we answer "none": a
 * polyfill left in place would meet the one of an application that embeds us. By `require`, so that nobody else runs meanwhile.
 */
export const x509: typeof import('@peculiar/x509') = load()

function load() {
  const require = createRequire(import.meta.url)
  const reflect = Reflect as { getMetadata?: unknown; getOwnMetadata?: unknown }
  if (reflect.getMetadata !== undefined) return require('@peculiar/x509')
  reflect.getMetadata = () => undefined
  reflect.getOwnMetadata = () => undefined
  try {
    return require('@peculiar/x509')
  } finally {
    delete reflect.getMetadata
    delete reflect.getOwnMetadata
  }
}
