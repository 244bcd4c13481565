import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricDecider, type MetricFields } from './billable-metric.decider'

const id = '00000000-0000-7000-8000-000000000001'
const tokens: MetricFields = {
  code: 'tokens',
  name: 'Tokens',
  description: null,
  aggregationType: 'sum',
  fieldName: 'tokens',
  recurring: false,
  roundingFunction: null,
  roundingPrecision: null,
}
const { given } = specificationOf(billableMetricDecider)
const define = (fields: Partial<MetricFields> = {}) =>
  BillableMetric.Define({ id, fields: { ...tokens, ...fields } }, testMetadata())
const change = (changes: Partial<MetricFields>, hasEvents: boolean) => ({
  ...BillableMetric.Change({ id, changes }, testMetadata()),
  facts: { hasEvents },
})
const remove = (pricedByPlan: boolean) => ({
  ...BillableMetric.Remove({ id }, testMetadata()),
  facts: { pricedByPlan },
})
const defined = BillableMetric.Defined({ id, fields: tokens })

describe('define a billable metric', () => {
  describe('that is new', () => {
    it('is defined', () => given().when(define()).then(defined))
    it('needs no field when it counts', () => {
      const fields = { aggregationType: 'count', fieldName: null } as const
      given()
        .when(define(fields))
        .then(BillableMetric.Defined({ id, fields: { ...tokens, ...fields } }))
    })
    it.each(['sum', 'max', 'unique_count', 'latest'] as const)('needs a field for %s', (aggregationType) => {
      given()
        .when(define({ aggregationType, fieldName: null }))
        .refuses('field_name_required', 'field_name')
      given()
        .when(define({ aggregationType, fieldName: '' }))
        .refuses('field_name_required', 'field_name')
    })
    it('needs a rounding function for a precision', () =>
      given()
        .when(define({ roundingPrecision: 0 }))
        .refuses('rounding_function_required', 'rounding_function'))
    it('cannot be recurring yet', () =>
      given()
        .when(define({ recurring: true }))
        .refuses('not_available', 'recurring'))
  })
  describe('that exists', () => {
    it('refuses', () => given(defined).when(define()).refuses('billable_metric_exists'))
  })
})

describe('change a billable metric', () => {
  describe('that has events', () => {
    it('keeps its field', () =>
      given(defined)
        .when(change({ fieldName: 'words' }, true))
        .refuses('metric_has_events', 'field_name'))
    it('takes the present field as no change', () =>
      given(defined)
        .when(change({ fieldName: 'tokens' }, true))
        .nothing())
    it('may round otherwise', () =>
      given(defined)
        .when(change({ roundingFunction: 'ceil', roundingPrecision: 2 }, true))
        .then(BillableMetric.Changed({ id, changes: { roundingFunction: 'ceil', roundingPrecision: 2 } })))
  })
  describe('that has no events', () => {
    it('may read another field', () =>
      given(defined)
        .when(change({ fieldName: 'words' }, false))
        .then(BillableMetric.Changed({ id, changes: { fieldName: 'words' } })))
    it('cannot lose its field', () =>
      given(defined)
        .when(change({ fieldName: null }, false))
        .refuses('field_name_required', 'field_name'))
    it('never changes code or aggregation', () => {
      given(defined)
        .when(change({ code: 'words' }, false))
        .refuses('code_immutable', 'code')
      given(defined)
        .when(change({ aggregationType: 'max' }, false))
        .refuses('aggregationType_immutable')
    })
  })
})

describe('remove a billable metric', () => {
  it('refuses while a plan prices it', () => given(defined).when(remove(true)).refuses('metric_in_use'))
  it('is removed otherwise', () => given(defined).when(remove(false)).then(BillableMetric.Removed({ id })))
  it('refuses when there is none', () => given().when(remove(false)).refuses('billable_metric_not_found'))
})
