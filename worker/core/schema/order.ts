/** B2: in which order rows can be loaded while foreign keys are enforced. */
import type { Table } from './model.ts';
import { foldName } from './names.ts';

/** Parents before children; members of a cycle in order of creation. Self-references do not count. */
export function parentsFirst<T extends Pick<Table, 'name' | 'foreignKeys'>>(tables: readonly T[]): T[] {
  const byName = new Map(tables.map((table) => [foldName(table.name), table]));
  const done = new Set<T>();
  const ordered: T[] = [];
  for (const root of tables) {
    // An own stack: a chain of a thousand tables is legal.
    const stack: { table: T; next: number }[] = [];
    const enter = (table: T | undefined) => {
      if (!table || done.has(table)) return;
      done.add(table);
      stack.push({ table, next: 0 });
    };
    enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const key = top.table.foreignKeys[top.next];
      top.next += 1;
      if (key) enter(byName.get(foldName(key.table)));
      else ordered.push((stack.pop() as { table: T }).table);
    }
  }
  return ordered;
}
