import { Type } from '@sinclair/typebox'
import { refuse } from '@billstream/kernel'
import { Field } from './fields'
import { defineSetting, settingDecider } from './settings'
import { specificationOf, testMetadata } from './testing'

const Badge = defineSetting({
  name: 'Badge',
  context: 'accounts',
  category: 'badge',
  fields: Type.Object({ code: Field.text, label: Field.text, colour: Field.orNull(Field.text) }),
  unique: ['code'],
  immutable: ['code'],
})
type Fields = { code: string; label: string; colour: string | null }
const decider = settingDecider<Fields>(Badge, {
  define: ({ label }) =>
    label === '' ? refuse('label_empty', 'A badge needs a label.', 'label') : { ok: true, value: 0 },
  remove: (_present, facts) =>
    (facts as { worn: boolean }).worn ? refuse('badge_worn', 'Somebody wears it.') : { ok: true, value: 0 },
})
const specification = specificationOf(decider)
const id = '00000000-0000-7000-8000-0000000000b1'
const fields: Fields = { code: 'gold', label: 'Gold', colour: null }
const defined = Badge.Defined({ id, fields })
const define = Badge.Define({ id, fields }, testMetadata())
const change = (changes: Partial<Fields>) => Badge.Change({ id, changes }, testMetadata())
const remove = (worn: boolean) => ({ ...Badge.Remove({ id }, testMetadata()), facts: { worn } })

describe('a setting', () => {
  describe('that is not defined', () => {
    it('is defined', () => specification.given().when(define).then(defined))
    it('obeys its guard', () =>
      specification
        .given()
        .when(Badge.Define({ id, fields: { ...fields, label: '' } }, testMetadata()))
        .refuses('label_empty', 'label'))
    it('cannot be changed', () =>
      specification
        .given()
        .when(change({ label: 'x' }))
        .refuses('badge_not_found'))
    it('cannot be removed', () => specification.given().when(remove(false)).refuses('badge_not_found'))
  })

  describe('that is defined', () => {
    it('is not defined again', () => specification.given(defined).when(define).refuses('badge_exists'))
    it('records only what changes', () =>
      specification
        .given(defined)
        .when(change({ label: 'Golden', colour: null }))
        .then(Badge.Changed({ id, changes: { label: 'Golden' } })))
    it('records nothing when nothing changes', () =>
      specification
        .given(defined)
        .when(change({ code: 'gold' }))
        .nothing())
    it('keeps what never changes', () =>
      specification
        .given(defined)
        .when(change({ code: 'silver' }))
        .refuses('code_immutable', 'code'))
    it('is removed', () => specification.given(defined).when(remove(false)).then(Badge.Removed({ id })))
    it('is not removed while facts forbid it', () =>
      specification.given(defined).when(remove(true)).refuses('badge_worn'))
    it('holds its unique keys', () =>
      expect(decider.claims?.(specification.given(defined).state)).toEqual([{ kind: 'badge-code', key: 'gold' }]))
  })

  describe('that was removed', () => {
    const gone = [defined, Badge.Removed({ id })]
    it('holds no key', () => expect(decider.claims?.(specification.given(...gone).state)).toEqual([]))
    it('cannot be changed', () =>
      specification
        .given(...gone)
        .when(change({ label: 'x' }))
        .refuses('badge_not_found'))
    it('is not defined again under the same id', () =>
      specification
        .given(...gone)
        .when(define)
        .refuses('badge_exists'))
  })
})
