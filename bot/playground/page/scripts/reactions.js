/** Reactions under a message, and the picker that adds one. */

import { element, moveFocusWithArrows } from './dom.js';
import { EMOJI, emojiName, sameEmoji } from './emoji.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';

const PICKER_COLUMNS = 6;

/**
 * @param {Object} message
 * @param {import('./context.js').Context} context
 * @returns {HTMLElement|null}
 */
export function reactionBar(message, context) {
  if (!message.reactions?.length) return null;
  return element(
    'div',
    { class: 'reactions', role: 'group', 'aria-label': 'Reactions' },
    message.reactions.map((reaction) => reactionButton(reaction, message, context)),
    addReactionButton(message, context),
  );
}

function reactionButton({ emoji, count, me }, message, context) {
  const people = `${count} ${count === 1 ? 'reaction' : 'reactions'}`;
  return element(
    'button',
    {
      type: 'button',
      class: 'reaction',
      'aria-pressed': String(Boolean(me)),
      'aria-label': `${emojiName(emoji)}: ${people}${me ? ', including yours' : ''}`,
      title: me ? 'Take your reaction back' : `React with ${emojiName(emoji)}`,
      dataset: { focusKey: `reaction-${emoji.id ?? emoji.name}` },
      onclick: () => context.react(message, emoji, !me),
    },
    element('span', { class: 'reaction-emoji' }, emoji.name),
    element('span', { class: 'reaction-count' }, count),
  );
}

/** @returns {HTMLButtonElement} opens the emoji picker for this message. */
export function addReactionButton(message, context, className = 'reaction is-add') {
  const button = element(
    'button',
    {
      type: 'button',
      class: className,
      'aria-label': 'Add a reaction',
      title: 'Add a reaction',
      'aria-haspopup': 'dialog',
      dataset: { focusKey: `add-reaction-${className}` },
    },
    icon('smile'),
  );
  button.addEventListener('click', () =>
    openPicker(button, (name) => {
      const known = message.reactions?.find((reaction) => sameEmoji(reaction.emoji, { name }));
      if (!known?.me) context.react(message, known?.emoji ?? { name }, true);
    }),
  );
  return button;
}

function openPicker(anchor, onPick) {
  const search = element('input', {
    type: 'search',
    class: 'input',
    placeholder: 'Search emoji',
    'aria-label': 'Search emoji',
  });
  const grid = element('div', { class: 'emoji-grid' });
  const close = openPopover(anchor, element('div', { class: 'emoji-picker' }, search, grid), {
    label: 'Choose an emoji',
  });
  const show = () =>
    grid.replaceChildren(
      ...matching(search.value).map(([emoji, name]) =>
        element(
          'button',
          {
            type: 'button',
            class: 'emoji-choice',
            'aria-label': name,
            title: name,
            onclick: () => {
              close();
              onPick(emoji);
            },
          },
          emoji,
        ),
      ),
    );
  search.addEventListener('input', show);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') grid.firstElementChild?.click();
    if (event.key === 'ArrowDown') grid.firstElementChild?.focus();
  });
  grid.addEventListener('keydown', (event) => moveFocusWithArrows(event, [...grid.children], PICKER_COLUMNS));
  show();
  search.focus();
}

function matching(text) {
  const wanted = text.trim().toLowerCase();
  return EMOJI.filter(([emoji, name]) => !wanted || name.includes(wanted) || emoji === wanted);
}
