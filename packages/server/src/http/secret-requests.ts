import { limits } from '@strongroom/protocol'
import type { SecretAttributes, SecretChanges, TagsJson, UnixSeconds } from '../vault/secret.js'
import { SecretValue } from '../vault/secret-value.js'
import { VaultError } from '../vault/vault-error.js'

type Json = Record<string, unknown>

/** A set's body. An optional member that is null is as good as absent. */
export function parseSetBody(text: string): { value: SecretValue; attributes: SecretAttributes } {
  const body = parseObject(text)
  const value = parseValue(body.value)
  const dates = parseAttributes(body.attributes)
  return {
    value,
    attributes: {
      enabled: dates.enabled ?? true,
      notBefore: dates.notBefore ?? undefined,
      expiresOn: dates.expiresOn ?? undefined,
      contentType: parseContentType(body.contentType) ?? undefined,
      tags: parseTags(body.tags) ?? undefined,
    },
  }
}

/** An update's body. An absent member keeps, null clears; an empty content type and empty tags clear too. */
export function parseUpdateBody(text: string): SecretChanges {
  const body = parseObject(text)
  const contentType = parseContentType(body.contentType)
  const tags = parseTags(body.tags)
  return {
    ...parseAttributes(body.attributes),
    ...(contentType !== undefined && { contentType }),
    ...(tags !== undefined && { tags }),
  }
}

/** A restore's body: the blob's bytes. */
export function parseRestoreBody(text: string): Buffer {
  const { value } = parseObject(text)
  if (typeof value !== 'string') throw bad('The backup to restore is missing: send it as the string "value".')
  if (!/^[\w-]+={0,2}$/.test(value)) {
    throw new VaultError('MalformedBackup', 'Backup blob contains invalid or corrupt version.')
  }
  return Buffer.from(value, 'base64url')
}

function parseObject(text: string): Json {
  if (text === '') return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw bad('The request body is no valid JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw bad('The request body is no JSON object.')
  return body as Json
}

function parseValue(value: unknown): SecretValue {
  if (typeof value !== 'string') throw bad('The secret\'s value is missing: send it as the string "value".')
  if (value.length > limits.valueLength) {
    throw bad(`Secret is beyond the maximum permitted length of ${limits.valueLength} characters.`)
  }
  needUnicode(value)
  return new SecretValue(value)
}

function parseContentType(contentType: unknown): string | null | undefined {
  if (contentType === undefined) return undefined
  if (contentType === null || contentType === '') return null
  if (typeof contentType !== 'string' || contentType.length > limits.contentTypeLength) throw invalidProperty()
  needUnicode(contentType)
  return contentType
}

function parseTags(tags: unknown): TagsJson | null | undefined {
  if (tags === undefined) return undefined
  if (tags === null) return null
  if (typeof tags !== 'object' || Array.isArray(tags)) throw invalidProperty()
  const entries = Object.entries(tags)
  if (entries.length > limits.tags) throw invalidProperty()
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || name.length > limits.tagLength || value.length > limits.tagLength) {
      throw invalidProperty()
    }
    needUnicode(name)
    needUnicode(value)
  }
  return entries.length === 0 ? null : (JSON.stringify(tags) as TagsJson)
}

function parseAttributes(attributes: unknown): Pick<SecretChanges, 'enabled' | 'notBefore' | 'expiresOn'> {
  if (attributes === undefined || attributes === null) return {}
  if (typeof attributes !== 'object' || Array.isArray(attributes)) throw invalidProperty()
  const { enabled, nbf, exp } = attributes as Json
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean') throw invalidProperty()
  return {
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(nbf !== undefined && { notBefore: parseDate('nbf', nbf) }),
    ...(exp !== undefined && { expiresOn: parseDate('exp', exp) }),
  }
}

function parseDate(member: 'nbf' | 'exp', date: unknown): UnixSeconds | null {
  if (date === null) return null
  if (typeof date === 'number' && Number.isInteger(date) && date >= 0 && date <= limits.maxDate) return date
  if (typeof date === 'number' && date < 0) {
    throw bad(
      `${member} is negative. A date after January 2038 arrives so from JavaScript clients that cut dates to 32 bits (@azure/keyvault-secrets 4.10 to 4.12): send it by another client, or set an earlier date.`,
    )
  }
  throw bad(`${member} must be whole Unix seconds from 0 to ${limits.maxDate}.`)
}

/** Half a surrogate pair has no UTF-8: it would come back as another character. */
function needUnicode(text: string): void {
  if (!text.isWellFormed()) throw bad('The request holds half of a surrogate pair, which is no Unicode text.')
}

const bad = (message: string) => new VaultError('BadParameter', message)
const invalidProperty = () => bad('Property has invalid value\r\n')
