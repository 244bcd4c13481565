const PATIENCE_MS = 60_000
const LOOK_MS = 20

/** Waits for what a broker on a busy machine does in its own time. */
export async function eventually(check: () => void): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      check()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
}
