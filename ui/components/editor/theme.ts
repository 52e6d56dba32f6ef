/** CodeMirror in the console's colours. */
import { EditorView } from '@codemirror/view';

const MARK = '2px solid';
export const editorTheme = EditorView.theme({
  '&': { color: 'var(--lk-ink)', backgroundColor: 'transparent', fontSize: '0.8125rem', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  // Above the gutters, which are opaque.
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: '300',
    border: '2px solid var(--lk-focus)',
    pointerEvents: 'none',
  },
  '.cm-scroller': { fontFamily: 'var(--lk-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--lk-ink)', padding: '8px 0' },
  '.cm-line': { padding: '0 12px 0 6px' },
  // Opaque: lines that are scrolled sideways pass underneath.
  '.cm-gutters': { backgroundColor: 'var(--lk-surface)', color: 'var(--lk-quiet)', border: '0' },
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
  // Its own signs are pictures in colours of their own.
  '.cm-lint-marker': { content: 'normal', width: '9px', height: '9px', margin: '3px 2px', forcedColorAdjust: 'none' },
  '.cm-lint-marker-error': { background: 'var(--lk-bad)', borderRadius: '50%' },
  '.cm-lint-marker-warning': { background: 'var(--lk-warn)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
  '.cm-lint-marker-info': { background: 'var(--lk-quiet)', borderRadius: '1px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--lk-bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--lk-warn)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--lk-quiet)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--lk-warn)', textUnderlineOffset: '3px' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--lk-quiet)', textUnderlineOffset: '3px' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--lk-bad)', textUnderlineOffset: '3px' },
});
