/** Shorter, and official clients ask for a token on every call. Longer, and what is revoked stays usable too long. */
export const shortestLifetimeMinutes = 10
export const longestLifetimeMinutes = 60
export const defaultLifetimeMinutes = 30
