/**
 * Bells that ring in every process: "there is something for you". A ring is a hint and may be lost, so whoever listens also
 * looks now and then; several rings of one moment may be heard as one.
 */
export interface Bells {
  ring(name: string): void
  /** Hears a bell, rung here (at once) or in another process (soon), until the returned function is called. */
  listen(name: string, heard: () => void): () => void
}
