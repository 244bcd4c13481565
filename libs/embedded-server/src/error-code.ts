/** The code of a system error, such as ENOENT. Errors of another realm (a test runner's) are no instances of Error here. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
