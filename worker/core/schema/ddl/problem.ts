/** What is wrong with a text, and where. */

/** `offset` counts UTF-16 units from 0, `line` and `column` count from 1. */
export interface SyntaxProblem {
  readonly kind: 'problem';
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Thrown inside the parser only: `attempt` makes a SyntaxProblem of it. */
export class SyntaxFailure extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export const syntaxFailure = (message: string, offset: number): SyntaxFailure => new SyntaxFailure(message, offset);

export function problemAt(text: string, offset: number, message: string): SyntaxProblem {
  const before = text.slice(0, offset);
  return { kind: 'problem', message, offset, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** What `parse` gives, or where it failed. */
export function attempt<T>(text: string, parse: () => T): T | SyntaxProblem {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxFailure) return problemAt(text, error.offset, error.message);
    throw error;
  }
}
