/** The pages and their addresses. */
import type { RouteConfig } from '@lit-labs/router';
import { html } from 'lit';
import '../../components/chunk.ts';
import '../access/access-page.ts';
import '../audit/audit-page.ts';
import '../backups/backup-page.ts';
import '../backups/backups-page.ts';
import '../jobs/job-page.ts';
import '../jobs/jobs-page.ts';
import '../maintenance/maintenance-page.ts';
import '../not-found/not-found-page.ts';
import '../overview/overview-page.ts';

export type PageName =
  | 'home'
  | 'sign-in'
  | 'overview'
  | 'jobs'
  | 'job'
  | 'backups'
  | 'backup'
  | 'maintenance'
  | 'danger'
  | 'schema'
  | 'schema-files'
  | 'schema-code'
  | 'schema-check'
  | 'lint-rules'
  | 'lint-rule'
  | 'plan'
  | 'audit'
  | 'access-audit'
  | 'access'
  | 'not-found';

export const PAGE_TITLES: Record<PageName, string> = {
  home: '',
  'sign-in': 'Sign in',
  overview: 'Overview',
  jobs: 'Jobs',
  job: 'Job',
  backups: 'Backups',
  backup: 'Backup',
  maintenance: 'Maintenance',
  danger: 'Danger zone',
  schema: 'Schema',
  'schema-files': 'Schema files',
  'schema-code': 'Generated code',
  'schema-check': 'SQL check',
  'lint-rules': 'Rules',
  'lint-rule': 'Rule',
  plan: 'Plan',
  audit: 'Audit',
  'access-audit': 'Audit of access',
  access: 'Access',
  'not-found': 'Not found',
};

/** Loaded when first shown: who never opens them does not wait for them. */
const schemaPages = () => import('../schema/pages.ts');
const lintPages = () => import('../lint/pages.ts');
const dangerPage = () => import('../danger/danger-page.ts');
const planPage = () => import('../plan/plan-page.ts');

/** A path parameter may hold anything; the router leaves it encoded. */
export function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return part ?? '';
  }
}

export const routes: (RouteConfig & { name: PageName; path: string })[] = [
  { name: 'home', path: '/', render: () => html`<lk-loading></lk-loading>` },
  { name: 'sign-in', path: '/sign-in', render: () => html`<lk-loading></lk-loading>` },
  { name: 'access', path: '/access', render: () => html`<lk-access-page></lk-access-page>` },
  {
    name: 'overview',
    path: '/:db/overview',
    render: ({ db }) => html`<lk-overview-page .database=${decoded(db)}></lk-overview-page>`,
  },
  { name: 'jobs', path: '/:db/jobs', render: ({ db }) => html`<lk-jobs-page .database=${decoded(db)}></lk-jobs-page>` },
  {
    name: 'job',
    path: '/:db/jobs/:id',
    render: ({ db, id }) => html`<lk-job-page .database=${decoded(db)} .jobId=${decoded(id)}></lk-job-page>`,
  },
  { name: 'backups', path: '/:db/backups', render: ({ db }) => html`<lk-backups-page .database=${decoded(db)}></lk-backups-page>` },
  {
    name: 'backup',
    path: '/:db/backups/:id',
    render: ({ db, id }) => html`<lk-backup-page .database=${decoded(db)} .backupId=${decoded(id)}></lk-backup-page>`,
  },
  {
    name: 'schema',
    path: '/:db/schema',
    render: ({ db }) => html`<lk-chunk .load=${schemaPages}></lk-chunk><lk-schema-page .database=${decoded(db)}></lk-schema-page>`,
  },
  {
    name: 'schema-files',
    path: '/:db/schema/files',
    render: ({ db }) =>
      html`<lk-chunk .load=${schemaPages}></lk-chunk><lk-schema-files-page .database=${decoded(db)}></lk-schema-files-page>`,
  },
  {
    name: 'schema-code',
    path: '/:db/schema/code',
    render: ({ db }) =>
      html`<lk-chunk .load=${schemaPages}></lk-chunk><lk-schema-code-page .database=${decoded(db)}></lk-schema-code-page>`,
  },
  {
    name: 'schema-check',
    path: '/:db/schema/check',
    render: ({ db }) => html`<lk-chunk .load=${lintPages}></lk-chunk><lk-check-page .database=${decoded(db)}></lk-check-page>`,
  },
  {
    name: 'lint-rules',
    path: '/:db/schema/rules',
    render: ({ db }) => html`<lk-chunk .load=${lintPages}></lk-chunk><lk-rules-page .database=${decoded(db)}></lk-rules-page>`,
  },
  {
    name: 'lint-rule',
    path: '/:db/schema/rules/:code',
    render: ({ db, code }) =>
      html`<lk-chunk .load=${lintPages}></lk-chunk><lk-rule-page .database=${decoded(db)} .slug=${decoded(code)}></lk-rule-page>`,
  },
  {
    name: 'plan',
    path: '/:db/plans/:id',
    render: ({ db, id }) =>
      html`<lk-chunk .load=${planPage}></lk-chunk><lk-plan-page .database=${decoded(db)} .planId=${decoded(id)}></lk-plan-page>`,
  },
  { name: 'access-audit', path: '/audit', render: () => html`<lk-audit-page></lk-audit-page>` },
  { name: 'audit', path: '/:db/audit', render: ({ db }) => html`<lk-audit-page .database=${decoded(db)}></lk-audit-page>` },
  {
    name: 'danger',
    path: '/:db/danger',
    render: ({ db }) => html`<lk-chunk .load=${dangerPage}></lk-chunk><lk-danger-page .database=${decoded(db)}></lk-danger-page>`,
  },
  {
    name: 'maintenance',
    path: '/:db/maintenance',
    render: ({ db }) => html`<lk-maintenance-page .database=${decoded(db)}></lk-maintenance-page>`,
  },
];
