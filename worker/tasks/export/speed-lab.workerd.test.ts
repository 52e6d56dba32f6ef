import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { archiveOf } from '../../archive/r2.ts';
import { d1Database } from '../../database/d1.ts';
import { databaseExport, type ExportCursor } from '../database-export.ts';
import { MemoryJob, slice } from './testing/harness.ts';
test('speed', async () => {
  const { DB, ARCHIVE } = env as unknown as { DB: D1Database; ARCHIVE: R2Bucket };
  const N = Number((env as any).LAB_ROWS ?? 1000000);
  await DB.prepare(`create table t(id integer primary key, name text, email text, price real, lat real, qty integer, b blob, note text)`).run();
  for (let from = 0; from < N; from += 100000)
  await DB.prepare(`insert into t with recursive c(n) as (select ${from + 1} union all select n+1 from c where n<${from + 100000}) select n, 'name '||n, 'user'||n||'@example.com', (n%10007)/100.0, (n*37.77777)/${N}, n%1000, randomblob(16), substr('the quick brown fox jumps over the lazy dog and runs away quickly',1,20+n%40) from c`).run();
  for (let i = 0; i < 2; i++) {
    const job = new MemoryJob<ExportCursor>();
    let calls = 0; const d = d1Database(DB); let dbMs = 0, putMs = 0;
    const database = { ...d, query: async (...a: any) => { calls++; const t = performance.now(); try { return await (d.query as any)(...a); } finally { dbMs += performance.now() - t; } } } as any;
    const ar = archiveOf(ARCHIVE, 'DB'); const archive = { ...ar, putChunk: async (s: string, g: Uint8Array) => { const t = performance.now(); await ar.putChunk(s, g); putMs += performance.now() - t; } };
    const t0 = performance.now();
    const out = await slice(databaseExport, {}, job, { database, archive, jobId: 'j' + i });
    console.log(Math.round(performance.now() - t0), 'ms', calls, Math.round(dbMs), Math.round(putMs));
  }
  const { backupVerify } = await import('../backup-verify.ts'); const { scratchDatabase } = await import('../../database/scratch.ts');
  const t0 = performance.now();
  const out = await slice(backupVerify, { backupId: 'bk_j1' }, new MemoryJob<any>(), { database: d1Database(DB), archive: archiveOf(ARCHIVE, 'DB'), scratch: () => scratchDatabase((env as any).SCRATCH.getByName('v')) as any });
  console.log('verify', JSON.stringify((out as any).result), Math.round(performance.now() - t0), 'ms');
}, 300000);
