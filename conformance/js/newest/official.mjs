import * as identity from '@azure/identity'
import * as secrets from '@azure/keyvault-secrets'
import { run } from '../tasks.mjs'

await run({ identity, secrets })
