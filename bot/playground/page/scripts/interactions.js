/** Sends commands, component presses and modals to the bot and follows what becomes of them. */

import { sendInteraction } from './api.js';

/** Discord's interaction types. */
const KIND = { COMMAND: 2, COMPONENT: 3, MODAL: 5 };

/** Should the live connection be lost, waiting ends here; the server itself decides after three seconds. */
const LONGEST_WAIT_MS = 10_000;
/** An answer that comes sooner needs no word about the wait. */
const SHOWN_AFTER_MS = 500;
const NO_RESPONSE = 'The application did not respond';

/**
 * Dispatches `waiting` when a command has no answer yet, or has it; `changed` (detail: message id) when a message's busy buttons or failure change, and
 * `modal-done` or `modal-failed` (detail: the reason) after a modal was sent.
 */
export class Interactions extends EventTarget {
  #store;
  #pending = new Map();
  #failures = new Map();

  /** @param {import('./store.js').Store} store */
  constructor(store) {
    super();
    this.#store = store;
  }

  /**
   * @param {string} title how the member sees it, e.g. `/restyle`.
   * @param {Object} data Discord's application command data.
   * @param {Object<string, File>} files
   */
  runCommand(title, data, files) {
    return this.#send(KIND.COMMAND, data, files, { title, data, files });
  }

  pressButton(message, customId) {
    return this.#sendFromMessage(message, { custom_id: customId, component_type: 2 });
  }

  select(message, component, values) {
    return this.#sendFromMessage(message, { custom_id: component.custom_id, component_type: component.type, values });
  }

  /** @param {Object} data custom_id and components of the filled-in modal. */
  submitModal(data, files) {
    return this.#send(KIND.MODAL, data, files, { isModal: true });
  }

  /** @returns {boolean} whether a command has waited for its first answer for a while. */
  get isWaiting() {
    return [...this.#pending.values()].some(({ title, since }) => title && Date.now() - since >= SHOWN_AFTER_MS);
  }

  isBusy(messageId, customId) {
    return [...this.#pending.values()].some((entry) => entry.messageId === messageId && entry.customId === customId);
  }

  /** @returns {string|undefined} why the last press in this message failed. */
  failureOf(messageId) {
    return this.#failures.get(messageId);
  }

  /** Handles INTERACTION_ACK. */
  acknowledge({ nonce }) {
    const entry = this.#settle(nonce);
    if (entry?.isModal) this.dispatchEvent(new Event('modal-done'));
  }

  /** Handles INTERACTION_FAILED. */
  fail({ nonce, reason = NO_RESPONSE }) {
    const entry = this.#settle(nonce);
    if (!entry) return;
    if (entry.messageId) this.#failPress(entry.messageId, reason);
    else if (entry.isModal) this.dispatchEvent(new CustomEvent('modal-failed', { detail: reason }));
    else this.#store.putMessage(this.#failureMessage(nonce, entry, reason));
  }

  #sendFromMessage(message, data) {
    this.#failures.delete(message.id);
    return this.#send(
      KIND.COMPONENT,
      { ...data, message_id: message.id },
      {},
      { messageId: message.id, customId: data.custom_id },
    );
  }

  async #send(type, data, files, entry) {
    const nonce = newNonce();
    const pending = { ...entry, since: Date.now() };
    this.#pending.set(nonce, pending);
    this.#notify(entry.messageId);
    setTimeout(() => this.dispatchEvent(new Event('waiting')), SHOWN_AFTER_MS);
    const { userId, channelId } = this.#store;
    try {
      await sendInteraction({ user_id: userId, channel_id: channelId, nonce, type, data }, files);
    } catch (error) {
      this.#settle(nonce);
      throw error;
    }
    // Not before: large pictures on a slow line may take longer than that to arrive.
    if (this.#pending.has(nonce)) pending.timer = setTimeout(() => this.fail({ nonce }), LONGEST_WAIT_MS);
  }

  #settle(nonce) {
    const entry = this.#pending.get(nonce);
    if (!entry) return undefined;
    clearTimeout(entry.timer);
    this.#pending.delete(nonce);
    this.dispatchEvent(new Event('waiting'));
    this.#notify(entry.messageId);
    return entry;
  }

  #failPress(messageId, reason) {
    this.#failures.set(messageId, reason);
    this.#notify(messageId);
  }

  #notify(messageId) {
    if (messageId) this.dispatchEvent(new CustomEvent('changed', { detail: messageId }));
  }

  /** A message that only this page has: says which command failed, and keeps it for another try. */
  #failureMessage(nonce, { title, data, files }, reason) {
    return {
      id: `local-${nonce}`,
      local: { title, reason, retry: () => this.runCommand(title, data, files) },
      author: this.#store.bot.user ?? { id: '0', username: 'Bot', bot: true },
      content: '',
      timestamp: new Date().toISOString(),
      flags: 64,
    };
  }
}

/** Random digits, at most 25 characters, as Discord wants them. */
function newNonce() {
  return String(crypto.getRandomValues(new BigUint64Array(1))[0]);
}
