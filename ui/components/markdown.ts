import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { lexer, type Token, type Tokens } from 'marked';
import './code.ts';
import './copy.ts';
import { base } from './styles.ts';

/** The lexer's own list of kinds is open; these are drawn, and whatever else stands in a text is shown as it is written. */
type Block =
  | Tokens.Space
  | Tokens.Def
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Code
  | Tokens.List
  | Tokens.Blockquote;
type Word = Tokens.Text | Tokens.Escape | Tokens.Codespan | Tokens.Strong | Tokens.Em | Tokens.Br | Tokens.Link;

/**
 * Text written in Markdown. It is cut into tokens and drawn as a template, never as HTML: what looks like a tag stays text, and only
 * addresses of the web become links.
 * @property text
 */
@customElement('lk-markdown')
export class LkMarkdown extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 12px;
        grid-template-columns: minmax(0, 1fr);
        overflow-wrap: anywhere;
      }
      p,
      ul,
      ol,
      blockquote {
        max-width: 76ch;
      }
      ul,
      ol {
        padding-left: 1.4em;
      }
      li + li {
        margin-top: 4px;
      }
      h2 {
        margin-top: 10px;
      }
      blockquote {
        margin: 0;
        padding-left: 12px;
        border-left: 3px solid var(--lk-line-strong);
      }
      p code,
      li code {
        padding: 1px 4px;
        background: var(--lk-sunken);
        border-radius: 4px;
      }
      .block {
        display: flex;
        align-items: start;
        background: var(--lk-sunken);
        border: 1px solid var(--lk-line);
        border-radius: var(--lk-radius);
      }
      .block > :first-child {
        flex: 1;
        min-width: 0;
      }
      .block lk-copy {
        padding: 4px;
      }
      pre {
        margin: 0;
        padding: 8px 12px;
        font: 0.8125rem/1.55 var(--lk-mono);
        white-space: pre-wrap;
      }
    `,
  ];
  @property() text = '';

  override render() {
    return blocks(lexer(this.text));
  }
}

const blocks = (tokens: readonly Token[]): TemplateResult[] => tokens.map(block);
const inline = (tokens: readonly Token[] = []): (TemplateResult | string)[] => tokens.map(word);

function block(token: Token): TemplateResult {
  const known = token as Block;
  switch (known.type) {
    case 'space':
    case 'def':
      return html``;
    case 'heading':
      return heading(known);
    case 'paragraph':
      return html`<p>${inline(known.tokens)}</p>`;
    case 'text':
      return html`${inline(known.tokens)}`;
    case 'code':
      return example(known);
    case 'list':
      return list(known);
    case 'blockquote':
      return html`<blockquote>${blocks(known.tokens)}</blockquote>`;
    default:
      return html`<p>${token.raw}</p>`;
  }
}

function word(token: Token): TemplateResult | string {
  const known = token as Word;
  switch (known.type) {
    case 'text':
    case 'escape':
      return known.text;
    case 'codespan':
      return html`<code>${known.text}</code>`;
    case 'strong':
      return html`<strong>${inline(known.tokens)}</strong>`;
    case 'em':
      return html`<em>${inline(known.tokens)}</em>`;
    case 'br':
      return html`<br />`;
    case 'link':
      return link(known);
    default:
      return token.raw;
  }
}

function heading({ depth, tokens }: Tokens.Heading): TemplateResult {
  if (depth === 1) return html`<h1>${inline(tokens)}</h1>`;
  return depth === 2 ? html`<h2>${inline(tokens)}</h2>` : html`<h3>${inline(tokens)}</h3>`;
}

function example({ text, lang }: Tokens.Code): TemplateResult {
  const shown =
    lang === 'sql' ? html`<lk-code language="sql" label="Example" .text=${text}></lk-code>` : html`<pre><code>${text}</code></pre>`;
  return html`<div class="block">${shown}<lk-copy .text=${text} what="example"></lk-copy></div>`;
}

function list({ ordered, start, items }: Tokens.List): TemplateResult {
  const entries = items.map(({ tokens }) => html`<li>${blocks(tokens)}</li>`);
  return ordered ? html`<ol start=${start === '' ? 1 : start}>${entries}</ol>` : html`<ul>${entries}</ul>`;
}

/** `javascript:` and its like would run. */
function link({ href, tokens }: Tokens.Link): TemplateResult {
  return /^https?:\/\//i.test(href)
    ? html`<a href=${href} rel="noreferrer" target="_blank">${inline(tokens)}</a>`
    : html`<span>${inline(tokens)}</span>`;
}
