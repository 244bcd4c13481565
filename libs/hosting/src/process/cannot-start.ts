/**
 * What a program needs is not there, or does not let it in, though its settings are well formed. The message names the setting
 * that leads there, and the cause; it quotes no secret.
 */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
