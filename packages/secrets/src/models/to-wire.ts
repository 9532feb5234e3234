import { limits, type SecretSetParameters, type SecretUpdateParameters, secretNamePattern } from '@strongroom/protocol'
import { InvalidRequestError } from '../errors/rest-error.js'
import type { SetSecretOptions, UpdateSecretPropertiesOptions } from '../options.js'
import { unixTime } from './unix-time.js'

/** The body of a set. Members without a value are left out, `attributes` too if it would be empty. */
export function setParameters(value: string, options: SetSecretOptions): SecretSetParameters {
  if (typeof value !== 'string') throw new TypeError('the value of a secret must be a string')
  if (value.length > limits.valueLength) {
    refuse(`The value has ${value.length} characters; a secret holds at most ${limits.valueLength}.`)
  }
  const parameters: SecretSetParameters = { value }
  // In a new version there is nothing to clear: null is as good as nothing.
  const given = propertiesToWire(options)
  if (given.contentType != null) parameters.contentType = given.contentType
  if (given.tags != null && Object.keys(given.tags).length > 0) parameters.tags = given.tags
  const attributes = Object.fromEntries(Object.entries(given.attributes ?? {}).filter(([, member]) => member !== null))
  if (Object.keys(attributes).length > 0) parameters.attributes = attributes
  return parameters
}

/** The body of an update: an absent member keeps what is stored, `null` clears it. */
export function updateParameters(options: UpdateSecretPropertiesOptions): SecretUpdateParameters {
  return propertiesToWire(options)
}

function propertiesToWire(options: UpdateSecretPropertiesOptions): SecretUpdateParameters {
  const { contentType, tags, enabled } = options
  const parameters: SecretUpdateParameters = {}
  if (contentType !== undefined) parameters.contentType = checkedContentType(contentType)
  // Every vault takes empty tags for none; not every one takes null.
  if (tags !== undefined) parameters.tags = checkedTags(tags ?? {})
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean') {
    throw new TypeError('enabled must be true or false')
  }
  const nbf = unixTime('notBefore', options.notBefore)
  const exp = unixTime('expiresOn', options.expiresOn)
  const attributes = {
    ...(enabled !== undefined && enabled !== null && { enabled }),
    ...(nbf !== undefined && { nbf }),
    ...(exp !== undefined && { exp }),
  }
  if (Object.keys(attributes).length > 0) parameters.attributes = attributes
  return parameters
}

/** The name of a secret, if it is one. */
export function checkedName(name: string): string {
  if (typeof name !== 'string') throw new TypeError('the name of a secret must be a string')
  if (!secretNamePattern.test(name)) {
    refuse(`"${name.slice(0, 140)}" is no name of a secret: it must have 1 to 127 letters, digits and hyphens.`)
  }
  return name
}

/** The version as a path segment; empty for the latest. */
export function checkedVersion(version: string | undefined): string {
  if (version === undefined || version === '') return ''
  if (typeof version !== 'string') throw new TypeError('version must be a string')
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(version)) {
    refuse('A version of a secret is named by its id, 32 hexadecimal digits.')
  }
  return version
}

function checkedContentType(contentType: string | null): string | null {
  if (contentType === null) return null
  if (typeof contentType !== 'string') throw new TypeError('contentType must be a string')
  if (contentType.length > limits.contentTypeLength) {
    refuse(`contentType has ${contentType.length} characters; at most ${limits.contentTypeLength} are allowed.`)
  }
  return contentType
}

function checkedTags(tags: Record<string, string>): Record<string, string> {
  if (typeof tags !== 'object') throw new TypeError('tags must be an object of strings')
  const entries = Object.entries(tags).filter(([, value]) => value !== undefined)
  if (entries.length > limits.tags) refuse(`There are ${entries.length} tags; a secret has at most ${limits.tags}.`)
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw new TypeError(`the tag "${name.slice(0, 100)}" must be a string`)
    if (name.length > limits.tagLength || value.length > limits.tagLength) {
      refuse(
        `The tag "${name.slice(0, 100)}" is too long: name and value have at most ${limits.tagLength} characters each.`,
      )
    }
  }
  return Object.fromEntries(entries)
}

function refuse(message: string): never {
  throw new InvalidRequestError(message, { code: 'BadParameter' })
}
