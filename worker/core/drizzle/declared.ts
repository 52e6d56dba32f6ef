/**
 * Constants that are neither table nor view: custom types, groups of columns, relations, lists of values. They are checked even
 * where nothing uses them: the application that imports the file evaluates all of it.
 */
import type { Expression } from '@babel/types';
import { readColumn } from './columns.ts';
import { type Context, EMPTY_SCOPE, expanded, meaningIn, packageFunction, tableRef } from './context.ts';
import { checkHarmless } from './harmless.ts';
import type { Declared } from './modules.ts';
import { creatorOf, shellOfGroup } from './shells.ts';
import { bare, chainOf, Refused } from './source.ts';
import { sqlText } from './sql-text.ts';
import { BUILDERS, dataTypeOf } from './types.ts';
import { constantValue } from './values.ts';

const NOT_DATA = 'this is not a part of a schema that can be read as data';

/** Throws `Refused` when it is anything that would have to be run to know it. */
export function checkConstant(context: Context, declared: Declared): void {
  const { file } = declared;
  const init = bare(declared.init);
  switch (init.type) {
    case 'CallExpression':
      checkCall(context, declared, init);
      return;
    case 'ObjectExpression':
      checkObject(context, declared, init);
      return;
    case 'TaggedTemplateExpression':
      sqlText({ context, file, scope: EMPTY_SCOPE, style: 'qualified' }, init);
      return;
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      throw new Refused(file, init, 'functions are no data: write out what they would make');
    default:
      constantValue(file, init, (each, name) => expanded(context, each, name));
  }
}

type Call = Extract<Expression, { type: 'CallExpression' }>;

function checkCall(context: Context, declared: Declared, init: Call): void {
  const { file } = declared;
  const { base } = chainOf(init);
  if (base.type !== 'CallExpression') throw new Refused(file, init, NOT_DATA);
  const name = packageFunction(context, file, base.callee, EMPTY_SCOPE);
  if (base === init && name === 'customType') {
    dataTypeOf(file, init.arguments[0]);
    if (init.arguments[1]) throw new Refused(file, init.arguments[1], NOT_DATA);
  } else if (base === init && name === 'sqliteTableCreator') creatorOf(context, declared);
  else if (base === init && name === 'relations') checkRelations(context, declared, init);
  else if (name === null ? isCustomColumn(context, declared, base) : BUILDERS.includes(name)) checkColumn(context, declared);
  else throw new Refused(file, init, NOT_DATA);
}

/** What `customType` answers begins a column, as `integer` does. */
function isCustomColumn(context: Context, { file }: Declared, base: Call): boolean {
  if (base.callee.type !== 'Identifier') return false;
  const found = expanded(context, file, base.callee.name);
  const init = found ? bare(found.init) : null;
  return (
    init?.type === 'CallExpression' && packageFunction(context, found?.file ?? file, init.callee, EMPTY_SCOPE) === 'customType'
  );
}

function checkRelations(context: Context, { file }: Declared, init: Call): void {
  const [table, callback, ...more] = init.arguments;
  if (!table || !tableRef(context, file, table, EMPTY_SCOPE))
    throw new Refused(file, table ?? init, 'relations() takes a table of these files');
  if (callback?.type !== 'ArrowFunctionExpression' || more.length > 0) throw new Refused(file, callback ?? init, NOT_DATA);
  checkHarmless(file, callback, (name) => {
    const meaning = meaningIn(context, file, name);
    return meaning?.kind === 'declared';
  });
}

function checkColumn(context: Context, declared: Declared): void {
  const chain = chainOf(declared.init);
  const object = { type: 'ObjectExpression', properties: [], start: declared.init.start } as unknown as Extract<
    Expression,
    { type: 'ObjectExpression' }
  >;
  const shell = shellOfGroup(context, declared, object);
  const column = {
    key: declared.name,
    plainName: declared.name,
    name: declared.name,
    file: declared.file,
    property: declared.init,
    keyNode: declared.init,
    chain,
    shared: true,
  };
  readColumn(context, shell, column, EMPTY_SCOPE);
}

/** A group of columns, or an object of values. */
function checkObject(context: Context, declared: Declared, init: Extract<Expression, { type: 'ObjectExpression' }>): void {
  const { file } = declared;
  const isGroup = init.properties.some(
    (property) =>
      property.type === 'SpreadElement' ||
      (property.type === 'ObjectProperty' && bare(property.value as Expression).type === 'CallExpression'),
  );
  if (!isGroup) return void constantValue(file, init, (each, name) => expanded(context, each, name));
  const shell = shellOfGroup(context, declared, init);
  for (const column of shell.columns) readColumn(context, shell, column, EMPTY_SCOPE);
}
