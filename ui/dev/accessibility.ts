/** Checks of a page as it stands in the browser, shadow roots included. For the console's browser test. */
import type { Page } from 'playwright-core';

const NEEDS_NAME: ReadonlySet<string> = new Set(
  'button link textbox searchbox checkbox radio combobox menuitem menuitemcheckbox dialog alertdialog progressbar meter table img heading'.split(
    ' ',
  ),
);

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly nodeId: string;
}

/** Roles of everything that a screen reader would announce without a name, as Chromium itself computes it. */
export async function unnamedControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AxNode[] };
  await session.detach();
  return nodes
    .filter(({ ignored, role, name }) => !ignored && NEEDS_NAME.has(role?.value ?? '') && (name?.value ?? '').trim() === '')
    .map(({ role }) => role?.value ?? '');
}

/** Texts whose contrast with what lies behind them is below WCAG AA (4.5, or 3 where large). Disabled controls are exempt, as there. */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 1;
    canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const parse = (colour: string): number[] => {
      if (context === null) return [0, 0, 0, 1];
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (top: number[], under: number[]): number[] =>
      [0, 1, 2].map((i) => (top[i] ?? 0) * (top[3] ?? 1) + (under[i] ?? 0) * (1 - (top[3] ?? 1))).concat(1);
    const luminance = (colour: number[]): number => {
      const [r = 0, g = 0, b = 0] = colour
        .slice(0, 3)
        .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const parent = (element: Element): Element | null =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;
    const ground = (element: Element): number[] => {
      const layers: number[][] = [];
      for (let at: Element | null = element; at !== null; at = parent(at)) layers.push(parse(getComputedStyle(at).backgroundColor));
      return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
    };
    const dimmed = (element: Element): boolean => {
      for (let at: Element | null = element; at !== null; at = parent(at))
        if (Number(getComputedStyle(at).opacity) < 1) return true;
      return false;
    };
    const bad: string[] = [];
    const visit = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot !== null) visit(element.shadowRoot);
        const text = [...element.childNodes]
          .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
          .map(({ textContent }) => textContent?.trim() ?? '')
          .join('');
        if (
          text === '' ||
          ['STYLE', 'SCRIPT', 'NOSCRIPT', 'TITLE'].includes(element.tagName) ||
          !element.checkVisibility({ visibilityProperty: true }) ||
          dimmed(element)
        )
          continue;
        const style = getComputedStyle(element);
        const behind = ground(element);
        const [a, b] = [luminance(over(parse(style.color), behind)), luminance(behind)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const large =
          Number.parseFloat(style.fontSize) >= 24 ||
          (Number.parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) bad.push(`${text.slice(0, 30)} (${ratio.toFixed(2)})`);
      }
    };
    visit(document);
    return [...new Set(bad)];
  });
}
