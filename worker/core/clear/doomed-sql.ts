/**
 * Which rows go with a table that is emptied, as SQL: one common table expression for each dependent table, holding the keys of its doomed
 * rows, parents before children; tables that refer to one another in a ring are worked out together, by recursion.
 *
 * `parent.key = +child.column` compares as a foreign key does: with the affinity and the collation of the parent's column.
 */
import type { Table } from '../schema/model.ts';
import { identifier } from '../sql/quote.ts';
import { type Group, groupsOf, type Reference, rowKey } from './graph.ts';

/** What is worked out for each group with a ring. */
const RING = {
  seeds: (group: number) => `_lk_x${group}`,
  edges: (group: number) => `_lk_e${group}`,
  rows: (group: number) => `_lk_s${group}`,
} as const;

/** D1 allows five arms in a compound SELECT. */
const ARMS = 4;

export class Doomed {
  /** Parents first; the target is not among them. */
  readonly groups: readonly Group[];
  private readonly numbers: ReadonlyMap<Table, number>;
  /** Columns that the longest key needs. */
  readonly width: number;

  constructor(
    private readonly target: Table,
    readonly dependents: readonly Table[],
    /** Those over which a row takes others with it. */
    private readonly followed: readonly Reference[],
  ) {
    this.groups = groupsOf(dependents, followed);
    this.numbers = new Map([target, ...this.groups.flatMap(({ tables }) => tables)].map((table, at) => [table, at]));
    this.width = Math.max(1, ...dependents.map((table) => rowKey(table)?.length ?? 1));
  }

  /** 0 is the target. */
  number(table: Table): number {
    return this.numbers.get(table) ?? -1;
  }

  /** Where the keys of its doomed rows are found, after `with`. Ours by its name: a table of the user's may be called `d1`. */
  named(table: Table): string {
    return `_lk_d${this.number(table)}`;
  }

  isDoomed(table: Table): boolean {
    return this.numbers.has(table);
  }

  /** Whether the row of `table` under this alias goes. */
  test(table: Table, alias: string): string {
    if (table === this.target) return 'TRUE';
    if (!this.isDoomed(table)) return 'FALSE';
    const key = keyOf(table).map((column) => `${alias}.${identifier(column)}`);
    const columns = key.map((_, at) => `k${at}`).join(', ');
    return `${key.length === 1 ? key[0] : `(${key.join(', ')})`} IN (SELECT ${columns} FROM ${this.named(table)})`;
  }

  /** Whether the row of the child under the alias `c` refers to a row that goes. */
  refersToDoomed(reference: Reference): string {
    const { parent } = reference;
    return `EXISTS (SELECT 1 FROM ${identifier(parent.name)} p WHERE ${joined(reference)} AND ${this.test(parent, 'p')})`;
  }

  /** `WITH` everything, for a statement that reads. */
  with(): string {
    return withOf(this.groups.flatMap((group) => this.expressions(group)));
  }

  /** Writes the keys of one group into `list (tab, k0 …)`, where those of the groups before it are already. */
  fill(group: Group, list: string): string {
    const before = this.dependents
      .filter((table) => !group.tables.includes(table) && this.feeds(table, group))
      .map((table) => this.listed(table, list));
    const own = this.expressions(group);
    const [only] = group.tables;
    const chosen =
      group.rings.length === 0 && only
        ? `SELECT ${this.number(only)}, ${this.keys(only, 'd').join(', ')} FROM ${this.named(only)} d`
        : `SELECT t, ${this.columns('k')} FROM ${RING.rows(this.groups.indexOf(group))} ORDER BY t`;
    return `INSERT INTO ${list} (tab, ${this.columns('k')}) ${withOf([...before, ...own])}${chosen}`;
  }

  private feeds(parent: Table, group: Group): boolean {
    return this.followed.some((reference) => reference.parent === parent && group.tables.includes(reference.child));
  }

  private listed(table: Table, list: string): string {
    const columns = keyOf(table).map((_, at) => `k${at}`);
    return `${this.named(table)} (${columns.join(', ')}) AS (SELECT ${columns.join(', ')} FROM ${list} WHERE tab = ${this.number(table)})`;
  }

  columns(prefix: string): string {
    return Array.from({ length: this.width }, (_, at) => `${prefix}${at}`).join(', ');
  }

  /** The key's columns of `d`, filled up to the width of all. */
  private keys(table: Table, alias: string): string[] {
    const length = keyOf(table).length;
    return Array.from({ length: this.width }, (_, at) => (at < length ? `${alias}.k${at}` : '0'));
  }

  private own(table: Table, alias: string): string[] {
    const key = keyOf(table);
    // The plus takes the affinity away: keys of several tables share a column, and must not be converted for one another.
    return Array.from({ length: this.width }, (_, at) => (at < key.length ? `+${alias}.${identifier(key[at] as string)}` : '0'));
  }

  private expressions(group: Group): string[] {
    return group.rings.length === 0 ? group.tables.flatMap((table) => this.single(table)) : this.ring(group);
  }

  /** References from outside the group. */
  private incoming(table: Table, group: readonly Table[]): Reference[] {
    return this.followed.filter(({ child, parent }) => child === table && !group.includes(parent) && this.isDoomed(parent));
  }

  /**
   * One SELECT for each reference. Joins only: what stands in an expression counts towards its depth, of which D1 takes 100, and a chain of
   * tables would add it up. `+` on both sides of keys: without an affinity SQLite can index what it has worked out.
   */
  private seeds(table: Table, group: readonly Table[], columns: string): string[] {
    return this.incoming(table, group).map((reference) => {
      const { parent } = reference;
      const known = parent === this.target ? '' : ` CROSS JOIN ${this.named(parent)} d`;
      const same =
        known === ''
          ? ''
          : keyOf(parent)
              .map((column, at) => ` AND d.k${at} = +p.${identifier(column)}`)
              .join('');
      return `SELECT ${columns} FROM ${identifier(table.name)} c CROSS JOIN ${identifier(parent.name)} p${known}
        WHERE ${joined(reference)}${same}`;
    });
  }

  private single(table: Table): string[] {
    const key = keyOf(table);
    const columns = key.map((column) => `+c.${identifier(column)}`).join(', ');
    const names = key.map((_, at) => `k${at}`).join(', ');
    return union(this.named(table), names, this.seeds(table, [table], columns), 'UNION');
  }

  private ring({ tables, rings }: Group): string[] {
    const g = this.groups.findIndex((group) => group.tables.includes(tables[0] as Table));
    const seeds = tables.flatMap((table) => this.seeds(table, tables, [this.number(table), ...this.own(table, 'c')].join(', ')));
    const edges = rings.map((reference) => {
      const { child, parent } = reference;
      const from = [this.number(parent), ...this.own(parent, 'p')];
      const to = [this.number(child), ...this.own(child, 'c')];
      const tablesOf = `${identifier(child.name)} c CROSS JOIN ${identifier(parent.name)} p`;
      return `SELECT ${[...from, ...to].join(', ')} FROM ${tablesOf} WHERE ${joined(reference)}`;
    });
    const same = Array.from({ length: this.width }, (_, at) => ` AND e.p${at} = s.k${at}`).join('');
    const columns = this.columns('k');
    return [
      ...union(RING.seeds(g), `t, ${columns}`, seeds, 'UNION ALL'),
      ...union(RING.edges(g), `pt, ${this.columns('p')}, ct, ${this.columns('c')}`, edges, 'UNION ALL'),
      `${RING.rows(g)} (t, ${columns}) AS MATERIALIZED (SELECT t, ${columns} FROM ${RING.seeds(g)} UNION
        SELECT e.ct, ${this.columns('e.c')} FROM ${RING.rows(g)} s JOIN ${RING.edges(g)} e ON e.pt = s.t${same})`,
      ...tables.map((table) => {
        const names = keyOf(table).map((_, at) => `k${at}`);
        const keys = names.join(', ');
        return `${this.named(table)} (${keys}) AS MATERIALIZED (SELECT ${keys} FROM ${RING.rows(g)} WHERE t = ${this.number(table)})`;
      }),
    ];
  }
}

/** Of tables whose rows can be found again; others are refused before. */
export function keyOf(table: Table): string[] {
  const key = rowKey(table);
  if (key === null) throw new Error(`${table.name} has no key by which a row can be found again`);
  return key;
}

const withOf = (expressions: readonly string[]): string =>
  expressions.length === 0 ? '' : `WITH RECURSIVE ${expressions.join(',\n ')}\n`;

/** The rows of parent and child that belong together, under the aliases `p` and `c`. */
export const joined = ({ pairs }: Reference): string =>
  pairs.map(([column, key]) => `p.${identifier(key)} = +c.${identifier(column)}`).join(' AND ');

/** Any number of arms, as expressions of few arms each. `level`: of the tree that they make. */
function union(name: string, columns: string, arms: readonly string[], how: 'UNION' | 'UNION ALL', level = 0): string[] {
  if (arms.length <= ARMS) return [`${name} (${columns}) AS MATERIALIZED (${arms.join(` ${how} `)})`];
  const parts = Array.from({ length: Math.ceil(arms.length / ARMS) }, (_, at) => arms.slice(at * ARMS, (at + 1) * ARMS));
  const names = parts.map((_, at) => `${name}_${level}_${at}`);
  const all = names.map((part) => `SELECT * FROM ${part}`);
  return [
    ...parts.flatMap((part, at) => union(names[at] as string, columns, part, how)),
    ...union(name, columns, all, how, level + 1),
  ];
}
