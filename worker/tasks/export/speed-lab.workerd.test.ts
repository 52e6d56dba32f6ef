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
  {
    const { rowSource } = await import('../../core/backup/source.ts'); const { introspect } = await import('../../database/introspect.ts');
    const { liveRows } = await import('./live-rows.ts'); const { gzipSync } = await import('node:zlib'); const { createHash } = await import('node:crypto');
    const { Packer } = await import('../../core/backup/pack.ts'); const { newSha256 } = await import('./hash.ts');
    const { pageSql } = await import('../../core/backup/read-sql.ts');
    const d = d1Database(DB); const src = rowSource((await introspect(d)).tables.find((t) => t.name === 't')!);
    let t0 = performance.now(); let n = 0; const keep: Uint8Array[] = [];
    for await (const b of liveRows(d, src, null)) { n += b.length; if (keep.length < 20) keep.push(b); }
    console.log('liveRows only', n, performance.now() - t0);
    t0 = performance.now(); let k = 0;
    for (;;) { const { sql } = pageSql(src, { after: String(k), before: null, limit: 5000 }, 300); const [r] = (await d.query(sql)).rows; if (r![0] === null) break; k += 5000; }
    console.log('plain queries', performance.now() - t0);
    t0 = performance.now(); k = 0;
    for (;;) { const { sql } = pageSql(src, { after: String(k), before: null, limit: 5000 }, 300); const r = await DB.prepare(sql).bind().raw(); if ((r as any)[0]![0] === null) break; k += 5000; }
    console.log('plain queries raw', performance.now() - t0);
    t0 = performance.now();
    const p = new Packer(newSha256); p.beginTable(src, null);
    for (let i = 0; i < 10; i++) for (const b of keep) { let at = 0; while (at < b.length) { if (p.full) p.cut(); at = p.rows(b, at); } }
    console.log('packer+segment hash', performance.now() - t0, keep.reduce((s, b) => s + b.length, 0) * 10);
    const nul = () => ({ update() {}, digest: () => '' });
    t0 = performance.now();
    const p2 = new Packer(nul); p2.beginTable(src, null);
    for (let i = 0; i < 10; i++) for (const b of keep) { let at = 0; while (at < b.length) { if (p2.full) p2.cut(); at = p2.rows(b, at); } }
    console.log('packer no hash', performance.now() - t0);
    const big = new Uint8Array(8 << 20); let o = 0; for (const b of keep) { if (o + b.length > big.length) break; big.set(b, o); o += b.length; }
    const text = big.subarray(0, o);
    t0 = performance.now(); const g = gzipSync(text, { level: 1 }); console.log('gzip', o, g.length, performance.now() - t0);
    t0 = performance.now(); createHash('sha256').update(g).digest('hex'); console.log('sha gz', performance.now() - t0);
    t0 = performance.now(); createHash('sha256').update(text).digest('hex'); console.log('sha text', performance.now() - t0);
    t0 = performance.now(); await crypto.subtle.digest('SHA-256', text); console.log('subtle text', performance.now() - t0);
  }
  for (let i = 0; i < 1; i++) {
    const job = new MemoryJob<ExportCursor>();
    let calls = 0; const d = d1Database(DB); let dbMs = 0, putMs = 0;
    const database = { ...d, query: async (...a: any) => { calls++; const t = performance.now(); try { return await (d.query as any)(...a); } finally { dbMs += performance.now() - t; } } } as any;
    const ar = archiveOf(ARCHIVE, 'DB'); const archive = { ...ar, putChunk: async (s: string, g: Uint8Array) => { const t = performance.now(); await ar.putChunk(s, g); putMs += performance.now() - t; } };
    const t0 = performance.now();
    const out = await slice(databaseExport, {}, job, { database, archive, jobId: 'j' + i });
    console.log(JSON.stringify(out), Math.round(performance.now() - t0), 'ms', calls, Math.round(dbMs), Math.round(putMs));
  }
}, 300000);
