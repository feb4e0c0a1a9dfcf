/** A value may come from a guest or a user: no control character reaches the terminal. */
export const plain = (text: string) => text.replace(/[\p{Cc}]/gu, ' ')
