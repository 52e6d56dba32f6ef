/** The pages about schemas, as one part of the console that is loaded when the first of them is shown. */
import './code-page.ts';
import './files-page.ts';
import './schema-page.ts';
