import { SingleBar } from 'cli-progress'
import type { Output } from './output'

/** Shorter work shows no progress, in milliseconds. */
const QUIET_MS = 2_000
/** The bar is drawn so often in a second. */
const FRAMES_PER_SECOND = 5
/** Where nobody looks, in a file, a line is written so often, in milliseconds. */
const LINE_MS = 10_000
/** How often is looked whether a line is due, in milliseconds. */
const TICK_MS = 500

export interface Progress {
  /** So many more are done. */
  advance(count: number): void
  /** The whole became known, or changed. */
  total(count: number): void
  /** Removes the bar, or writes no more lines; a repeat is safe. */
  end(): void
}

interface ProgressOptions {
  /** What is counted, in the plural, such as `events`. */
  readonly unit: string
  /** Absent: not known yet; no time left is shown. */
  readonly total?: number
}

export type StartProgress = (options: ProgressOptions) => Progress

export interface Time {
  /** Milliseconds that only go forward. */
  now(): number
  /** Calls again and again, until what it returns is called. */
  every(ms: number, work: () => void): () => void
}

/**
 * Progress with rate and time left on standard error, once the work has taken 2 s: a bar where a person looks at it, a line
 * every 10 s where it goes into a file.
 */
export function progressOn(stream: NodeJS.WriteStream, out: Output, time: Time): StartProgress {
  return (options) => (stream.isTTY ? new Bar(options, stream, time) : new Lines(options, out, time))
}

export const SILENT: Progress = { advance: () => undefined, total: () => undefined, end: () => undefined }

class Bar implements Progress {
  private readonly startedMs: number
  private bar: SingleBar | undefined
  private done = 0
  private whole: number | undefined
  private ended = false

  constructor(
    private readonly options: ProgressOptions,
    private readonly stream: NodeJS.WriteStream,
    private readonly time: Time,
  ) {
    this.startedMs = time.now()
    this.whole = options.total
  }

  advance(count: number): void {
    this.done += count
    const elapsedMs = this.time.now() - this.startedMs
    if (this.ended || elapsedMs < QUIET_MS) return
    this.bar ??= this.show()
    const { perSecond, secondsLeft } = paceOf(this.done, this.whole, elapsedMs)
    this.bar.update(this.done, { perSecond, left: leftText(secondsLeft) })
  }

  total(count: number): void {
    this.whole = count
    this.bar?.setTotal(count)
  }

  end(): void {
    this.ended = true
    this.bar?.stop()
    this.bar = undefined
  }

  private show(): SingleBar {
    const counted = this.whole === undefined ? '{value}' : '[{bar}] {percentage}%  {value}/{total}'
    const bar = new SingleBar({
      format: `${counted} ${this.options.unit}  {perSecond}/s  {left}`,
      stream: this.stream,
      fps: FRAMES_PER_SECOND,
      clearOnComplete: true,
      hideCursor: true,
    })
    bar.start(this.whole ?? 0, this.done, { perSecond: 0, left: '' })
    return bar
  }
}

/** By the clock and not by what is done: work that stands still says so as well. */
class Lines implements Progress {
  private readonly startedMs: number
  private readonly stop: () => void
  private dueMs = QUIET_MS
  private done = 0
  private whole: number | undefined

  constructor(
    private readonly options: ProgressOptions,
    private readonly out: Output,
    private readonly time: Time,
  ) {
    this.startedMs = time.now()
    this.whole = options.total
    this.stop = time.every(TICK_MS, () => this.tick())
  }

  advance(count: number): void {
    this.done += count
    // Work that leaves the timer no turn.
    this.tick()
  }

  total(count: number): void {
    this.whole = count
  }

  end(): void {
    this.dueMs = Infinity
    this.stop()
  }

  private tick(): void {
    const elapsedMs = this.time.now() - this.startedMs
    if (elapsedMs < this.dueMs) return
    this.dueMs = elapsedMs + LINE_MS
    const { done, whole } = this
    const { unit } = this.options
    const pace = paceOf(done, whole, elapsedMs)
    const progress = { unit, done, total: whole ?? null, ...pace }
    this.out.aside({ progress }, lineOf(progress))
  }
}

interface Pace {
  readonly perSecond: number
  /** null: not known. */
  readonly secondsLeft: number | null
}

function paceOf(done: number, whole: number | undefined, elapsedMs: number): Pace {
  const perSecond = Math.round((done * 1_000) / elapsedMs)
  const isKnown = whole !== undefined && perSecond > 0
  return { perSecond, secondsLeft: isKnown ? Math.ceil(Math.max(0, whole - done) / perSecond) : null }
}

function lineOf({
  unit,
  done,
  total,
  perSecond,
  secondsLeft,
}: Pace & { unit: string; done: number; total: number | null }) {
  const counted = total === null ? `${done} ${unit}` : `${percentOf(done, total)} %, ${done} of ${total} ${unit}`
  return [counted, `${perSecond}/s`, leftText(secondsLeft)].filter((part) => part !== '').join(', ')
}

function percentOf(done: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.floor((done * 100) / total))
}

function leftText(secondsLeft: number | null): string {
  if (secondsLeft === null) return ''
  if (secondsLeft < 60) return `${secondsLeft} s left`
  return `${Math.floor(secondsLeft / 60)} min ${secondsLeft % 60} s left`
}
