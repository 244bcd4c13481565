import type { Answers, KeptAnswer } from '../ports/answers.port'
import { at, together } from './kit-instants'

const answer: KeptAnswer = { status: 201, body: '{"name":"Ünïcode \\u0000 💳"}', sealed: false }
const organization = 'organization-1'
const keyOf = 'key-1'
const markOf = (fingerprint: string, key = keyOf) => ({ key, fingerprint })

/** What every adapter of Answers must do. `make` gives an empty one. */
export function answersConformance(name: string, make: () => Promise<Answers>): void {
  describe(`answers: ${name}`, () => {
    let answers: Answers
    const begin = (fingerprint: string, seconds: number, scope = organization, key = keyOf) =>
      answers.begin(scope, { key, fingerprint }, at(seconds), at(seconds + 30))
    beforeEach(async () => {
      answers = await make()
    })
    running(() => answers, begin)
    kept(() => answers, begin)
    forgetting(() => answers, begin)
    purging(() => answers, begin)
  })
}

type Begin = (fingerprint: string, seconds: number, scope?: string, key?: string) => ReturnType<Answers['begin']>

function running(given: () => Answers, begin: Begin): void {
  describe('a key that runs', () => {
    it('is running for the same request and reused for another', async () => {
      expect(await begin('a', 0)).toEqual({ kind: 'begun' })
      expect(await begin('a', 29)).toEqual({ kind: 'running' })
      expect(await begin('b', 29)).toEqual({ kind: 'reused' })
    })

    it('is begun once by many at the same time', async () => {
      const begun = await together(10, () => begin('a', 0))
      expect(begun.map(({ kind }) => kind).sort()).toEqual(['begun', ...Array<string>(9).fill('running')])
    })

    it('is taken over after its lease, by any request', async () => {
      await begin('a', 0)
      expect(await begin('b', 30)).toEqual({ kind: 'begun' })
      expect(await begin('a', 31)).toEqual({ kind: 'reused' })
    })

    it('is taken over once by many at the same time', async () => {
      await begin('a', 0)
      const begun = await together(10, () => begin('a', 40))
      expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1)
    })

    it('is out of reach of the request that it was taken from', async () => {
      await begin('a', 0)
      await begin('b', 30)
      await given().keep(organization, markOf('a'), answer, at(86_400))
      await given().renew(organization, markOf('a'), at(86_400))
      await given().forget(organization, markOf('a'))
      expect(await begin('b', 59)).toEqual({ kind: 'running' })
      expect(await begin('c', 60)).toEqual({ kind: 'begun' })
    })

    it('runs on when its lease is renewed', async () => {
      await begin('a', 0)
      await given().renew(organization, markOf('a'), at(60))
      expect(await begin('a', 59)).toEqual({ kind: 'running' })
      expect(await begin('a', 60)).toEqual({ kind: 'begun' })
    })

    it('is free for any request once it is forgotten', async () => {
      await begin('a', 0)
      await given().forget(organization, markOf('a'))
      expect(await begin('b', 1)).toEqual({ kind: 'begun' })
    })

    it('is another key in another scope', async () => {
      await begin('a', 0)
      expect(await begin('b', 0, 'organization-2')).toEqual({ kind: 'begun' })
      expect(await begin('b', 0, organization, 'key-2')).toEqual({ kind: 'begun' })
    })
  })
}

function kept(given: () => Answers, begin: Begin): void {
  describe('an answer that is kept', () => {
    beforeEach(async () => {
      await begin('a', 0)
      await given().keep(organization, markOf('a'), answer, at(86_400))
    })

    it('is given to the same request, and to no other', async () => {
      expect(await begin('a', 86_399)).toEqual({ kind: 'kept', answer })
      expect(await begin('b', 86_399)).toEqual({ kind: 'reused' })
    })

    it('outlives the lease, and is neither renewed nor forgotten', async () => {
      await given().renew(organization, markOf('a'), at(10))
      await given().forget(organization, markOf('a'))
      expect(await begin('a', 100)).toEqual({ kind: 'kept', answer })
    })

    it('ends when its time is over', async () => {
      expect(await begin('b', 86_400)).toEqual({ kind: 'begun' })
      expect(await begin('b', 86_401)).toEqual({ kind: 'running' })
    })

    it('says that it is sealed', async () => {
      await begin('s', 0, organization, 'sealed')
      await given().keep(organization, markOf('s', 'sealed'), { ...answer, sealed: true }, at(86_400))
      expect(await begin('s', 1, organization, 'sealed')).toEqual({ kind: 'kept', answer: { ...answer, sealed: true } })
    })
  })

  describe('an answer whose key nobody began', () => {
    it('is not kept', async () => {
      await given().keep(organization, markOf('a'), answer, at(86_400))
      expect(await begin('b', 1)).toEqual({ kind: 'begun' })
    })
  })
}

function forgetting(given: () => Answers, begin: Begin): void {
  const about = (text: string, sealed = false): KeptAnswer => ({ status: 200, body: `{"id":"${text}"}`, sealed })
  const keep = async (key: string, answerKept: KeptAnswer, scope = organization) => {
    await begin('a', 0, scope, key)
    await given().keep(scope, markOf('a', key), answerKept, at(86_400))
  }

  describe('answers that mention a text', () => {
    it('are forgotten, so that their keys are free', async () => {
      await keep('one', about('anna'))
      await keep('two', about('anna'))
      expect(await given().forgetMentions(organization, 'anna')).toBe(2)
      expect(await given().forgetMentions(organization, 'anna')).toBe(0)
      expect(await begin('a', 1, organization, 'one')).toEqual({ kind: 'begun' })
    })

    it('stay when they mention another, are sealed or are of another scope', async () => {
      const answers = [
        { key: 'ben', kept: about('a%_n'), scope: organization },
        { key: 'sealed', kept: about('a%', true), scope: organization },
        { key: 'other', kept: about('a%'), scope: 'organization-2' },
      ]
      for (const { key, kept: each, scope } of answers) await keep(key, each, scope)
      expect(await given().forgetMentions(organization, 'a%n')).toBe(0)
      for (const { key, kept: each, scope } of answers) {
        expect(await begin('a', 1, scope, key)).toEqual({ kind: 'kept', answer: each })
      }
    })

    it('can be looked at beforehand: those that would be forgotten, by key, in pages', async () => {
      for (const key of ['two', 'Three', 'one']) await keep(key, about('anna'))
      await keep('ben', about('ben'))
      await keep('sealed', about('anna', true))
      await keep('other', about('anna'), 'organization-2')
      await begin('a', 0, organization, 'running')
      const mentions = (page: { after?: string; limit: number }) => given().mentions(organization, 'anna', page)
      const held = (key: string) => ({ key, until: at(86_400), ...about('anna') })
      expect(await mentions({ limit: 10 })).toEqual([held('Three'), held('one'), held('two')])
      expect(await mentions({ limit: 2 })).toEqual([held('Three'), held('one')])
      expect(await mentions({ after: 'one', limit: 2 })).toEqual([held('two')])
      expect(await given().mentions(organization, 'an%', { limit: 10 })).toEqual([])
      expect(await given().forgetMentions(organization, 'anna')).toBe(3)
      expect(await mentions({ limit: 10 })).toEqual([])
    })

    it('are not kept by a request that ran meanwhile, nor is its key held', async () => {
      await begin('a', 0)
      await given().forgetMentions(organization, 'anna')
      await given().keep(organization, markOf('a'), about('anna'), at(86_400))
      expect(await begin('a', 1)).toEqual({ kind: 'begun' })
      await given().keep(organization, markOf('a'), about('anna'), at(86_400))
      expect(await begin('a', 2)).toEqual({ kind: 'kept', answer: about('anna') })
    })

    it('are kept by such a request when they are sealed or mention others', async () => {
      await begin('a', 0, organization, 'sealed')
      await begin('a', 0, organization, 'ben')
      await given().forgetMentions(organization, 'anna')
      await given().forgetMentions(organization, 'carl')
      await given().keep(organization, markOf('a', 'sealed'), about('anna', true), at(86_400))
      await given().keep(organization, markOf('a', 'ben'), about('ben'), at(86_400))
      expect(await begin('a', 1, organization, 'sealed')).toEqual({ kind: 'kept', answer: about('anna', true) })
      expect(await begin('a', 1, organization, 'ben')).toEqual({ kind: 'kept', answer: about('ben') })
    })
  })
}

function purging(given: () => Answers, begin: Begin): void {
  describe('purging', () => {
    it('removes what is over in every scope, and leaves the rest', async () => {
      await begin('a', 0)
      await begin('a', 0, 'organization-2')
      await given().keep('organization-2', markOf('a'), answer, at(100))
      await begin('a', 0, 'organization-3')
      await given().keep('organization-3', markOf('a'), answer, at(101))
      expect(await given().purge(at(100))).toBe(2)
      expect(await begin('a', 100, 'organization-3')).toEqual({ kind: 'kept', answer })
      expect(await given().purge(at(100))).toBe(0)
    })
  })
}
