/** A unified diff has no grammar worth a package: the first character of a line says all. */
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

const added = Decoration.line({ class: 'cm-added' });
const removed = Decoration.line({ class: 'cm-removed' });
const place = Decoration.line({ class: 'cm-place' });
const markOf = (line: string): Decoration | null => {
  if (/^(?:diff |index |--- |\+\+\+ |@@|new file|deleted file)/.test(line)) return place;
  return line.startsWith('+') ? added : line.startsWith('-') ? removed : null;
};

export const diffLines = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marks(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged) this.decorations = marks(update.view);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function marks(view: EditorView): DecorationSet {
  const found = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const mark = markOf(line.text);
      if (mark !== null) found.push(mark.range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(found);
}
