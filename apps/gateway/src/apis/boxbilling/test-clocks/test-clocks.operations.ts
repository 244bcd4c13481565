import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { orNull, text, uuid, instant } = wire
const tag = 'Test Clocks'
const params = Type.Object({ test_clock_id: uuid() })

const TestClockCreate = named('TestClockCreate', { name: text({ min: 1, max: 255 }), frozen_time: instant() })
const TestClockAdvance = named('TestClockAdvance', { frozen_time: instant() })
const TestClockResponse = named('TestClockResponse', {
  id: uuid(),
  name: text(),
  frozen_time: instant(),
  target_time: orNull(instant()),
  status: wire.label(['ready', 'advancing']),
  created_at: instant(),
  updated_at: instant(),
})

export const createTestClock = operation({
  method: 'POST',
  path: '/v1/test_clocks/',
  tag,
  summary: 'Create a test clock (test organizations only)',
  body: TestClockCreate,
  response: TestClockResponse,
  status: 201,
  errors: [400, 401, 422],
})
export const listTestClocks = operation({
  method: 'GET',
  path: '/v1/test_clocks/',
  tag,
  summary: 'List test clocks',
  query: Type.Object(sortedPage),
  response: Type.Array(TestClockResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getTestClock = operation({
  method: 'GET',
  path: '/v1/test_clocks/{test_clock_id}',
  tag,
  summary: 'Get a test clock',
  params,
  response: TestClockResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const advanceTestClock = operation({
  method: 'POST',
  path: '/v1/test_clocks/{test_clock_id}/advance',
  tag,
  summary: 'Advance a test clock; it runs in the background, step by step',
  params,
  body: TestClockAdvance,
  response: TestClockResponse,
  status: 200,
  errors: [401, 404, 409, 422],
})
