export {
  type ApiFeatures,
  apiFeatures,
  type KnownApiVersion,
  knownApiVersions,
  latestApiVersion,
} from './api-version.js'
export * from './bodies.js'
export * from './errors.js'
export { limits, secretNamePattern, vaultNamePattern, versionIdPattern } from './limits.js'
export * from './secret-identifier.js'
