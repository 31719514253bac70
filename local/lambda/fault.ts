/**
 * A signal that a function process gets at an exact point of its next call, for fault tests.
 *
 * Points inside the process are met synchronously: nothing after the point has happened when the signal
 * strikes, and everything before it has.
 */
export type Fault = {
  at:
    | { kind: 'after-ms'; ms: number }
    /** A line on stdout or stderr that contains `text` is about to be written. */
    | { kind: 'output'; text: string }
    /** A socket is about to send bytes that contain `text`: an SQL statement, an HTTP request line, a body. */
    | { kind: 'before-send'; text: string }
    /** Those bytes were handed to the operating system. */
    | { kind: 'after-send'; text: string }
    /** Bytes that contain `text` have arrived and the program has not seen them yet. */
    | { kind: 'before-receive'; text: string };
  /** SIGKILL = crash, SIGSTOP = freeze. */
  signal: 'SIGKILL' | 'SIGSTOP';
};
