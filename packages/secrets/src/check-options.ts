/** Names that every operation takes. */
const operation = [
  'abortSignal',
  'requestOptions',
  'tracingOptions',
  'onResponse',
  'hooks',
  'deadlineInMs',
  'clientRequestId',
]
const writable = ['contentType', 'enabled', 'notBefore', 'expiresOn', 'tags']
/** The rest of a secret's properties: many callers pass all of `secret.properties` on, and only mean the writable ones. */
const readOnly = [
  'id',
  'name',
  'version',
  'vaultUrl',
  'createdOn',
  'updatedOn',
  'recoveryLevel',
  'recoverableDays',
  'managed',
  'keyId',
  'certificateKeyId',
  'previousVersion',
  'recoveryId',
  'scheduledPurgeDate',
  'deletedOn',
]

const known = {
  client: [
    'serviceVersion',
    'disableChallengeResourceVerification',
    'allowInsecureConnection',
    'httpClient',
    'caCertificate',
    'tlsOptions',
    'proxyOptions',
    'agent',
    'keepAliveOptions',
    'retryOptions',
    'redirectOptions',
    'userAgentOptions',
    'telemetryOptions',
    'additionalPolicies',
    'hooks',
    'connectTimeoutInMs',
    'requestOptions',
    'deadlineInMs',
  ],
  operation,
  get: [...operation, 'version', 'outContentType'],
  set: [...operation, ...writable, ...readOnly],
  update: [...operation, ...writable, ...readOnly],
  list: [...operation, 'maxPageSize'],
  poller: [...operation, 'intervalInMs', 'resumeFrom'],
  credential: [
    'authorityHost',
    'caCertificate',
    'tlsOptions',
    'proxyOptions',
    'httpClient',
    'connectTimeoutInMs',
    'retryOptions',
  ],
  retryOptions: ['maxRetries', 'retryDelayInMs', 'maxRetryDelayInMs'],
  tlsOptions: ['ca', 'cert', 'key', 'passphrase', 'pfx'],
} satisfies Record<string, readonly string[]>

const sets = new Map(Object.entries(known).map(([kind, names]) => [kind, new Set(names)]))

/**
 * Refuses options that nobody knows: a misspelt `expiresOn` that is silently ignored is found out years later.
 * @throws {TypeError} naming the option and, where there is one, the name that was probably meant
 */
export function checkOptions(kind: keyof typeof known, options: object | undefined): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const names = sets.get(kind)
  for (const name of Object.keys(options)) {
    if (names?.has(name)) continue
    const similar = known[kind].find((other) => resemble(other, name))
    throw new TypeError(`unknown option "${name}"${similar === undefined ? '' : `: did you mean "${similar}"?`}`)
  }
}

function resemble(known: string, given: string): boolean {
  const [a, b] = [known.toLowerCase(), given.toLowerCase()]
  return a === b || (b.length >= 4 && (a.startsWith(b) || b.startsWith(a)))
}
