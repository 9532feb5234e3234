/**
 * The credential of the vault's application.
 *
 * `disableInstanceDiscovery` and `authorityHost` are all that a private vault asks of `@azure/identity`: without the first
 * it looks an unknown authority up at Microsoft's public service, which no vault of one's own is listed at, and no
 * environment variable turns that off; the second says where tokens are issued. Everything else stays as it comes, the
 * verification of the vault's challenge above all.
 */
export function credentialOf(run, clientSecret = run.vault.clientSecret) {
  const { tenantId, clientId, authorityUrl } = run.vault
  if (run.credentialKind === 'built-in') {
    return new run.secrets.ClientSecretCredential(tenantId, clientId, clientSecret, {
      authorityHost: authorityUrl,
      ...run.trust,
    })
  }
  return new run.identity.ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: authorityUrl,
    disableInstanceDiscovery: true,
  })
}

export function clientOf(run, options = {}, credential = credentialOf(run)) {
  return new run.secrets.SecretClient(run.vault.url, credential, { ...run.trust, ...options })
}

/** A client whose requests are changed on their way, before a token is attached: for what no client would send by itself. */
export function clientThat(run, change, options = {}, credential = credentialOf(run)) {
  const policy = {
    name: 'conformance-change',
    sendRequest(request, next) {
      change(request)
      return next(request)
    },
  }
  // Per retry, so after the client's own policies, one of which adds a missing api-version.
  return clientOf(run, { ...options, additionalPolicies: [{ policy, position: 'perRetry' }] }, credential)
}

/** A client whose answers pass through a function: to be seen, or to be lost and replaced by another. */
export function clientThatAnswers(run, answer, options = {}) {
  const policy = {
    name: 'conformance-answer',
    async sendRequest(request, next) {
      const response = await next(request)
      return answer(response, request) ?? response
    },
  }
  return clientOf(run, { ...options, additionalPolicies: [{ policy, position: 'perRetry' }] })
}

/** An answer of the vault's, with another status and error. */
export function refusalInPlaceOf(response, status, code) {
  const headers = response.headers
  headers.delete('retry-after')
  return { request: response.request, status, headers, bodyAsText: JSON.stringify({ error: { code, message: code } }) }
}
