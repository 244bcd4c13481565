import { retryAfterSeconds } from './retry-after'

const now = '2026-06-11T10:00:00.000Z'

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Thu, 11 Jun 2026 10:01:30 GMT', 90],
    ['Thu, 11 Jun 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['-5 minutes maybe', null],
    [undefined, null],
  ])('%j asks for %j seconds', (header, seconds) => expect(retryAfterSeconds(header, now)).toBe(seconds))
})
