type Close = () => void | Promise<void>;

/** Things to close, in the reverse of the order in which they were opened. */
export type Closers = {
  add: (name: string, close: Close) => void;
  /** For what must be closed before everything else, such as the door through which work comes in. */
  addFirst: (name: string, close: Close) => void;
  /** Closes everything, also when something fails, and reports failures to `onError`. */
  closeAll: (onError: (name: string, error: unknown) => void) => Promise<void>;
};

export function makeClosers(): Closers {
  const open: [string, Close][] = [];
  const doors: [string, Close][] = [];
  return {
    add: (name, close) => void open.push([name, close]),
    addFirst: (name, close) => void doors.push([name, close]),
    closeAll: async (onError) => {
      for (let next = doors.pop() ?? open.pop(); next; next = doors.pop() ?? open.pop()) {
        const [name, close] = next;
        try {
          await close();
        } catch (error) {
          onError(name, error);
        }
      }
    },
  };
}
