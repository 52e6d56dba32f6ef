/** The one INSERT of each table: rows come as one JSON parameter, so no value is ever part of the SQL (X3). */

export interface Column {
  /** As SQL spells it, with quotes where they are needed. A constant of this folder: nothing from outside becomes a name. */
  readonly name: string;
  /** Absent: integer, real or text. `blob`: bytes or NULL. `any`: a value of any storage class. */
  readonly kind?: 'blob' | 'any';
}

export interface Insertable {
  readonly name: string;
  readonly columns: readonly Column[];
}

const expression = ({ kind }: Column, n: number): string => {
  switch (kind) {
    case undefined:
      return `value->>${n}`;
    case 'blob':
      return `unhex(value->>'$[${n}][0]')`;
    case 'any':
      return `iif(json_type(value, '$[${n}]') = 'array', unhex(value->>'$[${n}][0]'), value->>${n})`;
  }
};

/** Takes one parameter: a JSON array of rows, each an array in the order of the columns, with values as `toJson` writes them. */
export const insertInto = ({ name, columns }: Insertable): string =>
  `INSERT INTO ${name} (${columns.map((column) => column.name).join(', ')}) SELECT ${columns.map(expression).join(', ')} FROM json_each(?)`;
