import assert from 'node:assert/strict'

export const versionId = /^[0-9a-f]{32}$/

/** The members of a version's properties that hold for every secret, and the ones the caller expects. */
export function assertProperties(run, properties, expected) {
  const { name } = expected
  assert.equal(properties.name, name)
  assert.match(properties.version, versionId)
  assert.equal(properties.vaultUrl, run.vault.url)
  assert.equal(properties.id, `${run.vault.url}/secrets/${name}/${properties.version}`)
  assertMetadata(run, properties, expected)
}

/** The same for an item of a list, which names no version. */
export function assertListed(run, properties, expected) {
  assert.equal(properties.name, expected.name)
  assert.equal(properties.version, undefined)
  assert.equal(properties.id, `${run.vault.url}/secrets/${expected.name}`)
  assertMetadata(run, properties, expected)
}

function assertMetadata(run, properties, { enabled = true, contentType, tags, notBefore, expiresOn, managed }) {
  assert.equal(properties.enabled, enabled)
  assert.equal(properties.contentType, contentType)
  assert.deepEqual(properties.tags && { ...properties.tags }, tags)
  assert.deepEqual(properties.notBefore, notBefore)
  assert.deepEqual(properties.expiresOn, expiresOn)
  assert.equal(properties.managed, managed)
  assert.equal(properties.recoveryLevel, recoveryLevel(run.vault.retentionInDays))
  assert.equal(properties.recoverableDays, run.vault.retentionInDays)
  assertWholeSeconds(properties.createdOn)
  assertWholeSeconds(properties.updatedOn)
  assert.ok(properties.updatedOn >= properties.createdOn)
}

export function recoveryLevel(retentionInDays) {
  return retentionInDays === 90 ? 'Recoverable+Purgeable' : 'CustomizedRecoverable+Purgeable'
}

export function assertWholeSeconds(date) {
  assert.ok(date instanceof Date, `${date} is a Date`)
  assert.equal(date.getMilliseconds(), 0)
}

/** Within a few seconds of now: the vault's clock and ours are the same machine's. */
export function assertJustNow(date) {
  const distance = Math.abs(Date.now() - date.getTime())
  assert.ok(distance < 10_000, `${date.toISOString()} is ${distance} ms from now`)
}

/**
 * Asserts that the vault refuses a call, with the status, codes and message of the contract.
 * @param expected.message - the whole text, or a pattern
 */
export async function assertRefused(run, call, { status, code, innerCode, message, errorClass }) {
  const error = await rejectionOf(call)
  const shown = `${error.name}: ${error.message}`
  assert.equal(error.statusCode, status, shown)
  assert.equal(error.name, 'RestError', shown)
  if (run.traits.exportsErrors) assert.ok(run.secrets.isRestError(error), shown)
  assert.equal(error.code, code, shown)
  assert.equal(error.details?.error?.innerError?.code, innerCode, shown)
  if (message instanceof RegExp) assert.match(error.message, message)
  else if (message !== undefined) assert.equal(error.message, message)
  if (run.traits.hasErrorClasses) {
    assert.equal(error.innerCode, innerCode)
    if (errorClass) assert.ok(error instanceof run.secrets[errorClass], `${shown} is a ${errorClass}`)
  }
  return error
}

/** Asserts that a call fails before any request is sent; only for clients that check first. */
export async function assertRefusedLocally(call, { message, client }) {
  let requests = 0
  const error = await rejectionOf(() => call(client(() => requests++)))
  assert.equal(error.statusCode, undefined, `${error.name}: ${error.message}`)
  assert.equal(requests, 0, 'no request was sent')
  assert.match(error.message, message)
  return error
}

export async function rejectionOf(call) {
  let result
  try {
    result = await call()
  } catch (error) {
    return error
  }
  assert.fail(`expected a refusal, got ${typeof result}`)
}

export const notFound = (subject) => ({
  status: 404,
  code: 'SecretNotFound',
  message: `A secret with (name/id) ${subject} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  errorClass: 'ResourceNotFoundError',
})

export const deletedNotFound = (name) => ({
  status: 404,
  code: 'SecretNotFound',
  message: `Deleted Secret not found: ${name}`,
  errorClass: 'ResourceNotFoundError',
})

export const isDeleted = (name) => ({
  status: 409,
  code: 'Conflict',
  innerCode: 'ObjectIsDeletedButRecoverable',
  message: `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
  errorClass: 'SecretDeletedError',
})

export const isDisabled = {
  status: 403,
  code: 'Forbidden',
  innerCode: 'SecretDisabled',
  message: 'Operation get is not allowed on a disabled secret.',
  errorClass: 'SecretDisabledError',
}

export async function allOf(iterable) {
  const items = []
  for await (const item of iterable) items.push(item)
  return items
}

/** The vault counts in whole seconds: what must differ in time waits for the next one. */
export const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1050 - (Date.now() % 1000)))

/** Deletes and waits until it is done. */
export async function remove(run, name) {
  const poller = await run.client.beginDeleteSecret(name, { intervalInMs: 20 })
  return await poller.pollUntilDone()
}

export async function recover(run, name) {
  const poller = await run.client.beginRecoverDeletedSecret(name, { intervalInMs: 20 })
  return await poller.pollUntilDone()
}
