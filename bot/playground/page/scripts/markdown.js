/** Discord's markdown blocks: code, quotes, headings, small print and lists, as safe DOM nodes. */

import { element } from './dom.js';
import { renderInline } from './markdown_inline.js';

const FENCE = /```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```/;
const HEADING = /^(#{1,3}) +(.+)$/;
/** Below the day's heading; the sizes that a message chooses are for the eye. */
const HEADING_LEVEL = 4;
const SMALL = /^-# +(.+)$/;
const LIST_ITEM = /^( *)(?:[-*]|(\d+)\.) +(.+)$/;
const QUOTE = /^> ?(.*)$/;

/**
 * @param {string} text
 * @param {import('./markdown_inline.js').MentionNames} names
 * @returns {DocumentFragment}
 */
export function renderMarkdown(text, names) {
  const fragment = document.createDocumentFragment();
  fragment.append(...renderWithFences(text, names));
  return fragment;
}

function renderWithFences(text, names) {
  const match = FENCE.exec(text);
  if (!match) return renderLines(text, names);
  const before = text.slice(0, match.index).replace(/\n$/, '');
  const after = text.slice(match.index + match[0].length).replace(/^\n/, '');
  return [
    ...(before ? renderLines(before, names) : []),
    element('pre', { tabindex: '0' }, element('code', {}, match[2])),
    ...(after ? renderWithFences(after, names) : []),
  ];
}

function renderLines(text, names) {
  const everythingQuoted = /^>>> ?([\s\S]*)$/m.exec(text);
  if (everythingQuoted) return renderTrailingQuote(text, everythingQuoted, names);
  const blocks = [];
  for (const line of text.split('\n')) addLine(blocks, line);
  return blocks.map((block) => renderBlock(block, names));
}

function renderTrailingQuote(text, match, names) {
  const before = text.slice(0, match.index).replace(/\n$/, '');
  const quote = element('blockquote', {}, renderLines(match[1], names));
  return [...(before ? renderLines(before, names) : []), quote];
}

/** Puts a line into the open block of its kind, or opens a new one. */
function addLine(blocks, line) {
  const { kind, ...content } = readLine(line);
  const last = blocks.at(-1);
  const continues = last?.kind === kind && !['heading', 'small'].includes(kind) && last.ordered === content.ordered;
  if (continues) last.lines.push(content);
  else blocks.push({ kind, ordered: content.ordered, lines: [content] });
}

function readLine(line) {
  let match;
  if ((match = HEADING.exec(line))) return { kind: 'heading', level: match[1].length, text: match[2] };
  if ((match = SMALL.exec(line))) return { kind: 'small', text: match[1] };
  if ((match = QUOTE.exec(line))) return { kind: 'quote', text: match[1] };
  if ((match = LIST_ITEM.exec(line))) {
    return { kind: 'list', ordered: Boolean(match[2]), start: match[2], depth: match[1].length > 0, text: match[3] };
  }
  return { kind: 'text', text: line };
}

function renderBlock({ kind, ordered, lines }, names) {
  const [first] = lines;
  switch (kind) {
    case 'heading':
      return element(
        'p',
        { class: `heading-${first.level}`, role: 'heading', 'aria-level': HEADING_LEVEL },
        renderInline(first.text, names),
      );
    case 'small':
      return element('p', { class: 'small-print' }, renderInline(first.text, names));
    case 'quote':
      return element('blockquote', {}, renderInline(joined(lines), names));
    case 'list':
      return element(
        ordered ? 'ol' : 'ul',
        { start: first.start },
        lines.map(({ text, depth }) => element('li', { class: depth && 'is-nested' }, renderInline(text, names))),
      );
    default:
      return element('p', {}, renderInline(joined(lines), names));
  }
}

function joined(lines) {
  return lines.map(({ text }) => text).join('\n');
}

/** @returns {string} the text without markup, for announcements and labels. */
export function plainText(text, names) {
  const holder = element('div', {}, renderMarkdown(text, names));
  return holder.textContent.trim();
}
