import { StoreUnavailable, ViewsBehind } from '@billstream/event-sourcing-runtime'
import { MessageTooLarge, ReplyTimedOut, ReplyTooLarge } from '@billstream/messaging'
import { NotFoundException } from '@nestjs/common'
import { PublicError } from './public-error'
import { publicErrorOf } from './public-error-of'

const fastifyRefusal = Object.assign(new Error('Request body is too large'), { statusCode: 413, code: 'FST_ERR' })

describe('what a client may know of a failure', () => {
  it.each([
    [new PublicError(409, 'code_taken', 'Taken.'), 409, 'code_taken', 'Taken.'],
    [new NotFoundException('Cannot GET /x'), 404, 'not_found', 'Cannot GET /x'],
    [fastifyRefusal, 413, 'too_large', 'Request body is too large'],
    [new MessageTooLarge('1,000,001 bytes'), 413, 'too_large', 'The request is too large.'],
    [new ReplyTooLarge('64,000,001 bytes'), 413, 'too_large', 'The answer is too large: ask for less.'],
  ])('tells what is meant for it (%#)', (error, status, code, message) =>
    expect(publicErrorOf(error)).toMatchObject({ status, code, message }),
  )

  it.each([new StoreUnavailable('10.0.0.3:5432'), new ReplyTimedOut('x'), new ViewsBehind('x')])(
    'asks to try again (%#)',
    (error) =>
      expect(publicErrorOf(error)).toMatchObject({
        status: 503,
        code: 'unavailable',
        options: { retryAfterSeconds: 1 },
      }),
  )

  it.each([new Error('password=secret'), 'a text', undefined, { statusCode: 500 }])('hides a bug (%#)', (error) => {
    expect(publicErrorOf(error)).toMatchObject({
      status: 500,
      code: 'internal_error',
      message: 'Internal server error',
    })
  })
})
