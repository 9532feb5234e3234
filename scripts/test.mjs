/** `npm test`: sets the clone up and runs every test. Arguments go to Vitest: `npm test -- packages/server`. */
import { join } from 'node:path'
import { root, runAndExit, setUp } from './setup.mjs'

const node = setUp()
runAndExit(node, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)])
