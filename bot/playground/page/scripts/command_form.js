/** A command's options as a form: required ones first, optional ones one press away. */

import { autocomplete } from './api.js';
import { commandData, OPTION } from './commands.js';
import { element } from './dom.js';
import { makeField } from './fields/make_field.js';
import { icon } from './icons.js';
import { speakingName } from './media.js';

const MASK = 'mask';
const GARMENT = 'garment';

/** The form for one command; `onDone` is called when it was sent or closed. */
export class CommandForm {
  #entry;
  #context;
  #onDone;
  #isPainting = false;
  /** @type {Map<string, import('./fields/field.js').Field>} by option name, in the order shown. */
  #fields = new Map();
  #fieldGrid = element('div', { class: 'field-grid' });
  #optional = element('div', { class: 'optional-fields', role: 'group', 'aria-label': 'More options' });
  #error = element('p', { class: 'form-error', role: 'alert', hidden: true });
  #send = element('button', { type: 'submit', class: 'button is-primary is-large' }, icon('send'), 'Send');

  /**
   * @param {import('./commands.js').CommandEntry} entry
   * @param {import('./context.js').Context} context
   * @param {() => void} onDone
   */
  constructor(entry, context, onDone) {
    this.#entry = entry;
    this.#context = context;
    this.#onDone = onDone;
    this.element = this.#build();
    for (const option of this.#options) if (isShownAtOnce(option, this.#options)) this.#addField(option);
    this.#drawOptional();
  }

  /** Fills in texts by option name; a picture cannot be typed. */
  fill(values) {
    for (const [name, text] of Object.entries(values)) {
      const option = this.#options.find((candidate) => candidate.name === name);
      if (option && option.type !== OPTION.ATTACHMENT) this.#fieldFor(option).write(text);
    }
  }

  focus() {
    const fields = [...this.#fields.values()];
    const first = fields.find((field) => field.read() === undefined) ?? fields[0];
    if (first) first.focus();
    else this.#send.focus();
  }

  /** Takes a dropped or pasted file into the first attachment that is still empty. */
  takeFile(file) {
    const attachments = this.#options.filter(({ type }) => type === OPTION.ATTACHMENT);
    const free = attachments.find(({ name }) => this.#fields.get(name)?.read() === undefined);
    if (free) this.#fieldFor(free).write(file);
    return Boolean(free);
  }

  get #options() {
    return this.#entry.options;
  }

  #build() {
    const { name, description } = this.#entry;
    const close = element(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Close the command', onclick: () => this.#onDone() },
      icon('close'),
    );
    const form = element(
      'form',
      { class: 'command-form', 'aria-label': `Command /${name}`, novalidate: true },
      element(
        'header',
        { class: 'command-form-head' },
        element('div', {}, element('h2', { class: 'command-name' }, `/${name}`), element('p', {}, description)),
        close,
      ),
      element('div', { class: 'command-form-body' }, this.#fieldGrid, this.#optional),
      element('footer', { class: 'command-form-foot' }, this.#error, this.#send),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.addEventListener('keydown', (event) => event.key === 'Escape' && this.#onDone());
    return form;
  }

  #fieldFor(option) {
    if (!this.#fields.has(option.name)) {
      this.#addField(option);
      this.#drawOptional();
    }
    return this.#fields.get(option.name);
  }

  #addField(option) {
    const field = makeField(option, this.#context, {
      suggest: (focused, typed) => this.#suggest(focused, typed),
      onPaint: option.name === MASK ? () => this.#paintMask() : null,
    });
    this.#fields.set(option.name, field);
    if (!option.required) field.makeRemovable(() => this.#removeField(option));
    if (option.name === GARMENT) field.element.addEventListener('change', () => this.#drawOptional());
    this.#fieldGrid.append(field.element);
  }

  #removeField(option) {
    this.#fields.get(option.name).element.remove();
    this.#fields.delete(option.name);
    this.#drawOptional();
    this.#optional.querySelector(`[data-option="${option.name}"]`)?.focus();
  }

  #drawOptional() {
    const hidden = this.#options.filter(({ name }) => !this.#fields.has(name));
    this.#optional.replaceChildren(...hidden.map((option) => this.#optionalButton(option)));
    this.#optional.hidden = hidden.length === 0;
  }

  #optionalButton(option) {
    const canPaint = option.name === MASK && this.#fields.get(GARMENT)?.read();
    const add = () => {
      this.#fieldFor(option).focus();
      if (canPaint) this.#paintMask();
    };
    return element(
      'button',
      {
        type: 'button',
        class: 'chip',
        title: option.description,
        dataset: { option: option.name },
        onclick: add,
      },
      icon(canPaint ? 'brush' : 'plus'),
      canPaint ? 'Paint the mask' : speakingName(option.name),
    );
  }

  async #paintMask() {
    const garment = this.#fields.get(GARMENT)?.read();
    if (!garment) {
      this.#showError('Choose the garment first; the mask is painted over it.');
      this.#fields.get(GARMENT)?.focus();
      return;
    }
    if (this.#isPainting) return;
    this.#isPainting = true;
    const field = this.#fields.get(MASK);
    const mask = await this.#context.paintMask(garment, field.read()).catch((error) => this.#showError(error.message));
    this.#isPainting = false;
    if (mask) field.write(mask);
    field.focus();
  }

  async #suggest(focused, typed) {
    const values = this.#values().filter(({ name, type }) => name !== focused.name && type !== OPTION.ATTACHMENT);
    const options = [...values, { name: focused.name, type: focused.type, value: typed, focused: true }];
    const { store } = this.#context;
    const { choices } = await autocomplete(store.channelId, store.userId, commandData(this.#entry, options));
    return choices;
  }

  #values() {
    const filled = [...this.#fields.values()].filter((field) => field.read() !== undefined);
    return filled.map((field) => ({ name: field.option.name, type: field.option.type, value: field.read() }));
  }

  async #submit() {
    this.#setBusy(true);
    await Promise.all([...this.#fields.values()].map((field) => field.settled()));
    const wrong = [...this.#fields.values()].filter((field) => !field.validate());
    if (wrong.length) {
      wrong[0].focus();
      this.#showError(wrong.map((field) => field.problem()).join(' '));
      this.#setBusy(false);
      return;
    }
    try {
      const { values, files } = withFileParts(this.#values());
      await this.#context.interactions.runCommand(`/${this.#entry.name}`, commandData(this.#entry, values), files);
      this.#onDone();
    } catch (error) {
      this.#showError(error.message);
      this.#setBusy(false);
    }
  }

  #setBusy(isBusy) {
    this.#send.disabled = isBusy;
    this.#send.setAttribute('aria-busy', String(isBusy));
  }

  #showError(sentence) {
    this.#error.textContent = sentence;
    this.#error.hidden = false;
  }
}

/** Where a command is about pictures, an optional picture is shown as well; but a mask is rarely needed. */
function isShownAtOnce(option, options) {
  const isPicture = ({ type }) => type === OPTION.ATTACHMENT;
  const isAboutPictures = options.some((other) => other.required && isPicture(other));
  return option.required || (isAboutPictures && isPicture(option) && option.name !== MASK);
}

/**
 * Files travel as parts of their own; an attachment option's value names its part.
 * @param {{name: string, type: number, value: *}[]} values
 * @returns {{values: Object[], files: Object<string, File>}}
 */
export function withFileParts(values) {
  const files = {};
  const named = values.map((option) => {
    if (option.type !== OPTION.ATTACHMENT) return option;
    const part = `file${Object.keys(files).length}`;
    files[part] = option.value;
    return { ...option, value: part };
  });
  return { values: named, files };
}
