/** DDL: from text to definitions in which equal things are equal (S3), and back to text. */
export type * from './ast.ts';
export { type Created, type KnownTable, parseCreate } from './create.ts';
export { defsEqual, withoutSql } from './equal.ts';
export { isPlainName } from './keywords.ts';
export { type ExpressionOptions, normalExpression, type ParsedExpression, parseExpression } from './normal.ts';
export type { SyntaxProblem } from './problem.ts';
export { renderIndex, renderTable, renderTrigger, renderView, renderVirtualTable, UnrenderableError } from './render.ts';
export { schemaOf } from './schema-of.ts';
export { isRowid } from './table-def.ts';
export { renderType } from './type.ts';
