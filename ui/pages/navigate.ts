/** Goes to another page of the console. The router of the shell listens to `popstate`. */
export function navigate(path: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState({}, '', path);
  else history.pushState({}, '', path);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

const at = (database: string, rest: string): string => `/${encodeURIComponent(database)}/${rest}`;
export const paths = {
  overview: (database: string) => at(database, 'overview'),
  jobs: (database: string) => at(database, 'jobs'),
  job: (database: string, id: string) => at(database, `jobs/${encodeURIComponent(id)}`),
  backups: (database: string) => at(database, 'backups'),
  backup: (database: string, id: string) => at(database, `backups/${encodeURIComponent(id)}`),
  maintenance: (database: string) => at(database, 'maintenance'),
  danger: (database: string) => at(database, 'danger'),
  audit: (database: string) => at(database, 'audit'),
  schema: (database: string) => at(database, 'schema'),
  schemaFiles: (database: string, file?: string) =>
    at(database, `schema/files${file === undefined ? '' : `?file=${encodeURIComponent(file)}`}`),
  schemaCode: (database: string) => at(database, 'schema/code'),
  schemaCheck: (database: string) => at(database, 'schema/check'),
  lintRules: (database: string) => at(database, 'schema/rules'),
  plan: (database: string, id: string) => at(database, `plans/${encodeURIComponent(id)}`),
  access: '/access',
  accessAudit: '/audit',
} as const;
