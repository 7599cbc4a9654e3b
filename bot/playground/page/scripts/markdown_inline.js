/** Discord's inline markdown: emphasis, code, links, spoilers, mentions, emoji and timestamps. */

import { element } from './dom.js';
import { timestampElement } from './timestamps.js';

const SAFE_LINK = /^(https?:|mailto:)/i;

/**
 * What inline text may point at.
 * @typedef {Object} MentionNames
 * @property {(id: string) => string|undefined} user
 * @property {(id: string) => string|undefined} channel
 * @property {(name: string) => void} openCommand
 */

/** Each rule: a pattern that matches at the start of the rest, and what it becomes. */
const RULES = [
  [/^\\([^\sA-Za-z0-9])/, (match) => match[1]],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (match) => element('code', {}, match[2].trim())],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (match) => timestampElement(match[1], match[2])],
  [/^<@!?(\d+)>/, (match, names) => mention(`@${names.user(match[1]) ?? 'unknown member'}`)],
  [/^<@&(\d+)>/, () => mention('@role')],
  [/^<#(\d+)>/, (match, names) => mention(`#${names.channel(match[1]) ?? 'unknown channel'}`)],
  [/^@(everyone|here)\b/, (match) => mention(match[0])],
  [/^<\/([-\w ]+):\d+>/, commandMention],
  [/^<a?:(\w+):\d+>/, (match) => element('span', { class: 'custom-emoji' }, `:${match[1]}:`)],
  [/^<(https?:\/\/[^>\s]+)>/, (match) => link(match[1], [match[1]])],
  [/^\[((?:[^[\]]|\\.)+)\]\(<?([^\s)>]+)>?(?:\s+["'][^"']*["'])?\)/, namedLink],
  [/^https?:\/\/[^\s<]*[^\s<.,:;"')\]!?]/, (match) => link(match[0], [match[0]])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (match, names) => element('strong', {}, renderInline(match[1], names))],
  [/^__([\s\S]+?)__(?!_)/, (match, names) => element('u', {}, renderInline(match[1], names))],
  [/^~~([\s\S]+?)~~/, (match, names) => element('s', {}, renderInline(match[1], names))],
  [/^\|\|([\s\S]+?)\|\|/, (match, names) => spoiler(renderInline(match[1], names))],
  [/^\*(?!\s)((?:\*\*|[^*])+?)\*(?!\*)/, (match, names) => element('em', {}, renderInline(match[1], names))],
  [/^_(?!_)((?:__|[^_])+?)_(?![A-Za-z0-9_])/, (match, names) => element('em', {}, renderInline(match[1], names))],
];

const PLAIN_RUN = /^(?:[A-Za-z0-9 ]+?(?=https?:)|[A-Za-z0-9 ]+|[\s\S])/;

/**
 * @param {string} text
 * @param {MentionNames} names
 * @returns {(Node|string)[]}
 */
export function renderInline(text, names) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const { length, node } = nextPiece(rest, names, isWordEnd(text, text.length - rest.length));
    nodes.push(node);
    rest = rest.slice(length);
  }
  return nodes;
}

function isWordEnd(text, position) {
  return position > 0 && /[A-Za-z0-9]/.test(text[position - 1]);
}

function nextPiece(rest, names, insideWord) {
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(rest);
    const isUnderscoreInWord = insideWord && rest[0] === '_';
    if (match && !isUnderscoreInWord) return { length: match[0].length, node: make(match, names) };
  }
  const run = PLAIN_RUN.exec(rest)[0];
  return { length: run.length, node: run };
}

function mention(text) {
  return element('span', { class: 'mention' }, text);
}

function commandMention(match, names) {
  const open = () => names.openCommand(match[1]);
  return element('button', { type: 'button', class: 'mention', onclick: open }, `/${match[1]}`);
}

function namedLink(match, names) {
  return SAFE_LINK.test(match[2]) ? link(match[2], renderInline(match[1], names)) : match[0];
}

function link(url, children) {
  return element('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, children);
}

function spoiler(children) {
  const node = element('button', { type: 'button', class: 'spoiler', 'aria-label': 'Spoiler, press to show' });
  const content = element('span', { 'aria-hidden': 'true' }, children);
  node.append(content);
  node.addEventListener('click', () => node.replaceWith(element('span', { class: 'spoiler is-open' }, children)));
  return node;
}
