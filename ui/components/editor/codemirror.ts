/**
 * The only file that loads CodeMirror: reached by a dynamic import, so that no page pays for it that shows no code. Its styles go into
 * the shadow root as constructed sheets, which the Content-Security-Policy allows; a root must therefore be given.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { SQLite, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { diffLines } from './diff-lines.ts';
import { replacement } from './replacement.ts';
import { editorTheme } from './theme.ts';

export type Language = 'sql' | 'typescript' | 'diff';
/** Lines and columns from 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** An error when left out. */
  readonly severity?: Diagnostic['severity'];
}
export interface CodeOptions {
  readonly root: ShadowRoot;
  readonly parent: HTMLElement;
  readonly text: string;
  readonly language: Language;
  /** For screen readers. */
  readonly label: string;
  readonly readOnly: boolean;
  /** Shown as it differs from this text; null: shown plainly. */
  readonly original: string | null;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  /** Whether the keys meant something: otherwise they make a new line, as usual. */
  readonly onRun: () => boolean;
}

/** The colours are the console's own, so that both themes follow by themselves. */
const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
    color: 'var(--lk-accent)',
  },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--lk-good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--lk-warn)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--lk-quiet)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--lk-accent)' },
  { tag: tags.function(tags.variableName), fontWeight: '550' },
  { tag: tags.invalid, color: 'var(--lk-bad)' },
]);

function grammar(language: Language): Extension {
  switch (language) {
    case 'sql':
      return sql({ dialect: SQLite, upperCaseKeywords: true });
    case 'typescript':
      return javascript({ typescript: true });
    case 'diff':
      return diffLines;
  }
}

/** True: the key is dealt with, the browser is not to save the page. */
function saved({ onSave }: CodeOptions): true {
  onSave();
  return true;
}

const writing = (options: CodeOptions): Extension => [
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  indentOnInput(),
  bracketMatching(),
  lintGutter(),
  keymap.of([
    { key: 'Mod-s', preventDefault: true, run: () => saved(options) },
    { key: 'Mod-Enter', run: () => options.onRun() },
    // Whoever works by keyboard must be able to leave: Escape, then Tab.
    indentWithTab,
    ...defaultKeymap,
    ...historyKeymap,
    ...lintKeymap,
  ]),
  EditorView.updateListener.of((update) => {
    if (update.docChanged) options.onChange(update.state.doc.toString());
  }),
];

const compared = (original: string | null): Extension =>
  original === null
    ? []
    : unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 }, gutter: true });

export interface CodeView {
  /** Whether it was another text. */
  setText(text: string): boolean;
  setMistakes(mistakes: readonly Mistake[]): void;
  setOriginal(original: string | null): void;
  goTo(mistake: Pick<Mistake, 'line' | 'column'>): void;
  focus(): void;
  destroy(): void;
}

const positionOf = (state: EditorState, { line, column }: Pick<Mistake, 'line' | 'column'>): number => {
  const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
};

/** From a place on, what is one thing for a reader: something in quotes, a word, or a sign. */
const THING = /"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|[\p{L}\p{N}_$]+|\S/uy;

function endOfThing(state: EditorState, from: number): number {
  const line = state.doc.lineAt(from);
  THING.lastIndex = from - line.from;
  return THING.test(line.text) ? line.from + THING.lastIndex : Math.min(state.doc.length, from + 1);
}

function diagnostic(state: EditorState, mistake: Mistake): Diagnostic {
  const from = positionOf(state, mistake);
  return { from, to: endOfThing(state, from), severity: mistake.severity ?? 'error', message: mistake.message };
}

export function createCodeView(options: CodeOptions): CodeView {
  const comparison = new Compartment();
  const view = new EditorView({
    root: options.root,
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        options.language === 'typescript' || !options.readOnly ? lineNumbers() : [],
        grammar(options.language),
        syntaxHighlighting(colours),
        highlightSelectionMatches(),
        keymap.of(searchKeymap),
        editorTheme,
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          ...(options.readOnly ? { tabindex: '0' } : { 'aria-description': 'Tab writes. To leave, press Escape, then Tab.' }),
        }),
        options.readOnly
          ? [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.lineWrapping]
          : writing(options),
        comparison.of(compared(options.original)),
      ],
    }),
  });
  return {
    setText: (text) => {
      const change = replacement(view.state.doc.toString(), text);
      if (change !== null) view.dispatch({ changes: change });
      return change !== null;
    },
    setMistakes: (mistakes) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          mistakes.map((mistake) => diagnostic(view.state, mistake)),
        ),
      ),
    setOriginal: (original) => view.dispatch({ effects: comparison.reconfigure(compared(original)) }),
    goTo: (mistake) => {
      const anchor = positionOf(view.state, mistake);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
