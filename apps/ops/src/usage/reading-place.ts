/** How far a file is used up. It is read ahead in large chunks, which say little of how many lines are left. */
export class ReadingPlace {
  /** Of the file, and of the text in UTF-8 that was made of them. */
  private readonly handed = { fileBytes: 0, textBytes: 0 }
  private takenTextBytes = 0

  hand(fileBytes: number, textBytes: number): void {
    this.handed.fileBytes += fileBytes
    this.handed.textBytes += textBytes
  }

  take(textBytes: number): void {
    this.takenTextBytes += textBytes
  }

  /** Bytes of the file in the lines that were taken so far. */
  bytesTaken(): number {
    const { fileBytes, textBytes } = this.handed
    return textBytes === 0 ? 0 : Math.min(fileBytes, Math.round((fileBytes * this.takenTextBytes) / textBytes))
  }
}
