/** The log of the open channel: keeps the page's messages like the store's, and its scroll position. */

import { displayName } from './avatars.js';
import { element } from './dom.js';
import { FLAG, isEphemeral, messageElement } from './message_view.js';
import { dayLabel } from './timestamps.js';

const CONTINUATION_MS = 7 * 60 * 1000;
const NEAR_BOTTOM_PIXELS = 120;
const NEAR_TOP_PIXELS = 200;

/** Draws messages into the scrolling log; asks for older ones through `onNeedOlder`. */
export class MessageList {
  #scroller;
  #list;
  #jump;
  #context;
  #onNeedOlder;
  #isAtBottom = true;
  #lastTop = 0;

  /**
   * @param {{scroller: HTMLElement, list: HTMLElement, jump: HTMLButtonElement}} parts
   * @param {import('./context.js').Context} context
   * @param {() => void} onNeedOlder
   */
  constructor({ scroller, list, jump }, context, onNeedOlder) {
    this.#scroller = scroller;
    this.#list = list;
    this.#jump = jump;
    this.#context = context;
    this.#onNeedOlder = onNeedOlder;
    scroller.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    const resizes = new ResizeObserver(() => this.#isAtBottom && this.scrollToBottom());
    resizes.observe(list);
    resizes.observe(scroller);
    jump.addEventListener('click', () => this.scrollToBottom());
    list.addEventListener('keydown', (event) => this.#moveBetweenMessages(event));
    this.#followStore(context.store, context.interactions);
  }

  scrollToBottom() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
    this.#isAtBottom = true;
    this.#jump.hidden = true;
  }

  #followStore(store, interactions) {
    store.addEventListener('reset', () => this.#drawAll());
    store.addEventListener('older', ({ detail }) => this.#drawOlder(detail));
    store.addEventListener('added', ({ detail }) => this.#add(detail));
    store.addEventListener('changed', ({ detail }) => this.#redraw(detail));
    store.addEventListener('removed', ({ detail }) => this.#remove(detail));
    interactions.addEventListener('changed', ({ detail }) => {
      const message = store.findMessage(detail);
      if (message) this.#redraw(message);
    });
  }

  #drawAll() {
    this.#list.replaceChildren();
    this.#context.store.messages.forEach((message, index) => this.#list.append(...this.#nodesFor(message, index)));
    this.#makeLastReachable();
    this.scrollToBottom();
  }

  #drawOlder(older) {
    const height = this.#scroller.scrollHeight;
    const top = this.#scroller.scrollTop;
    const nodes = older.flatMap((message, index) => this.#nodesFor(message, index));
    const next = this.#context.store.messages[older.length];
    this.#list.prepend(...nodes);
    if (next) this.#redrawWithSeparator(next, older.length);
    this.#scroller.scrollTop = top + this.#scroller.scrollHeight - height;
  }

  #redrawWithSeparator(message, index) {
    const old = this.#find(message.id);
    if (old?.previousElementSibling?.matches('.day')) old.previousElementSibling.remove();
    old?.replaceWith(...this.#nodesFor(message, index));
  }

  #add(message) {
    const { store } = this.#context;
    this.#notePosition(); // The event of a scroll comes with the next frame, which may be later than this message.
    this.#list.append(...this.#nodesFor(message, store.messages.length - 1));
    this.#makeLastReachable();
    const isOwn = message.author.id === store.userId || message.interaction_metadata?.user.id === store.userId;
    if (this.#isAtBottom || isOwn) this.scrollToBottom();
    else this.#jump.hidden = false;
    this.#announce(message);
  }

  #redraw(message) {
    const old = this.#find(message.id);
    if (!old) return;
    const index = this.#context.store.messages.indexOf(message);
    const fresh = messageElement(message, this.#isContinuation(message, index), this.#context);
    fresh.tabIndex = old.tabIndex;
    keepPictures(old, fresh);
    const restoreFocus = rememberFocus(old, fresh);
    const wasLoading = old.querySelector('.thinking');
    old.replaceWith(fresh);
    restoreFocus();
    if (wasLoading && !(message.flags & FLAG.LOADING)) this.#announce(message);
  }

  #remove(id) {
    const node = this.#find(id);
    const next = node?.nextElementSibling;
    const hadFocus = node?.contains(document.activeElement);
    if (node?.previousElementSibling?.matches('.day') && !next?.matches('.message'))
      node.previousElementSibling.remove();
    node?.remove();
    const following = next?.matches('.message') && this.#context.store.findMessage(next.dataset.messageId);
    if (following) this.#redraw(following);
    this.#makeLastReachable();
    if (hadFocus) this.#list.querySelector('.message:last-of-type')?.focus();
  }

  #nodesFor(message, index) {
    const { messages } = this.#context.store;
    const date = new Date(message.timestamp);
    const previous = messages[index - 1];
    const isNewDay = !previous || new Date(previous.timestamp).toDateString() !== date.toDateString();
    const node = messageElement(message, this.#isContinuation(message, index), this.#context);
    return isNewDay ? [element('h3', { class: 'day' }, element('span', {}, dayLabel(date))), node] : [node];
  }

  #isContinuation(message, index) {
    const previous = this.#context.store.messages[index - 1];
    if (!previous || message.interaction_metadata?.type === 2 || message.local || message.referenced_message)
      return false;
    const [earlier, later] = [new Date(previous.timestamp), new Date(message.timestamp)];
    return (
      previous.author.id === message.author.id &&
      isEphemeral(previous) === isEphemeral(message) &&
      later - earlier < CONTINUATION_MS &&
      earlier.toDateString() === later.toDateString()
    );
  }

  #find(id) {
    return this.#list.querySelector(`[data-message-id="${CSS.escape(id)}"]`);
  }

  #makeLastReachable() {
    const nodes = this.#list.querySelectorAll('.message');
    for (const node of nodes) node.tabIndex = -1;
    if (nodes.length) nodes[nodes.length - 1].tabIndex = 0;
  }

  #moveBetweenMessages(event) {
    const current = event.target.closest('.message');
    if (event.target !== current || !['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const nodes = [...this.#list.querySelectorAll('.message')];
    const index = {
      ArrowUp: nodes.indexOf(current) - 1,
      ArrowDown: nodes.indexOf(current) + 1,
      Home: 0,
      End: nodes.length - 1,
    };
    const target = nodes[index[event.key]];
    if (!target) return;
    current.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }

  #onScroll() {
    this.#notePosition();
    if (this.#scroller.scrollTop < NEAR_TOP_PIXELS) this.#onNeedOlder();
  }

  #notePosition() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PIXELS;
    // The log may have grown since it was last scrolled; only a reader who went up has left the end.
    this.#isAtBottom = isNear || (this.#isAtBottom && scrollTop >= this.#lastTop);
    this.#lastTop = scrollTop;
    if (this.#isAtBottom) this.#jump.hidden = true;
  }

  #announce(message) {
    const name = displayName(message.author, message.member);
    if (message.flags & FLAG.LOADING) return this.#context.announce(`${name} is thinking`);
    const body = this.#find(message.id)?.querySelector('.message-body');
    const text = [...(body?.querySelectorAll('.markdown, .failure') ?? [])].map((node) => node.textContent).join(' ');
    const pictures = body?.querySelectorAll('.gallery-cell').length ?? 0;
    const suffix = pictures ? ` ${pictures} ${pictures === 1 ? 'picture' : 'pictures'}.` : '';
    return this.#context.announce(`${name}: ${text.slice(0, 300)}${suffix}`);
  }
}

/** Pictures that are already loaded move into the new drawing, so that edits do not flicker. */
function keepPictures(old, fresh) {
  const loaded = [...old.querySelectorAll('.gallery-cell img')].filter((image) => image.complete && image.naturalWidth);
  for (const image of fresh.querySelectorAll('.gallery-cell img')) {
    const index = loaded.findIndex((known) => pathOf(known) === pathOf(image));
    if (index < 0) continue;
    const [known] = loaded.splice(index, 1);
    known.alt = image.alt;
    image.replaceWith(known);
  }
}

function pathOf(image) {
  return new URL(image.src, location.href).pathname;
}

/** @returns {() => void} puts focus on the control in the new drawing that had it in the old one. */
function rememberFocus(old, fresh) {
  if (!old.contains(document.activeElement)) return () => {};
  const key = document.activeElement.dataset.focusKey;
  return () => ((key && fresh.querySelector(`[data-focus-key="${CSS.escape(key)}"]:not([disabled])`)) || fresh).focus();
}
