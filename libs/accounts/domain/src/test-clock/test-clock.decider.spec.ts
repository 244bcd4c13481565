import {
  AdvanceTestClock,
  CreateTestClock,
  FinishTestClockAdvance,
  StepTestClock,
  TestClockAdvanced,
  TestClockAdvanceStarted,
  TestClockCreated,
  TestClockStepped,
} from '@billstream/accounts-contracts'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { testClockDecider } from './test-clock.decider'

const { given } = specificationOf(testClockDecider)
const testClockId = '00000000-0000-5000-8000-000000000003'
const november = '2023-11-01T00:00:00.000Z'
const december = '2023-12-01T00:00:00.000Z'
const january = '2024-01-01T00:00:00.000Z'

const create = CreateTestClock({ testClockId, name: 'story', frozenTime: november }, testMetadata())
const created = TestClockCreated({ testClockId, name: 'story', frozenTime: november })
const started = TestClockAdvanceStarted({ testClockId, from: november, targetTime: december })
const advanceTo = (targetTime: string) => AdvanceTestClock({ testClockId, targetTime }, testMetadata())
const stepTo = (frozenTime: string) => StepTestClock({ testClockId, frozenTime }, testMetadata())
const finish = FinishTestClockAdvance({ testClockId }, testMetadata())

describe('a test clock', () => {
  describe('that does not exist', () => {
    it('is created in a test organization', () =>
      given()
        .when({ ...create, facts: { testOrganization: true } })
        .then(created))
    it('is refused in a live one', () =>
      given()
        .when({ ...create, facts: { testOrganization: false } })
        .refuses('test_organization_only'))
    it.each([advanceTo(december), stepTo(december), finish])('refuses $type', (command) =>
      given().when(command).refuses('test_clock_not_found'),
    )
  })

  describe('that is ready', () => {
    const { when } = given(created)

    it('starts to advance', () => when(advanceTo(december)).then(started))
    it('does nothing for an equal time', () => when(advanceTo(november)).nothing())
    it('never goes back', () =>
      when(advanceTo('2023-10-31T23:59:59.999Z')).refuses('frozen_time_earlier', 'frozen_time'))
    it('takes no step', () => when(stepTo(december)).refuses('test_clock_not_advancing'))
    it('has nothing to finish', () => when(finish).nothing())
    it('is not created again', () => when(create).refuses('test_clock_exists'))
  })

  describe('that advances', () => {
    const step = '2023-11-15T00:00:00.000Z'
    const { when } = given(created, started, TestClockStepped({ testClockId, frozenTime: step }))

    it('takes the next step', () =>
      when(stepTo(december)).then(TestClockStepped({ testClockId, frozenTime: december })))
    it('ignores a step that it took already', () => when(stepTo(step)).nothing())
    it('goes no further than its target', () => when(stepTo(january)).refuses('step_beyond_target'))
    it('does nothing for the same target', () => when(advanceTo(december)).nothing())
    it.each([january, november])('refuses another target: %s', (target) =>
      when(advanceTo(target)).refuses('test_clock_advancing'),
    )
    it('finishes at its target', () => when(finish).then(TestClockAdvanced({ testClockId, frozenTime: december })))
  })

  describe('that has advanced', () => {
    it('advances on from there', () =>
      given(created, started, TestClockAdvanced({ testClockId, frozenTime: december }))
        .when(advanceTo(january))
        .then(TestClockAdvanceStarted({ testClockId, from: december, targetTime: january })))
  })
})
