import { randomBytes } from 'node:crypto'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { MESSAGE_BYTES_MAX, REPLY_BYTES_MAX } from '@billstream/messaging'
import { header } from '../connection/message-headers'
import { partsOf, ReplyParts } from './reply-parts'

const reply = randomBytes(2 * MESSAGE_BYTES_MAX + 1)
const other = randomBytes(3 * MESSAGE_BYTES_MAX)

/** What came back whole, in the order in which it became whole. */
function joined(parts: readonly ReturnType<typeof partsOf>[number][], into = new ReplyParts()): string[] {
  return parts.flatMap((part) => into.join('asked', part)?.toString('latin1') ?? [])
}

describe('a reply that fits into a message', () => {
  const small = reply.subarray(0, MESSAGE_BYTES_MAX)

  it('is one part without a word of it', () => expect(partsOf(small)).toEqual([{ value: small, headers: {} }]))
  it('is whole at once', () => expect(joined(partsOf(small))).toEqual([small.toString('latin1')]))
})

describe('a reply that does not', () => {
  const whole = [reply.toString('latin1')]

  it('has parts that fit, and is whole with the last of them', () => {
    const parts = partsOf(reply)
    expect(parts.map(({ value }) => value.length)).toEqual([MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX, 1])
    expect(joined(parts.slice(0, -1))).toEqual([])
    expect(joined(parts)).toEqual(whole)
  })

  it('is the same out of order and when parts come again', () => {
    const [first, second, third] = partsOf(reply)
    if (!first || !second || !third) throw new Error('three parts')
    expect(joined([third, first, first, third, second])).toEqual(whole)
  })

  it('is not mixed with a second answer to the same request', () => {
    const [one, two] = [partsOf(reply), partsOf(other)]
    const mixed = [0, 1, 2].flatMap((index) => [two[index], one[index]]).flatMap((part) => part ?? [])
    expect(joined(mixed)).toEqual([other.toString('latin1'), reply.toString('latin1')])
    expect(joined([...one.slice(0, 1), ...two])).toEqual([other.toString('latin1')])
  })

  it('is forgotten in part when nobody waits any more', () => {
    const [first, ...rest] = partsOf(reply)
    const parts = new ReplyParts()
    if (first) parts.join('asked', first)
    parts.forget('asked')
    expect(joined(rest, parts)).toEqual([])
  })
})

describe('more parts than may wait', () => {
  const parts = new ReplyParts()
  const value = Buffer.from('x')
  const part = (number: number) => ({
    value,
    headers: { [header.sending]: 'endless', [header.part]: `${number}/1000` },
  })
  const most = (2 * REPLY_BYTES_MAX) / MESSAGE_BYTES_MAX

  it('are refused, until those before are forgotten', () => {
    for (let number = 1; number <= most; number += 1) parts.join('endless', part(number))
    expect(() => parts.join('endless', part(most + 1))).toThrow(BrokerUnavailable)
    expect(() => joined(partsOf(reply), parts)).toThrow(BrokerUnavailable)
    parts.forget('endless')
    expect(joined(partsOf(reply), parts)).toHaveLength(1)
  })
})

describe('what another producer calls a part', () => {
  it.each([undefined, '', '0/2', '3/2', '1', 'x/2', '1/2/3', '-1/2'])('is none as %j', (part) => {
    const headers = { [header.sending]: 'foreign', ...(part !== undefined && { [header.part]: part }) }
    expect(() => new ReplyParts().join('asked', { value: Buffer.from('x'), headers })).toThrow(TypeError)
  })

  it.each([null, Buffer.alloc(MESSAGE_BYTES_MAX + 1)])('is none with another size (%#)', (value) => {
    const headers = { [header.sending]: 'foreign', [header.part]: '1/2' }
    expect(() => new ReplyParts().join('asked', { value, headers })).toThrow(TypeError)
  })
})
