import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';

/**
 * Web Awesome's own parts (the caret of a menu, the cross of a dialog, the eye of a password field) ask the library `system`, which
 * would answer with data URIs that the Content-Security-Policy forbids to fetch, and `default`, which loads from another host.
 * Both are answered from `ui/public/icons`.
 */
export function useLocalIcons(): void {
  const resolver = (name: string): string => `/icons/${name}.svg`;
  for (const library of ['system', 'default']) registerIconLibrary(library, { resolver });
}
