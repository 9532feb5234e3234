import type { SecretBundle, SecretSetParameters } from '@strongroom/protocol'
import { NetworkError, ResourceNotFoundError, RestError } from '../errors/rest-error.js'
import { secretFromBundle } from '../models/from-wire.js'
import type { KeyVaultSecret, SetSecretResult } from '../models/key-vault-secret.js'
import type { OperationOptions, SetSecretOptions } from '../options.js'
import type { Call } from '../pipeline/calls.js'
import { delay } from '../pipeline/delay.js'
import { outcomeOf, tellRetry } from '../pipeline/retry.js'
import { type AttemptOutcome, isTransient, mayHaveActed, retryDelay } from '../pipeline/retry-decision.js'
import type { Track, Wire } from './wire.js'

/**
 * Sets a secret, and makes one version even if the vault's answer is lost: before asking again it looks whether the
 * newest version is already what was asked for.
 * @param isOurs - whether a version id is known from before, so that it cannot be the answer that was lost
 */
export async function setSecret(
  wire: Wire,
  name: string,
  parameters: SecretSetParameters,
  options: SetSecretOptions,
  call: Call,
  isKnown: (version: string) => boolean,
): Promise<SetSecretResult> {
  const began = performance.now()
  const track: Track = {}
  for (;;) {
    try {
      const secret = await put(wire, name, parameters, options, call, track)
      return withOutcome(secret, 'created')
    } catch (error) {
      const outcome = outcomeOfError(error)
      // What the vault cannot have acted on, the pipeline has already repeated as often as it may.
      if (outcome === undefined || !track.sent || !isTransient(outcome) || !mayHaveActed(outcome)) throw error
      const attempt = track.attempt ?? 1
      const wait = retryDelay(outcome, attempt, false, wire.retrySettings, Math.random())
      if (wait !== undefined) {
        await tellRetry(wire.hooksOf(options), attempt, wait, outcome)
        await delay(wait, call.signal)
      }
      const found = await look(wire, name, parameters, options, call, () => performance.now() - began, isKnown)
      if (found === 'unknown') throw outcomeUnknown(error as RestError)
      if (found !== 'absent') return withOutcome(found, 'confirmed')
      if (wait === undefined) throw error
      track.attempt = attempt + 1
    }
  }
}

function put(
  wire: Wire,
  name: string,
  body: SecretSetParameters,
  options: OperationOptions,
  call: Call,
  track: Track,
): Promise<KeyVaultSecret> {
  return wire.ask<SecretBundle, KeyVaultSecret>(
    { operation: 'set', repetition: 'unsafe', method: 'PUT', path: `/secrets/${name}`, body },
    options,
    call,
    (answer) => secretFromBundle(answer.body),
    track,
  )
}

/** The newest version if it is the one that was asked for. */
async function look(
  wire: Wire,
  name: string,
  parameters: SecretSetParameters,
  options: OperationOptions,
  call: Call,
  elapsed: () => number,
  isKnown: (version: string) => boolean,
): Promise<KeyVaultSecret | 'absent' | 'unknown'> {
  const { onResponse: _, clientRequestId: __, ...rest } = options
  try {
    return await wire.ask<SecretBundle, KeyVaultSecret | 'absent'>(
      { operation: 'get', method: 'GET', path: `/secrets/${name}/` },
      rest,
      call,
      ({ body, headers }) => {
        const secret = secretFromBundle(body)
        const since = startOnVaultClock(headers.get('date'), elapsed(), Date.now())
        const known = secret.properties.version !== undefined && isKnown(secret.properties.version)
        return !known && isWhatWasAsked(body, parameters, since) ? secret : 'absent'
      },
    )
  } catch (error) {
    if (error instanceof ResourceNotFoundError) return 'absent'
    if (error instanceof RestError) return 'unknown'
    throw error
  }
}

/** Whether a version is the result of this very set. @param since - Unix seconds of the vault's clock */
export function isWhatWasAsked(bundle: SecretBundle, asked: SecretSetParameters, since: number): boolean {
  const { created = 0, enabled = true, nbf, exp } = bundle.attributes
  return (
    created >= since &&
    bundle.value === asked.value &&
    (bundle.contentType ?? '') === (asked.contentType ?? '') &&
    enabled === (asked.attributes?.enabled ?? true) &&
    (nbf ?? undefined) === (asked.attributes?.nbf ?? undefined) &&
    (exp ?? undefined) === (asked.attributes?.exp ?? undefined) &&
    sameTags(bundle.tags ?? {}, asked.tags ?? {})
  )
}

/**
 * When the set began, in Unix seconds of the vault's own clock, which need not agree with ours.
 * @param date - the `Date` header of an answer that has just come
 */
export function startOnVaultClock(date: string | undefined, elapsedInMs: number, now: number): number {
  const vaultNow = date === undefined ? Number.NaN : Date.parse(date)
  // Without the header only our own clock is left, and clocks differ.
  const tolerance = 60_000
  return Math.floor((Number.isNaN(vaultNow) ? now - elapsedInMs - tolerance : vaultNow - elapsedInMs) / 1000)
}

function sameTags(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

function outcomeOfError(error: unknown): AttemptOutcome | undefined {
  if (error instanceof NetworkError) return { code: error.code, requestSent: error.requestSent }
  if (!(error instanceof RestError) || error.response === undefined) return undefined
  return outcomeOf(error.response)
}

function outcomeUnknown(error: RestError): RestError {
  error.hint =
    'Whether the vault stored the value is unknown, and could not be looked up: compare the newest version before setting it again.'
  return error
}

function withOutcome(secret: KeyVaultSecret, outcome: 'created' | 'confirmed'): SetSecretResult {
  return Object.defineProperty(secret, 'outcome', { value: outcome })
}
