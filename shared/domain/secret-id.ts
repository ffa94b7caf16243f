/** Names of secrets in the box: what may follow `secret:`. */
export const secretIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The same for people. */
export const secretIdRule = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
