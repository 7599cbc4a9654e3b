/** Puts the page together: loads the state, follows the live events, and connects the parts. */

import { addReaction, deleteMessage, removeReaction } from './api.js';
import { Composer } from './composer.js';
import { element } from './dom.js';
import { LiveEvents } from './events.js';
import { Interactions } from './interactions.js';
import { Lightbox } from './lightbox.js';
import { plainText, renderMarkdown } from './markdown.js';
import { paintMask } from './mask_painter.js';
import { MessageList } from './message_list.js';
import { openModal } from './modal.js';
import { announce, complain } from './notices.js';
import { drawMembers, drawSwitch, openSwitch } from './people.js';
import { icon } from './icons.js';
import { Starter } from './starter.js';
import { Store } from './store.js';
import { Sync } from './sync.js';
import { connectThemeButton } from './theme.js';
import { keepTimestampsFresh } from './timestamps.js';

/** Each tab is a member of its own, so that two tabs can be two members. */
const USER_KEY = 'playground-user';

const store = new Store();
const interactions = new Interactions(store);
const live = new LiveEvents();
const sync = new Sync(store, live, complain);
const names = {
  user: (id) => store.findUser(id)?.global_name ?? store.findUser(id)?.username,
  channel: (id) => store.channels.find((channel) => channel.id === id)?.name,
  openCommand: (name) => composer.open(name),
};

/** @type {import('./context.js').Context} */
const context = {
  store,
  interactions: withComplaints(interactions),
  lightbox: new Lightbox(),
  markdown: (text) => renderMarkdown(text, names),
  plainText: (text) => plainText(text, names),
  react: (message, emoji, isAdded) =>
    attempt((isAdded ? addReaction : removeReaction)(message.channel_id, message.id, emoji, store.userId)),
  deleteMessage: removeMessage,
  paintMask,
  complain,
  announce,
};

const part = (id) => document.getElementById(id);
const composer = new Composer(part('composer'), context);
const starter = new Starter(part('starter'), context);
new MessageList({ scroller: part('log'), list: part('messages'), jump: part('jump') }, context, () => sync.loadOlder());

/** What becomes of this member's commands; the store's events are `Sync`'s. */
const INTERACTION_EVENTS = {
  INTERACTION_ACK: (event) => interactions.acknowledge(event),
  INTERACTION_FAILED: (event) => interactions.fail(event),
  MODAL: (event) => openModal(event, context),
};

function attempt(promise) {
  return promise.catch((error) => complain(error.message));
}

/** Presses and choices in messages have no place of their own for a refusal: it becomes a toast. */
function withComplaints(target) {
  const { pressButton, select } = Interactions.prototype;
  target.pressButton = (...values) => attempt(pressButton.apply(target, values));
  target.select = (...values) => attempt(select.apply(target, values));
  return target;
}

function removeMessage(message) {
  if (message.local) store.removeMessage(message.id);
  else attempt(deleteMessage(message.channel_id, message.id, store.userId));
}

function drawStart() {
  if (sync.hasOlder) starter.hide();
  else starter.show(store.messages.length === 0);
}

function drawChannels() {
  part('guild-name').textContent = store.guild?.name ?? 'Playground';
  part('channel-name').textContent = store.channel?.name ?? '';
  part('channel-topic').textContent = store.channel?.topic ?? '';
  document.title = `#${store.channel?.name ?? 'channel'} · ${store.guild?.name ?? 'Playground'}`;
  part('channels').replaceChildren(
    ...store.channels.map((channel) =>
      element(
        'li',
        {},
        element(
          'button',
          {
            type: 'button',
            class: 'channel-link',
            'aria-current': channel.id === store.channelId ? 'page' : null,
            onclick: () => openChannel(channel.id),
          },
          icon('hash'),
          channel.name,
        ),
      ),
    ),
  );
}

function drawState() {
  drawChannels();
  drawMembers(part('members'), store);
  for (const button of document.querySelectorAll('.user-switch')) drawSwitch(button, store);
  const status = part('bot-status');
  status.textContent = store.bot.online ? 'Assistant online' : 'Assistant offline';
  status.classList.toggle('is-online', store.bot.online);
  starter.updateBot();
}

function openChannel(channelId) {
  closeDrawer();
  sync.openChannel(channelId);
}

function actAs(userId) {
  sessionStorage.setItem(USER_KEY, userId);
  closeDrawer();
  attempt(sync.enter(userId));
  announce(`You are now ${names.user(userId)}`);
}

/** On a small screen the channels slide over the conversation, which rests meanwhile. */
function setDrawer(isOpen) {
  if (isOpen === document.body.classList.contains('is-drawer-open')) return;
  document.body.classList.toggle('is-drawer-open', isOpen);
  part('drawer-button').setAttribute('aria-expanded', String(isOpen));
  document.querySelector('main').inert = isOpen;
  if (isOpen) part('channels').querySelector('button')?.focus();
  else part('drawer-button').focus();
}

function closeDrawer() {
  setDrawer(false);
}

function connectPage() {
  part('skip-link').addEventListener('click', (event) => {
    event.preventDefault();
    composer.focus();
  });
  part('drawer-button').append(icon('menu'));
  part('drawer-button').addEventListener('click', () => setDrawer(true));
  part('drawer-shade').addEventListener('click', closeDrawer);
  document.addEventListener('keydown', (event) => event.key === 'Escape' && closeDrawer());
  part('theme-button').append(icon('contrast'));
  connectThemeButton(part('theme-button'));
  for (const button of document.querySelectorAll('.user-switch')) {
    button.addEventListener('click', () => openSwitch(button, store, actAs));
  }
}

function followEvents() {
  store.addEventListener('state', drawState);
  for (const name of ['reset', 'older']) store.addEventListener(name, drawStart);
  for (const name of ['added', 'removed']) store.addEventListener(name, () => store.messages.length < 2 && drawStart());
  live.addEventListener('open', () => {
    part('connection').hidden = true;
  });
  interactions.addEventListener('waiting', () => {
    part('waiting').hidden = !interactions.isWaiting;
  });
  live.addEventListener('lost', () => {
    part('connection').hidden = false;
  });
  live.addEventListener('frame', ({ detail: { t, d } }) => INTERACTION_EVENTS[t]?.(d));
}

async function start() {
  try {
    await sync.enter(sessionStorage.getItem(USER_KEY));
    sessionStorage.setItem(USER_KEY, store.userId);
  } catch (error) {
    complain(error.message);
    setTimeout(start, 2000);
  }
}

connectPage();
followEvents();
keepTimestampsFresh();
start();
