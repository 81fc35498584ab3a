// What a client has sent, in a message about it: it may be as long as a request, and only its
// beginning is repeated.

/** The longest name that is repeated as it is, in UTF-16 units. */
const maxName = 100;

/** The text, or its first `most` UTF-16 units and an ellipsis; well-formed. */
export const shortened = (text: string, most = maxName): string =>
  text.length <= most ? text.toWellFormed() : `${text.slice(0, most).toWellFormed()}…`;
