/** Who is here: the list of members, the bot's status, and the switch to act as another member. */

import { avatar, displayName } from './avatars.js';
import { element, moveFocusWithArrows } from './dom.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';

/** Draws the members beside the channel. */
export function drawMembers(host, store) {
  const bot = store.bot.user ? [{ ...store.bot.user, bot: true }] : [];
  host.replaceChildren(
    element('h2', { class: 'panel-title' }, `Assistant — ${store.bot.online ? 'online' : 'offline'}`),
    element(
      'ul',
      { class: 'members' },
      bot.map((user) => memberRow(user, store.bot.online)),
    ),
    element('h2', { class: 'panel-title' }, `Members — ${store.users.length}`),
    element(
      'ul',
      { class: 'members' },
      store.users.map((user) => memberRow(user, true)),
    ),
  );
}

function memberRow(user, isOnline) {
  const row = element(
    'li',
    { class: 'member' },
    element('span', { class: 'presence' }, avatar(user, 'avatar is-small')),
    element(
      'span',
      { class: 'member-name' },
      displayName(user),
      user.is_moderator && element('small', {}, 'Moderator'),
    ),
    user.bot && element('span', { class: 'bot-tag' }, 'Bot'),
  );
  row.classList.toggle('is-offline', !isOnline);
  return row;
}

/** Draws a switch's face: who the page acts as. */
export function drawSwitch(button, store) {
  const name = displayName(store.me);
  button.replaceChildren(
    avatar(store.me, 'avatar is-small'),
    element('span', { class: 'switch-text' }, element('small', {}, 'You are'), ' ', element('strong', {}, name)),
    icon('down'),
  );
  button.title = 'Act as another member';
}

/** Opens the list of members to act as. */
export function openSwitch(button, store, onChoose) {
  const list = element('div', { role: 'listbox', 'aria-label': 'Act as', class: 'list-box-list' });
  const content = element(
    'div',
    {},
    element('p', { class: 'popover-title' }, 'Act as another member, for example to vote or to moderate'),
    list,
  );
  const close = openPopover(button, content, { label: 'Act as another member', class: 'switch-popover' });
  const choose = (user) => {
    close();
    if (user.id !== store.userId) onChoose(user.id);
  };
  const rows = store.users.map((user) => switchRow(user, store.userId, choose));
  list.append(...rows);
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      document.activeElement.click();
    } else moveFocusWithArrows(event, rows);
  });
  (rows.find((row) => row.ariaSelected === 'true') ?? rows[0])?.focus();
}

function switchRow(user, currentId, choose) {
  return element(
    'div',
    {
      role: 'option',
      tabindex: '-1',
      class: 'list-box-entry',
      'aria-selected': String(user.id === currentId),
      dataset: { userId: user.id },
      onclick: () => choose(user),
    },
    avatar(user, 'avatar is-small'),
    element(
      'span',
      { class: 'list-box-entry-text' },
      displayName(user),
      user.is_moderator && element('small', {}, 'Moderator: may delete and cancel for others'),
    ),
    icon('check'),
  );
}
