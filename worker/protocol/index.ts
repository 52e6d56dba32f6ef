export * from './access.ts';
export * from './backup.ts';
export * from './database.ts';
export * from './job.ts';
export * from './list.ts';
export * from './live.ts';
export * from './maintenance.ts';
export * from './problem.ts';
