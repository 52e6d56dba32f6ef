/** CodeMirror in the console's colours. */
import { EditorView } from '@codemirror/view';

const MARK = '2px solid';
export const editorTheme = EditorView.theme({
  '&': { color: 'var(--lk-ink)', backgroundColor: 'transparent', fontSize: '0.8125rem', height: '100%' },
  '&.cm-focused': { outline: '2px solid var(--lk-focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--lk-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--lk-ink)', padding: '8px 0' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--lk-quiet)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'light-dark(rgb(0 40 50 / 0.045), rgb(255 255 255 / 0.045))' },
  '.cm-cursor': { borderLeftColor: 'var(--lk-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
    backgroundColor: 'light-dark(oklch(86% 0.05 205), oklch(37% 0.06 210))',
  },
  '.cm-selectionMatch': { backgroundColor: 'light-dark(oklch(92% 0.04 205), oklch(32% 0.045 210))' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--lk-accent-soft)',
    outline: '1px solid var(--lk-accent)',
  },
  '.cm-added': { backgroundColor: 'var(--lk-good-soft)', color: 'var(--lk-good)' },
  '.cm-removed': { backgroundColor: 'var(--lk-bad-soft)', color: 'var(--lk-bad)' },
  '.cm-place': { color: 'var(--lk-quiet)' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--lk-good-soft) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--lk-bad-soft)', paddingLeft: '6px' },
  '.cm-changedText, .cm-insertedLine .cm-changedText': { background: 'none', borderBottom: `${MARK} var(--lk-good)` },
  '.cm-deletedText, .cm-deletedChunk .cm-deletedText': { background: 'none', borderBottom: `${MARK} var(--lk-bad)` },
  '.cm-deletedLine del': { textDecoration: 'none' },
  '.cm-collapsedLines': { color: 'var(--lk-quiet)', background: 'var(--lk-sunken)', padding: '2px 12px' },
  // Its own sign is in few fonts.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"' },
  '.cm-panels': { color: 'var(--lk-ink)', backgroundColor: 'var(--lk-sunken)', borderColor: 'var(--lk-line)' },
  '.cm-panel input, .cm-panel button, .cm-panel label': { font: 'inherit' },
  '.cm-textfield': { backgroundColor: 'var(--lk-surface)', border: '1px solid var(--lk-line-strong)', borderRadius: '4px' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--lk-surface)',
    border: '1px solid var(--lk-line-strong)',
    borderRadius: '4px',
  },
  '.cm-tooltip': {
    color: 'var(--lk-ink)',
    backgroundColor: 'var(--lk-raised)',
    border: '1px solid var(--lk-line)',
    borderRadius: '6px',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--lk-bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--lk-bad)', textUnderlineOffset: '3px' },
});
