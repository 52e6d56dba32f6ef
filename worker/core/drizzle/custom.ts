/** SQL types that drizzle has no builder for, as `customType`. */
import type { ColumnDef } from '../../protocol/schema.ts';
import { camelCase, stringCode, templateBody } from './js-text.ts';

export interface CustomType {
  /** Types with the same key share a constant. */
  readonly key: string;
  /** For the constant's name. */
  readonly word: string;
  /** The configuration of a column: `{ length: 160 }`, or empty. */
  readonly config: string;
  /** The same as values. */
  readonly values: ReadonlyMap<string, number>;
  /** The type of the configuration; empty: none. */
  readonly configType: string;
  /** The body of dataType. */
  readonly body: string;
  /** The type of its values in TypeScript. */
  readonly data: string;
}

function dataOf({ type, affinity }: ColumnDef): string {
  if (type === '' || type === 'ANY') return 'unknown';
  switch (affinity) {
    case 'integer':
    case 'real':
      return 'number';
    case 'text':
      return 'string';
    case 'blob':
      return 'Uint8Array';
    case 'numeric':
      return 'number | string';
  }
}

/** `NVARCHAR(160)`, `DECIMAL(10,2)`: the numbers become the column's configuration. */
const SIZED = /^([^()]+?) ?\((\d{1,9})(?:, ?(\d{1,9}))?\)$/;

export function customTypeOf(column: ColumnDef): CustomType {
  const data = dataOf(column);
  const [, name, one, two] = SIZED.exec(column.type) ?? [];
  if (name === undefined) {
    const word = column.type === '' ? 'untyped' : camelCase(column.type.toLowerCase(), 'custom');
    return {
      key: column.type,
      word,
      config: '',
      values: new Map(),
      configType: '',
      body: `() => ${stringCode(column.type.toLowerCase())}`,
      data,
    };
  }
  const fields = two === undefined ? ['length'] : ['precision', 'scale'];
  const values = [one, two].filter((each) => each !== undefined);
  const text = `${templateBody(name.toLowerCase())}(${fields.map((field) => `\${config.${field}}`).join(', ')})`;
  return {
    key: `${name}/${fields.length}`,
    word: camelCase(name.toLowerCase(), 'custom'),
    config: `{ ${fields.map((field, n) => `${field}: ${Number(values[n])}`).join(', ')} }`,
    values: new Map(fields.map((field, n) => [field, Number(values[n])])),
    configType: `{ ${fields.map((field) => `${field}: number`).join('; ')} }`,
    body: `(config) => \`${text}\``,
    data,
  };
}

export function customTypeCode(type: CustomType, constant: string, customType: string): string {
  const config = type.configType === '' ? '' : `; config: ${type.configType}; configRequired: true`;
  const start = `const ${constant} = ${customType}<{ data: ${type.data}${config} }>({`;
  return config === '' ? `${start} dataType: ${type.body} });\n` : `${start}\n  dataType: ${type.body},\n});\n`;
}

/** What a JavaScript literal in `.default()` may be, so that TypeScript takes it and drizzle writes the same SQL. */
export const takesOf = ({ data }: CustomType): 'number' | 'string' | 'sql' =>
  data === 'number' || data === 'string' ? data : 'sql';
