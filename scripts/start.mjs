/** `npm start`: sets the clone up and runs a vault for development. Arguments go to `strongroom dev`: `npm start -- --help`. */
import { join } from 'node:path'
import { root, runAndExit, setUp } from './setup.mjs'

const node = setUp()
runAndExit(node, [join(root, 'packages', 'cli', 'dist', 'main.js'), 'dev', ...process.argv.slice(2)])
