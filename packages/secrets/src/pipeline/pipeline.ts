import { type AuthenticationOptions, authenticate } from '../auth/authenticate.js'
import type { Transport } from '../http/transport.js'
import type { AdditionalPolicyConfig } from '../options.js'
import type { Send } from './exchange.js'
import { log } from './log.js'
import { hooks, policies } from './policies.js'
import { redirect } from './redirect.js'
import { retry } from './retry.js'
import type { RetrySettings } from './retry-decision.js'

export interface PipelineOptions extends AuthenticationOptions {
  transport: Transport
  retrySettings: RetrySettings
  mostRedirects: number
  additionalPolicies: readonly AdditionalPolicyConfig[]
}

/** The way of every request, from the outside in. What the caller puts in between comes before the token. */
export function pipeline(options: PipelineOptions): Send {
  const at = (position: AdditionalPolicyConfig['position']) =>
    options.additionalPolicies.filter((config) => config.position === position).map(({ policy }) => policy)
  const send: Send = (request) => options.transport.send(request)
  const vault = authenticate(options, redirect(options.origin, options.mostRedirects, log(send)))
  return policies(at('perCall'), retry(options.retrySettings, policies(at('perRetry'), hooks(vault))))
}
