/** The message box: words to the channel, or a slash and a command. */

import { postMessage } from './api.js';
import { CommandForm } from './command_form.js';
import { flattenCommands, matchingCommands, readTypedCommand, restyleCommand } from './commands.js';
import { element, uniqueId } from './dom.js';
import { icon } from './icons.js';

/** The browser reports a drag several times a second; a longer pause means that it left the page. */
const DRAG_PAUSE_MS = 400;

/** Shows the text box, the list of commands while one types a slash, and a command's form. */
export class Composer {
  #context;
  #host;
  #text;
  #list;
  #box;
  #error = element('p', { class: 'form-error', role: 'alert', hidden: true });
  #form = null;
  /** Settles when all that was sent has arrived; messages go one after the other, so they keep their order. */
  #sending = Promise.resolve();
  #matches = [];
  #active = 0;

  /**
   * @param {HTMLElement} host
   * @param {import('./context.js').Context} context
   */
  constructor(host, context) {
    this.#host = host;
    this.#context = context;
    this.#buildBox();
    this.#acceptFiles();
    context.store.addEventListener('state', () => this.#describeChannel());
  }

  /** Opens the form of the command with this name. */
  open(name) {
    const entry = this.#entries.find((candidate) => candidate.name === name);
    if (entry) this.#openForm(entry);
    else this.#context.complain(`The bot has no command /${name}.`);
  }

  get #entries() {
    return flattenCommands(this.#context.store.commands);
  }

  /** Shows the form, filled in with what was typed behind the command. */
  #openForm(entry) {
    const values = readTypedCommand([entry], this.#text.value.slice(1))?.values ?? {};
    const form = new CommandForm(entry, this.#context, () => this.#form === form && this.close());
    this.#form = form;
    this.#host.replaceChildren(form.element);
    this.#text.value = '';
    this.#hideList();
    this.#form.fill(values);
    this.#form.focus();
  }

  focus() {
    if (this.#form) this.#form.focus();
    else this.#text.focus();
  }

  /** Goes back from a command's form to the text box. */
  close() {
    this.#form = null;
    this.#host.replaceChildren(this.#list, this.#box, this.#error);
    this.#text.focus();
  }

  #buildBox() {
    const listId = uniqueId('commands');
    this.#list = element('div', {
      class: 'command-list',
      role: 'listbox',
      id: listId,
      'aria-label': 'Commands',
      hidden: true,
    });
    this.#text = element('textarea', {
      id: 'message-box',
      class: 'message-box',
      rows: '1',
      maxlength: '2000',
      'aria-label': 'Message, or a slash for commands',
      'aria-autocomplete': 'list',
      'aria-controls': listId,
    });
    const restyle = element(
      'button',
      {
        type: 'button',
        class: 'icon-button is-accent',
        'aria-label': 'Restyle a garment',
        title: 'Restyle a garment',
        onclick: () => this.#openRestyle(),
      },
      icon('wand'),
    );
    const send = element(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Send message', onclick: () => this.#send() },
      icon('send'),
    );
    this.#box = element('div', { class: 'composer-box' }, restyle, this.#text, send);
    this.#text.addEventListener('input', () => this.#onInput());
    this.#text.addEventListener('keydown', (event) => this.#onKey(event));
    this.#text.addEventListener('blur', () => this.#hideList());
    this.#host.replaceChildren(this.#list, this.#box, this.#error);
    this.#describeChannel();
  }

  #describeChannel() {
    const { channel } = this.#context.store;
    this.#text.placeholder = `Message #${channel?.name ?? ''} or type /`;
  }

  #openRestyle() {
    const entry = restyleCommand(this.#context.store.commands);
    if (entry) this.#openForm(entry);
    else this.#context.complain('The assistant has not announced its commands yet. Wait a moment and try again.');
  }

  #onInput() {
    this.#error.hidden = true;
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    const isCommand = /^\/[^\n]*$/.test(this.#text.value);
    if (isCommand) this.#showList(this.#text.value.slice(1));
    else this.#hideList();
  }

  #showList(typed) {
    this.#matches = matchingCommands(this.#entries, typed);
    this.#active = 0;
    this.#list.replaceChildren(...this.#matches.map((entry, index) => this.#commandRow(entry, index)));
    if (!this.#matches.length) this.#list.append(element('p', { class: 'suggestions-empty' }, this.#noCommands(typed)));
    this.#list.hidden = false;
    this.#highlight(0);
  }

  #noCommands(typed) {
    if (!this.#context.store.commands.length)
      return 'The assistant is still starting; its commands appear here in a moment.';
    return `There is no command “/${typed}”.`;
  }

  #commandRow(entry, index) {
    const row = element(
      'div',
      { role: 'option', class: 'command-row', id: `command-row-${index}`, 'aria-selected': 'false' },
      element('span', { class: 'command-name' }, `/${entry.name}`),
      element('span', { class: 'command-description' }, entry.description),
    );
    row.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#openForm(entry);
    });
    return row;
  }

  #highlight(step) {
    if (!this.#matches.length) return;
    this.#active = (this.#active + step + this.#matches.length) % this.#matches.length;
    [...this.#list.children].forEach((row, index) => row.setAttribute('aria-selected', String(index === this.#active)));
    this.#list.children[this.#active].scrollIntoView({ block: 'nearest' });
    this.#text.setAttribute('aria-activedescendant', `command-row-${this.#active}`);
  }

  #hideList() {
    this.#list.hidden = true;
    this.#text.removeAttribute('aria-activedescendant');
  }

  #onKey(event) {
    const isListOpen = !this.#list.hidden && this.#matches.length > 0;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (isListOpen && event.key in steps) this.#highlight(steps[event.key]);
    else if (isListOpen && ['Enter', 'Tab'].includes(event.key) && !event.shiftKey)
      this.#openForm(this.#matches[this.#active]);
    else if (event.key === 'Escape' && !this.#list.hidden) this.#hideList();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#send();
    else return;
    event.preventDefault();
  }

  /** Empties the box at once, as the next message may be typed before this one has arrived. */
  #send() {
    const content = this.#text.value.trim();
    if (!content) return;
    if (content.startsWith('/')) {
      this.#complainUnknown(content);
      return;
    }
    const { channelId, userId } = this.#context.store;
    this.#text.value = '';
    this.#onInput();
    this.#sending = this.#sending.then(() => this.#post(channelId, userId, content));
  }

  async #post(channelId, userId, content) {
    try {
      await postMessage(channelId, userId, content);
    } catch (error) {
      this.#text.value = [content, this.#text.value].filter(Boolean).join('\n');
      this.#onInput();
      this.#showError(error.message);
    }
  }

  #complainUnknown(content) {
    const typed = readTypedCommand(this.#entries, content.slice(1));
    if (typed) this.#openForm(typed.entry);
    else this.#showError(this.#noCommands(content.slice(1)));
  }

  #showError(sentence) {
    this.#error.textContent = sentence;
    this.#error.hidden = false;
  }

  /** Pictures dropped anywhere or pasted go into the open form, or open the restyle command. */
  #acceptFiles() {
    let hideHint;
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      document.body.classList.toggle('is-dragging', event.dataTransfer.types.includes('Files'));
      clearTimeout(hideHint);
      hideHint = setTimeout(() => document.body.classList.remove('is-dragging'), DRAG_PAUSE_MS);
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#takeFiles(event.dataTransfer.files);
    });
    document.addEventListener('paste', (event) => this.#takeFiles(event.clipboardData?.files ?? []));
  }

  #takeFiles(files) {
    if (!files.length || document.querySelector('dialog[open]')) return;
    if (!this.#form) this.#openRestyle();
    for (const file of files) {
      if (this.#form && !this.#form.takeFile(file))
        this.#context.complain(`${file.name} was left out: every picture of this command is chosen already.`);
    }
  }
}
