/** What the page knows: the guild, the member looking at it, and the open channel's messages. */

import { sameEmoji } from './emoji.js';

/**
 * Dispatches `state` (guild, users, bot or commands changed), `reset` (all messages changed),
 * `older` (detail: messages put in front), `added`, `changed` (detail: message) and `removed` (detail: id).
 */
export class Store extends EventTarget {
  guild = null;
  channels = [];
  users = [];
  bot = { user: null, online: false };
  commands = [];
  samples = { garments: [], styles: [] };
  userId = null;
  channelId = null;
  /** @type {Object[]} oldest first; Discord message objects, and local ones with `local` set. */
  messages = [];

  /** Takes over an answer of `/play/state`. */
  load(state) {
    Object.assign(this, {
      guild: state.guild,
      channels: state.channels,
      users: state.users,
      bot: state.bot,
      commands: state.commands,
      samples: state.samples,
      userId: state.user_id,
    });
    if (!this.channels.some((channel) => channel.id === this.channelId)) this.channelId = this.channels[0]?.id ?? null;
    this.#emit('state');
  }

  openChannel(channelId) {
    this.channelId = channelId;
    this.#emit('state');
  }

  get me() {
    return this.users.find((user) => user.id === this.userId);
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId);
  }

  /** @returns {Object|undefined} a member, or the bot. */
  findUser(id) {
    return this.users.find((user) => user.id === id) ?? (this.bot.user?.id === id ? this.bot.user : undefined);
  }

  findMessage(id) {
    return this.messages.find((message) => message.id === id);
  }

  /** Members may delete their own messages, moderators every message. */
  mayDelete(message) {
    return !message.local && (message.author.id === this.userId || Boolean(this.me?.is_moderator));
  }

  setBotStatus(bot) {
    this.bot = { ...this.bot, ...bot };
    this.#emit('state');
  }

  setCommands(commands) {
    this.commands = commands;
    this.#emit('state');
  }

  resetMessages(messages) {
    this.messages = [...messages];
    this.#emit('reset');
  }

  prependMessages(messages) {
    const fresh = messages.filter((message) => !this.findMessage(message.id));
    this.messages.unshift(...fresh);
    this.#emit('older', fresh);
  }

  /** Adds a message, or replaces the one with its id. */
  putMessage(message) {
    const index = this.messages.findIndex((known) => known.id === message.id);
    if (index < 0) {
      this.messages.push(message);
      this.#emit('added', message);
    } else {
      this.messages[index] = message;
      this.#emit('changed', message);
    }
  }

  /** Replaces a message that is shown; an edit of one that is not loaded changes nothing. */
  updateMessage(message) {
    const known = this.findMessage(message.id);
    if (known) this.putMessage({ ...known, ...message });
  }

  removeMessage(id) {
    const index = this.messages.findIndex((message) => message.id === id);
    if (index < 0) return;
    this.messages.splice(index, 1);
    this.#emit('removed', id);
  }

  /** Takes over a reaction event's count; it may have been loaded already, so nothing is added up here. */
  countReaction({ message_id: messageId, user_id: userId, emoji, count }, isAdded) {
    const message = this.findMessage(messageId);
    if (!message) return;
    const reactions = (message.reactions ?? []).map((reaction) => ({ ...reaction }));
    let reaction = reactions.find((candidate) => sameEmoji(candidate.emoji, emoji));
    if (!reaction) reactions.push((reaction = { emoji, count: 0, me: false }));
    reaction.count = count;
    if (userId === this.userId) reaction.me = isAdded;
    this.putMessage({ ...message, reactions: reactions.filter((candidate) => candidate.count > 0) });
  }

  clearReactions(messageId) {
    const message = this.findMessage(messageId);
    if (message) this.putMessage({ ...message, reactions: [] });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
