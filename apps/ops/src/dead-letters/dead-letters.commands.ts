import type { Command } from 'commander'
import { readReferenced } from '@billstream/event-sourcing-runtime'
import { counted, namesWithVerb, verbOf } from '../console/counted'
import { refused, wrongUsage } from '../console/outcome'
import { commandGroup, subcommand, wholeNumber } from '../console/subcommand'
import { shownEvent } from '../events/event-text'
import type { Ops, OpsPorts } from '../ops'
import { ENDED, LETTER, letterDetails } from './dead-letter-text'

const LIST_DEFAULT = 100
const LIST_MAX = 100_000

type LetterPorts = Pick<OpsPorts, 'deadLetters' | 'consumers'>

interface ListOptions {
  readonly consumer?: string
  readonly ended?: true
  readonly limit: number
}

interface RetryOptions {
  readonly all?: true
  readonly consumer?: string
}

/** `ops dlq ...`: messages that failed for good, and what waits behind them. */
export function registerDeadLettersCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'dlq', 'messages that failed for good, and what waits behind them')
  subcommand(group, 'list', {
    description:
      'Lists dead letters in order: failed ones with their error, and those of the same key that wait behind.',
    example: 'dlq list --consumer queue-webhook-deliveries',
  })
    .option('--consumer <name>', 'of this consumer only')
    .option('--ended', 'those that have left instead, last first: who dropped what and why')
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: LIST_MAX }), LIST_DEFAULT)
    .action(ops.does((options: ListOptions) => listLetters(ops, options)))
  subcommand(group, 'show <letter>', {
    description: 'Shows a dead letter with its error, its tries and the event it is about, as the store has it now.',
    example: 'dlq show 3f0c1d2e-5b6a-5c7d-8e9f-0a1b2c3d4e5f',
  })
    .option('--personal', 'with personal data, which is hidden otherwise')
    .action(ops.does((id: string, options: { personal?: true }) => showLetter(ops, id, options)))
  subcommand(group, 'retry [letters...]', {
    description: 'Lets letters that have failed be tried again; those that wait behind them follow in order.',
    example: 'dlq retry 3f0c1d2e-5b6a-5c7d-8e9f-0a1b2c3d4e5f',
  })
    .option('--all', 'every letter that has failed')
    .option('--consumer <name>', 'with --all: of this consumer only')
    .action(ops.does((ids: string[], options: RetryOptions) => retryLetters(ops, ids, options)))
  subcommand(group, 'drop <letters...>', {
    description: 'Gives letters up: they are kept with the reason, and what waits behind them goes on.',
    example: 'dlq drop 3f0c1d2e-5b6a-5c7d-8e9f-0a1b2c3d4e5f --reason "the customer was removed by hand"',
  })
    .requiredOption('--reason <text>', 'why: kept with the letter')
    .action(ops.does((ids: string[], options: { reason: string }) => dropLetters(ops, ids, options.reason)))
}

async function listLetters(ops: Ops, { consumer, ended, limit }: ListOptions): Promise<undefined> {
  const { deadLetters } = await ops.open()
  const filter = { limit, ...(consumer !== undefined && { consumer }) }
  if (ended) {
    ops.out.table(await deadLetters.ended(filter), ENDED, 'No letter has left.')
    return
  }
  ops.out.table(await deadLetters.list(filter), LETTER, 'There are no dead letters.')
}

async function showLetter(ops: Ops, id: string, { personal }: { personal?: true }): Promise<undefined> {
  const { deadLetters, eventStore } = await ops.open()
  const letter = await deadLetters.get(id)
  if (!letter) throw refused(`LETTER: there is no dead letter ${id}; dlq list --ended shows those that have left.`)
  const found = await readReferenced(eventStore, letter.event)
  // Where the store has lost the event, the reference says which one it was.
  const event = found ? shownEvent(found, personal ? 'shown' : 'hidden') : letter.event
  const shown = { ...letter, event: { ...event, position: String(event.position) } }
  ops.out.document(shown, () => letterDetails(shown))
}

async function retryLetters(ops: Ops, ids: readonly string[], { all, consumer }: RetryOptions): Promise<undefined> {
  if (ids.length > 0 === (all === true)) throw wrongUsage('LETTERS', 'name some, or give --all.')
  if (consumer !== undefined && !all) throw wrongUsage('--consumer', 'belongs to --all.')
  const ports = await ops.open()
  const { deadLetters } = ports
  await refuseUnknown(ids, ports)
  if (consumer !== undefined) await assertConsumer(consumer, ports)
  const filter = { limit: LIST_MAX, ...(consumer !== undefined && { consumer }) }
  const asked = all ? (await deadLetters.list(filter)).map(({ id }) => id) : ids
  const retried = await deadLetters.retry(asked)
  if (ids.length > 0 && retried === 0) throw refused('LETTERS: none of them has failed; they wait for one that has.')
  ops.out.document({ retried }, () => retriedText(retried, consumer))
}

function retriedText(retried: number, consumer: string | undefined): string {
  if (retried === 0) return `There is nothing to retry${consumer === undefined ? '' : ` of ${consumer}`}.`
  return `${counted(retried, 'letter')} ${verbOf(retried, 'is', 'are')} tried again within a second; dlq list shows what is left.`
}

async function dropLetters(ops: Ops, ids: readonly string[], reason: string): Promise<undefined> {
  if (reason.trim() === '') throw wrongUsage('--reason', 'must say why.')
  const { deadLetters, clock } = await ops.open()
  await refuseUnknown(ids, { deadLetters })
  const dropped = await deadLetters.end(ids, { outcome: 'dropped', by: ops.operator, reason, at: clock.now() })
  if (dropped === 0) throw refused('LETTERS: none of them is there.')
  ops.out.document(
    { dropped },
    () => `${counted(dropped, 'letter')} ${verbOf(dropped, 'is', 'are')} given up; dlq list --ended keeps what was.`,
  )
}

/** All or none: where a name is wrong the operator may mean something else. */
async function refuseUnknown(ids: readonly string[], { deadLetters }: Pick<OpsPorts, 'deadLetters'>): Promise<void> {
  const found = await Promise.all(ids.map(async (id) => ((await deadLetters.get(id)) ? [] : [id])))
  const unknown = found.flat()
  if (unknown.length > 0) throw refused(`LETTERS: ${namesWithVerb(unknown, 'is', 'are')} not there; nothing was done.`)
}

/** A name that no process and no subscriber has may be spelled wrongly. Letters may be of one that an earlier version had. */
async function assertConsumer(consumer: string, { deadLetters, consumers }: LetterPorts): Promise<void> {
  if (consumers.includes(consumer)) return
  const one = { consumer, limit: 1 }
  if ((await deadLetters.list(one)).length + (await deadLetters.ended(one)).length > 0) return
  const there = new Set((await deadLetters.list({ limit: LIST_MAX })).map((letter) => letter.consumer))
  const names = [...there].join(', ') || 'nobody'
  throw wrongUsage('--consumer', `there is no consumer ${consumer}; there are letters of: ${names}.`)
}
