/** A rule's page of documentation. */
import type { Example, Rule } from './rule.ts';

const MAX_SHOWN = 400;
const shown = ({ sql, rows }: Example): string => {
  const counted = Object.entries(rows ?? {}).map(([table, count]) => `-- ${table} has ${count} rows\n`);
  return `${counted.join('')}${sql.length > MAX_SHOWN ? `${sql.slice(0, MAX_SHOWN)} …` : sql}`;
};
const block = (title: string, examples: readonly Example[]): string =>
  `## ${title}\n\n${examples.map((example) => `\`\`\`sql\n${shown(example)}\n\`\`\`\n`).join('\n')}`;

/** Markdown: what goes wrong, what to do instead, examples of both, and how to silence it. */
export function pageOf({ code, title, level, doc, examples }: Rule): string {
  const silence =
    level === 'stop'
      ? 'It cannot be silenced: the statement would fail.'
      : `To silence it, give a reason: in the plan, or in the script in a line before the statement:\n\n\`\`\`sql\n-- lint-silence ${code}: why it does not matter here\n\`\`\``;
  return `# ${title}\n\n\`${code}\` (${level})\n\n${doc}\n\n${block('Found', examples.bad)}\n${block('Not found', examples.good)}\n## Silence\n\n${silence}\n`;
}
