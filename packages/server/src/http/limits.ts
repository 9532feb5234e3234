/**
 * How much of a body is read. The largest legal set has 25,600 characters and 15 tags, each of them at most 6 bytes of
 * JSON, so under 300 kB; a body beyond that is read a little further, to be refused for what is wrong with it.
 */
export const bodyLimit = 4 * 1024 * 1024

/** A backup holds every version of a secret, in base64: room for some 3,000 of the largest. */
export const restoreLimit = 128 * 1024 * 1024

/** A token longer than this server takes shall be refused as a token, with a challenge, and not as a header. */
export const headerLimit = 64 * 1024
