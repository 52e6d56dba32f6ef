/** Gives the reader a text as a file. The browser's own download: no server is asked. */
export function saveText(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
  // After this turn: some browsers read it only then.
  setTimeout(() => URL.revokeObjectURL(href), 0);
}
