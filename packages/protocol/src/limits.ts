/**
 * The limits of the secrets API.
 * @see https://learn.microsoft.com/azure/key-vault/general/service-limits
 * @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 */
export const limits = Object.freeze({
  /** Characters of a secret's name. */
  nameLength: 127,
  /** UTF-16 code units of a value. The documentation says 25 KB without saying of what; this is the wider reading. */
  valueLength: 25_600,
  /** Characters of a content type. */
  contentTypeLength: 255,
  /** Tags of one version. */
  tags: 15,
  /** Characters of a tag's name, and of its value. */
  tagLength: 512,
  /** Items of a page: both the most and the default. */
  pageSize: 25,
  /** Unix seconds of `nbf` and `exp`: the end of the year 9999. */
  maxDate: 253_402_300_799,
  /** Days that a deleted secret stays recoverable. */
  retentionDays: Object.freeze({ min: 7, max: 90, default: 90 }),
})

/** A secret's name: 1 to 127 letters, digits and hyphens. */
export const secretNamePattern: RegExp = /^[0-9a-zA-Z-]{1,127}$/

/** A version's id as the service makes it. */
export const versionIdPattern: RegExp = /^[0-9a-f]{32}$/

/** A vault's name: 3 to 24 letters, digits and single hyphens, starting with a letter, ending with a letter or digit. */
export const vaultNamePattern: RegExp = /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/
