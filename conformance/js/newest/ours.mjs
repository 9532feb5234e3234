import * as identity from '@azure/identity'
import * as secrets from '@strongroom/secrets'
import { run } from '../tasks.mjs'

await run({ identity, secrets })
