import { expect, test } from 'vitest';
import { OBJECT_KINDS } from '../../protocol/schema.ts';
import { ASPECTS } from '../schema/diff/items.ts';
import { DRIZZLE_SILENT, drizzleCanSay } from './expressible.ts';

const sayable = OBJECT_KINDS.flatMap((kind) =>
  ASPECTS[kind].filter((aspect) => drizzleCanSay(kind, aspect)).map((aspect) => `${kind}: ${aspect}`),
);

test('S3: of all that is compared, Drizzle has words for this and for nothing else', () => {
  expect(sayable).toEqual([
    ...[
      'column: type',
      'column: not null',
      'column: default',
      'column: generated',
      'primary-key: columns',
      'primary-key: autoincrement',
    ],
    ...['unique: columns', 'check: expression', 'foreign-key: references', 'foreign-key: on delete', 'foreign-key: on update'],
    ...['index: table', 'index: terms', 'index: unique', 'index: where', 'view: select'],
  ]);
});

test('triggers and virtual tables cannot be declared at all', () => {
  expect(OBJECT_KINDS.filter((kind) => !drizzleCanSay(kind))).toEqual(['trigger', 'virtual-table']);
  expect(Object.keys(DRIZZLE_SILENT).sort()).toEqual([...OBJECT_KINDS].sort());
});
