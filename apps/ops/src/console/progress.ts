import { SingleBar } from 'cli-progress'

/** Shorter work shows no bar, in milliseconds. */
const QUIET_MS = 2_000
/** The bar is drawn so often in a second. */
const FRAMES_PER_SECOND = 5

export interface Progress {
  /** So many more are done. */
  advance(count: number): void
  /** The whole became known, or changed. */
  total(count: number): void
  /** Removes the bar; a repeat is safe. */
  end(): void
}

interface ProgressOptions {
  /** What is counted, in the plural, such as `events`. */
  readonly unit: string
  /** Absent: not known yet; no time left is shown. */
  readonly total?: number
}

export type StartProgress = (options: ProgressOptions) => Progress

/**
 * A bar with rate and time left on standard error, once the work has taken 2 s, and only where a person looks at it.
 * now: milliseconds that only go forward.
 */
export function progressOn(stream: NodeJS.WriteStream, now: () => number): StartProgress {
  return (options) => (stream.isTTY ? new Bar(options, stream, now) : SILENT)
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
    private readonly now: () => number,
  ) {
    this.startedMs = now()
    this.whole = options.total
  }

  advance(count: number): void {
    this.done += count
    const elapsedMs = this.now() - this.startedMs
    if (this.ended || elapsedMs < QUIET_MS) return
    this.bar ??= this.show()
    const perSecond = Math.round((this.done * 1_000) / elapsedMs)
    this.bar.update(this.done, { perSecond, left: timeLeft(this.whole, this.done, perSecond) })
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

function timeLeft(whole: number | undefined, done: number, perSecond: number): string {
  if (whole === undefined || perSecond === 0) return ''
  const seconds = Math.ceil(Math.max(0, whole - done) / perSecond)
  if (seconds < 60) return `${seconds} s left`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s left`
}
