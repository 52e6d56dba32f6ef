/** Packs questions, rows of VALUES lists, into few statements within D1's bounds, and statements into batches. */

/** A row `(n, a, b, c)`; `n` is the question's place, `parameter` that of its parameter in the statement. */
export interface Question {
  readonly sql: (n: number, parameter: number) => string;
  readonly param: string | null;
}

export interface PackedStatement {
  readonly sql: string;
  readonly params: readonly string[];
}

export interface PackedBatch {
  readonly statements: readonly PackedStatement[];
  /** Of the questions that it asks. */
  readonly places: readonly number[];
}

/**
 * D1 refuses a statement of 100,000 bytes, more than 100 parameters, and a program of more than 25,000 operations. The last is what
 * binds: these questions take about one operation for every five characters.
 */
const STATEMENT_BYTES = 60_000;
const LONGEST_BYTES = 95_000;
const PARAMETERS = 90;
/** Of SQL and parameters in one call: it travels as JSON, and nothing documents how much a call may hold. */
const BATCH_BYTES = 4_000_000;

/** Packs the questions at these places, in order. `tooLong`: places of questions that fit into no statement. */
export function packQuestions(
  questions: readonly Question[],
  places: readonly number[],
): { batches: PackedBatch[]; tooLong: number[] } {
  const lengths = new Map(places.map((place) => [place, utf8Bytes(questions[place]?.sql(place, PARAMETERS) ?? '')]));
  const fits = (place: number) => (lengths.get(place) ?? 0) <= LONGEST_BYTES;
  const lengthOf = (place: number) => (lengths.get(place) ?? 0) + (questions[place]?.param?.length ?? 0);
  const grouped = groups(places.filter(fits), STATEMENT_BYTES, PARAMETERS, (place) => lengths.get(place) ?? 0);
  const batches = groups(grouped, BATCH_BYTES, Number.POSITIVE_INFINITY, (group) =>
    group.reduce((sum, place) => sum + lengthOf(place), 0),
  );
  return {
    batches: batches.map((batch) => ({ statements: batch.map((group) => statementOf(questions, group)), places: batch.flat() })),
    tooLong: places.filter((place) => !fits(place)),
  };
}

/** A list of VALUES may have any number of rows, where UNION ALL may have five terms. */
function statementOf(questions: readonly Question[], places: readonly number[]): PackedStatement {
  const params: string[] = [];
  const rows = places.flatMap((place) => {
    const question = questions[place];
    if (!question) return [];
    if (question.param !== null) params.push(question.param);
    return [question.sql(place, params.length)];
  });
  return { sql: `WITH _lk_answers(n,a,b,c) AS (VALUES ${rows.join(',')}) SELECT n,a,b,c FROM _lk_answers`, params };
}

/** Cuts a list so that no part exceeds a size or a number of items, unless a single item does. */
function groups<T>(items: readonly T[], mostSize: number, mostItems: number, sizeOf: (item: T) => number): T[][] {
  const found: T[][] = [];
  let size = 0;
  for (const item of items) {
    const last = found.at(-1);
    size += sizeOf(item);
    if (last && size <= mostSize && last.length < mostItems) last.push(item);
    else {
      found.push([item]);
      size = sizeOf(item);
    }
  }
  return found;
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
