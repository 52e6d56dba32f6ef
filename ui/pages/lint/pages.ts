/** The linter's pages, as one part of the console that is loaded when the first of them is shown. */
import './check-page.ts';
import './rule-page.ts';
import './rules-page.ts';
