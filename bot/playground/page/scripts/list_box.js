/** A button that opens a list to choose from: string selects, and choosing a member or channel. */

import { element, moveFocusWithArrows } from './dom.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';

/**
 * @typedef {Object} Entry
 * @property {string} label
 * @property {string} value
 * @property {string} [description]
 * @property {{name: string}} [emoji]
 * @property {boolean} [default] chosen from the start.
 */

/**
 * @param {Object} options
 * @param {string} options.label for screen readers.
 * @param {string} options.placeholder
 * @param {Entry[]} options.entries
 * @param {number} [options.minimum]
 * @param {number} [options.maximum] more than 1 lets several be chosen; they are sent when the list closes.
 * @param {boolean} [options.disabled]
 * @param {string} [options.focusKey] finds the button again after its message was drawn anew.
 * @param {(values: string[]) => void} options.onChange
 * @returns {HTMLButtonElement}
 */
export function listBox(options) {
  const chosen = new Set(options.entries.filter((entry) => entry.default).map(({ value }) => value));
  const text = element('span', { class: 'list-box-text' });
  const button = element(
    'button',
    {
      type: 'button',
      class: 'list-box',
      disabled: options.disabled,
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      dataset: options.focusKey ? { focusKey: options.focusKey } : {},
    },
    text,
    icon('down'),
  );
  const showChoice = () => describeChoice(button, text, chosen, options);
  button.addEventListener('click', () => openList(button, chosen, options, showChoice));
  showChoice();
  return button;
}

function describeChoice(button, text, chosen, { entries, placeholder, label }) {
  const labels = entries.filter(({ value }) => chosen.has(value)).map((entry) => entry.label);
  text.textContent = labels.join(', ') || placeholder;
  text.classList.toggle('is-placeholder', labels.length === 0);
  button.setAttribute('aria-label', `${label}: ${labels.join(', ') || 'nothing chosen'}`);
}

function openList(button, chosen, options, showChoice) {
  const several = (options.maximum ?? 1) > 1;
  const before = [...chosen].join('\n');
  const list = element('div', {
    role: 'listbox',
    class: 'list-box-list',
    'aria-label': options.label,
    'aria-multiselectable': several ? 'true' : null,
  });
  const close = openPopover(button, list, {
    label: options.label,
    class: 'list-box-popover',
    onClose: () => {
      showChoice();
      const isComplete = chosen.size >= (options.minimum ?? 1);
      if (several && isComplete && [...chosen].join('\n') !== before) options.onChange([...chosen]);
    },
  });
  const choose = (entry, node) =>
    several ? toggle(entry, node, chosen, options) : chooseOne(entry, chosen, options, close);
  const nodes = options.entries.map((entry) => entryNode(entry, chosen, choose));
  list.append(...nodes);
  list.addEventListener('keydown', (event) => moveInList(event, nodes));
  (nodes.find((node) => node.ariaSelected === 'true') ?? nodes[0])?.focus();
}

function chooseOne(entry, chosen, options, close) {
  chosen.clear();
  chosen.add(entry.value);
  close();
  options.onChange([entry.value]);
}

function toggle(entry, node, chosen, { maximum }) {
  if (chosen.has(entry.value)) chosen.delete(entry.value);
  else if (chosen.size < maximum) chosen.add(entry.value);
  node.setAttribute('aria-selected', String(chosen.has(entry.value)));
}

function entryNode(entry, chosen, choose) {
  const node = element(
    'div',
    {
      role: 'option',
      class: 'list-box-entry',
      tabindex: '-1',
      'aria-selected': String(chosen.has(entry.value)),
      dataset: { value: entry.value },
    },
    entry.emoji?.name && element('span', { 'aria-hidden': 'true' }, entry.emoji.name),
    element(
      'span',
      { class: 'list-box-entry-text' },
      entry.label,
      entry.description && element('small', {}, entry.description),
    ),
    icon('check'),
  );
  node.addEventListener('click', () => choose(entry, node));
  return node;
}

function moveInList(event, nodes) {
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    document.activeElement.click();
  } else if (event.key.length === 1) {
    const letter = event.key.toLowerCase();
    nodes.find((node) => node.textContent.toLowerCase().startsWith(letter))?.focus();
  } else moveFocusWithArrows(event, nodes);
}
