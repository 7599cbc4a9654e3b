/** One message: head, content, files, embeds, components, reactions and its own small toolbar. */

import { attachmentBlocks } from './attachments.js';
import { avatar, displayName } from './avatars.js';
import { actionRow } from './components.js';
import { embedCards } from './components_v1.js';
import { layoutComponent } from './components_v2.js';
import { element } from './dom.js';
import { icon } from './icons.js';
import { addReactionButton, reactionBar } from './reactions.js';
import { formatTimestamp, messageTime } from './timestamps.js';

/** Discord's message flags that change how a message looks. */
export const FLAG = { SUPPRESS_EMBEDS: 1 << 2, EPHEMERAL: 1 << 6, LOADING: 1 << 7, COMPONENTS_V2: 1 << 15 };

/** @returns {boolean} whether only this member sees the message. */
export function isEphemeral(message) {
  return Boolean(message.flags & FLAG.EPHEMERAL);
}

/**
 * @param {Object} message
 * @param {boolean} isContinuation whether it follows another of the same author closely, and needs no head.
 * @param {import('./context.js').Context} context
 * @returns {HTMLElement}
 */
export function messageElement(message, isContinuation, context) {
  const author = { ...message.author, ...context.store.findUser(message.author.id) };
  const name = displayName(author, message.member);
  const time = new Date(message.timestamp);
  const node = element(
    'article',
    {
      class: 'message',
      tabindex: '-1',
      'aria-label': `${name}, ${messageTime(time)}`,
      dataset: { messageId: message.id },
    },
    origin(message, context),
    isContinuation
      ? element(
          'time',
          { class: 'message-gutter', datetime: time.toISOString(), 'aria-hidden': 'true' },
          formatTimestamp(time, 't'),
        )
      : avatar(author, 'avatar message-avatar'),
    element(
      'div',
      { class: 'message-body' },
      !isContinuation && head(author, name, time),
      message.local ? localFailure(message, context) : body(message, name, context),
      isEphemeral(message) && ephemeralNote(message, context),
    ),
    toolbar(message, context),
  );
  node.classList.toggle('is-continuation', isContinuation);
  node.classList.toggle('is-ephemeral', isEphemeral(message));
  return node;
}

function head(author, name, time) {
  return element(
    'p',
    { class: 'message-head' },
    element('span', { class: 'message-author' }, name),
    author.bot && element('span', { class: 'bot-tag' }, 'Bot'),
    element(
      'time',
      { class: 'message-time', datetime: time.toISOString(), title: formatTimestamp(time, 'F') },
      messageTime(time),
    ),
  );
}

/** The line above a message: the command it answers, or the message it replies to. */
function origin(message, context) {
  const interaction = message.interaction_metadata;
  if (message.local) return originLine(context.store.me, ['used ', commandName(message.local.title)]);
  if (interaction?.type === 2) {
    const name = message.interaction?.name;
    return originLine(interaction.user, ['used ', commandName(name ? `/${name}` : 'a command')]);
  }
  const replied = message.referenced_message;
  if (!replied || interaction) return null;
  const text = context.plainText(replied.content) || 'a message';
  return originLine(replied.author, [element('span', { class: 'origin-text' }, text)]);
}

function originLine(user, rest) {
  return element(
    'p',
    { class: 'message-origin' },
    avatar(user, 'avatar is-tiny'),
    element('strong', {}, displayName(user)),
    ' ',
    rest,
  );
}

function commandName(text) {
  return element('span', { class: 'command-name' }, text);
}

function body(message, name, context) {
  if (message.flags & FLAG.LOADING) return thinking(name);
  const embeds = message.flags & FLAG.SUPPRESS_EMBEDS ? [] : (message.embeds ?? []);
  return [
    content(message, context),
    message.flags & FLAG.COMPONENTS_V2 ? [] : attachmentBlocks(message.attachments ?? [], context.lightbox),
    embedCards(embeds, context),
    components(message, context),
    failure(message, context),
    reactionBar(message, context),
  ];
}

function content(message, context) {
  const edited = message.edited_timestamp && element('span', { class: 'edited' }, '(edited)');
  if (!message.content) return edited && !(message.flags & FLAG.COMPONENTS_V2) ? element('p', {}, edited) : null;
  const node = element('div', { class: 'markdown' }, context.markdown(message.content));
  if (edited) (node.lastElementChild?.tagName === 'P' ? node.lastElementChild : node).append(' ', edited);
  return node;
}

function components(message, context) {
  const list = message.components ?? [];
  if (!list.length) return null;
  const isLayout = message.flags & FLAG.COMPONENTS_V2;
  const node = element(
    'div',
    { class: 'components' },
    list.map((component) =>
      isLayout ? layoutComponent(component, message, context) : actionRow(component, message, context),
    ),
  );
  if (isLayout && message.edited_timestamp) node.append(element('span', { class: 'edited' }, '(edited)'));
  return node;
}

function thinking(name) {
  return element(
    'p',
    { class: 'thinking' },
    element('span', { class: 'dots', 'aria-hidden': 'true' }, element('i'), element('i'), element('i')),
    `${name} is thinking…`,
  );
}

function failure(message, context) {
  const reason = context.interactions.failureOf(message.id);
  return reason && element('p', { class: 'failure', role: 'alert' }, icon('warning'), reason);
}

function localFailure(message, context) {
  const { reason, retry } = message.local;
  const again = () => {
    context.store.removeMessage(message.id);
    retry().catch((error) => context.complain(error.message));
  };
  return [
    element('p', { class: 'failure', role: 'alert' }, icon('warning'), reason),
    element('button', { type: 'button', class: 'button is-secondary', onclick: again }, 'Try again'),
  ];
}

function ephemeralNote(message, context) {
  return element(
    'p',
    { class: 'ephemeral-note' },
    icon('eye'),
    'Only you can see this · ',
    element(
      'button',
      { type: 'button', class: 'text-button', onclick: () => context.deleteMessage(message) },
      'Dismiss message',
    ),
  );
}

function toolbar(message, context) {
  const mayDelete = context.store.mayDelete(message) && !isEphemeral(message);
  const mayReact = !isEphemeral(message) && !(message.flags & FLAG.LOADING);
  if (!mayDelete && !mayReact) return null;
  return element(
    'div',
    { class: 'message-toolbar', role: 'group', 'aria-label': 'Message actions' },
    mayReact && addReactionButton(message, context, 'icon-button'),
    mayDelete &&
      element(
        'button',
        {
          type: 'button',
          class: 'icon-button is-danger',
          'aria-label': 'Delete message',
          title: 'Delete message',
          onclick: () => context.deleteMessage(message),
        },
        icon('trash'),
      ),
  );
}
