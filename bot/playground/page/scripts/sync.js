/** Keeps the store like the server: a snapshot whenever the live connection opens, then every event in order. */

import { fetchMessages, fetchState } from './api.js';

const PAGE_SIZE = 50;

/** Loads the state, the open channel and its older messages into the store, and applies the events that follow. */
export class Sync {
  hasOlder = false;
  #store;
  #live;
  #complain;
  #isLoadingOlder = false;
  /** Counts the places one has been to, so that an answer for an earlier one is dropped. */
  #visit = 0;
  /** The member whom one asked for last; a channel may be opened while their state is on its way. */
  #entering = null;
  /** Events that arrived while a snapshot was on its way: it may lack them, so they are applied after it. */
  #held = null;
  #handlers = {
    MESSAGE_CREATE: (message) => message.channel_id === this.#store.channelId && this.#store.putMessage(message),
    MESSAGE_UPDATE: (message) => this.#store.updateMessage(message),
    MESSAGE_DELETE: ({ id }) => this.#store.removeMessage(id),
    MESSAGE_REACTION_ADD: (event) => this.#store.countReaction(event, true),
    MESSAGE_REACTION_REMOVE: (event) => this.#store.countReaction(event, false),
    MESSAGE_REACTION_REMOVE_ALL: (event) => this.#store.clearReactions(event.message_id),
    COMMANDS: (commands) => this.#store.setCommands(commands),
    BOT_STATUS: (status) => this.#store.setBotStatus(status),
  };

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./events.js').LiveEvents} live
   * @param {(sentence: string) => void} complain
   */
  constructor(store, live, complain) {
    this.#store = store;
    this.#live = live;
    this.#complain = complain;
    live.addEventListener('open', () => this.#takeSnapshot());
    live.addEventListener('frame', ({ detail }) => this.#receive(detail));
  }

  /**
   * Goes to a member's view; null lets the server choose the member.
   * @throws {import('./api.js').ApiError}
   */
  async enter(userId) {
    this.#entering = userId;
    const state = await fetchState(userId);
    if (userId !== this.#entering) return;
    this.#leave();
    this.#store.load(state);
    this.#live.connect(this.#store.userId, this.#store.channelId);
  }

  openChannel(channelId) {
    this.#leave();
    this.#store.openChannel(channelId);
    this.#live.connect(this.#store.userId, channelId);
  }

  async loadOlder() {
    if (!this.hasOlder || this.#isLoadingOlder) return;
    const { channelId, userId, messages } = this.#store;
    const visit = this.#visit;
    this.#isLoadingOlder = true;
    try {
      const older = await fetchMessages(channelId, userId, messages[0].id, PAGE_SIZE);
      if (visit !== this.#visit) return;
      this.hasOlder = older.length >= PAGE_SIZE;
      this.#store.prependMessages(older);
    } catch (error) {
      this.#complain(error.message);
    } finally {
      this.#isLoadingOlder = false;
    }
  }

  #leave() {
    this.#held = null;
    this.#visit += 1;
    return this.#visit;
  }

  /** The connection is open by now, so what the snapshot lacks comes as an event. */
  async #takeSnapshot() {
    const visit = this.#leave();
    this.#held = [];
    const { channelId, userId } = this.#store;
    try {
      const [state, messages] = await Promise.all([
        fetchState(userId),
        fetchMessages(channelId, userId, null, PAGE_SIZE),
      ]);
      if (visit !== this.#visit) return;
      this.#store.load(state);
      this.hasOlder = messages.length >= PAGE_SIZE;
      this.#store.resetMessages(messages);
    } catch (error) {
      this.#complain(error.message);
    }
    if (visit === this.#visit) this.#release();
  }

  #release() {
    const held = this.#held;
    this.#held = null;
    for (const frame of held) this.#receive(frame);
  }

  #receive(frame) {
    if (!(frame.t in this.#handlers)) return;
    if (this.#held) this.#held.push(frame);
    else this.#handlers[frame.t](frame.d);
  }
}
