/** The version of the messages between coordinator and agents. A coordinator speaks this one and the one before. */
export const PROTOCOL_VERSION = 1;
export const OLDEST_PROTOCOL_VERSION = 1;

/** The version of the program, part of every handshake and of a run's evidence. */
export const PRODUCT_VERSION = '0.1.0';
