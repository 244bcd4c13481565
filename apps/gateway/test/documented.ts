import { DocumentedAnswers, type HttpAnswer } from '@billstream/testing'
import { openApiDocuments } from '../src'

const answers = new DocumentedAnswers(JSON.parse(openApiDocuments().get('boxbilling') ?? '{}') as object)

/** Throws when an answer that the document describes is not as it says. */
export function isDocumented(method: string, url: string, answer: HttpAnswer): void {
  answers.check(method, url, answer)
}
