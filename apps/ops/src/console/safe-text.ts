/**
 * What a terminal does not show but obeys (C0 and C1 controls, ESC, DEL), and what turns the direction of the text around it so
 * that it reads as something else. Line breaks and tabs stay.
 */
const OBEYED = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/**
 * Text of any number of lines with nothing in it that a terminal would obey: it is written as an escape of JSON (`\u001b`), so
 * that a JSON text stays the same value. Stored text and the content of files thus cannot move the cursor or clear the screen.
 */
export function safeText(text: string): string {
  return text.replace(OBEYED, escaped)
}

/** The same as one line: a line break or a tab becomes a blank. */
export function safeLine(text: string): string {
  return safeText(text.replace(/[\r\n\t\u2028\u2029]+/g, ' '))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
