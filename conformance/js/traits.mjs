/**
 * Where our client differs from the official one on purpose, and where the official ones differ from each other. The
 * scenario asserts what each side does, so that a difference which goes away, on either side, shows up as a failure.
 */
const official = {
  /** Dates go out uncut. The official clients cut them to 32 bits, so a date beyond 2038 arrives negative. */
  sendsDatesBeyond2038: false,
  /** A `notBefore` of 1970-01-01 comes back as a Date; the official clients hand out the number 0. */
  readsTheEpochAsDate: false,
  /** Each page of `byPage` carries the token that resumes the list. */
  pagesResume: false,
  /** `console.log` and `JSON.stringify` of a secret show its value. */
  printsValues: true,
  /** Names, lengths and numbers of tags are checked before a request. */
  checksFirst: false,
  /** An option that the client does not know is an error. */
  refusesUnknownOptions: false,
  /** A set whose answer is lost leaves one version: the client looks before it sends again. */
  looksBeforeSettingAgain: false,
  /** A 429 that does not say when to come back is tried again. */
  retriesThrottlingWithoutAdvice: false,
  /** Recover begins with the recovery; the official clients first try to read the secret. */
  recoversAtOnce: false,
  /** Errors have a class per cause, and the inner code on the error itself. */
  hasErrorClasses: false,
  /** The module exports `RestError` and `isRestError`, as the official one does since 4.12. */
  exportsErrors: true,
  /** Secrets and deleted secrets carry their id beside the name. */
  hasIdOnSecrets: false,
  /** `parseKeyVaultSecretIdentifier` refuses the ids of keys and certificates. */
  refusesForeignIdentifiers: false,
  /** `updateSecretProperties(name, options)` works without a version. */
  versionOfUpdateIsOptional: false,
}

export const traits = {
  'official-oldest': { ...official, exportsErrors: false, apiVersion: '2025-07-01' },
  'official-newest': { ...official, apiVersion: '2026-04-01' },
  ours: {
    sendsDatesBeyond2038: true,
    readsTheEpochAsDate: true,
    pagesResume: true,
    printsValues: false,
    checksFirst: true,
    refusesUnknownOptions: true,
    looksBeforeSettingAgain: true,
    retriesThrottlingWithoutAdvice: true,
    recoversAtOnce: true,
    hasErrorClasses: true,
    exportsErrors: true,
    hasIdOnSecrets: true,
    refusesForeignIdentifiers: true,
    versionOfUpdateIsOptional: true,
    apiVersion: '2025-07-01',
  },
}
