/** A picture: chosen, dropped, pasted, or one of the samples. */

import { element } from '../dom.js';
import { icon } from '../icons.js';
import { ACCEPTED_PICTURES, fetchSample, fileSize, reachableUrl, speakingName } from '../media.js';
import { Field } from './field.js';

/** Discord's limit for files of a slash command. */
const LARGEST_BYTES = 10 * 1024 * 1024;

/** An attachment option. Dispatches `change` on its element when the file changes. */
export class AttachmentField extends Field {
  #file = null;
  #preview = element('div', { class: 'file-preview', hidden: true });
  #picker;
  #paintFrom;
  #context;
  #arriving = Promise.resolve();

  /**
   * @param {Object} option
   * @param {import('../context.js').Context} context
   * @param {(() => void)|null} onPaint paints this picture instead of choosing a file.
   */
  constructor(option, context, onPaint = null) {
    super(option);
    this.#context = context;
    this.control = element('input', {
      ...this.controlAttributes,
      type: 'file',
      accept: ACCEPTED_PICTURES,
      class: 'visually-hidden',
    });
    this.control.addEventListener('change', () => this.write(this.control.files[0]));
    this.#paintFrom =
      onPaint &&
      element(
        'button',
        { type: 'button', class: 'button is-primary', onclick: onPaint },
        icon('brush'),
        'Paint the mask',
      );
    this.#picker = this.#buildPicker();
    this.frame(element('div', { class: 'file-field' }, this.control, this.#preview, this.#picker));
    this.#acceptDrops(this.element);
  }

  read() {
    return this.#file ?? undefined;
  }

  problem() {
    if (this.#file?.size > LARGEST_BYTES) {
      return `${this.#file.name} has ${fileSize(this.#file.size)}; at most ${fileSize(LARGEST_BYTES)} can be sent. Save it smaller and choose it again.`;
    }
    if (this.#file?.size === 0) return `${this.#file.name} is empty. Choose another picture.`;
    return !this.#file && this.option.required ? `Choose a picture for ${this.label.toLowerCase()}.` : '';
  }

  /** @param {File|null} file */
  write(file) {
    if (file === undefined) return;
    this.#file = file;
    this.control.value = '';
    this.#showFile();
    if (file) this.validate();
    this.element.dispatchEvent(new Event('change'));
  }

  /** @returns {Promise<void>} done once a sample that was clicked is there. */
  settled() {
    return this.#arriving;
  }

  focus() {
    (this.#file ? this.#preview : this.#picker).querySelector('button')?.focus();
  }

  #buildPicker() {
    const choose = element(
      'button',
      { type: 'button', class: 'button is-secondary', onclick: () => this.control.click() },
      icon('upload'),
      'Choose a picture',
    );
    choose.setAttribute('aria-describedby', `${this.id}-hint ${this.id}-error`);
    return element(
      'div',
      { class: 'drop-zone' },
      element(
        'div',
        { class: 'drop-zone-actions' },
        this.#paintFrom,
        choose,
        element('span', { class: 'drop-zone-hint' }, 'or drop or paste it'),
      ),
      this.#sampleStrip(),
    );
  }

  #sampleStrip() {
    const samples = samplesFor(this.option, this.#context.store.samples);
    if (!samples.length) return null;
    return element(
      'div',
      { class: 'sample-strip', role: 'group', 'aria-label': `Sample pictures for ${this.label}` },
      samples.map((sample) => this.#sampleButton(sample)),
    );
  }

  #sampleButton(sample) {
    const name = speakingName(sample.name);
    return element(
      'button',
      {
        type: 'button',
        class: 'sample',
        title: name,
        'aria-label': `Use the sample ${name}`,
        onclick: () => {
          this.#arriving = fetchSample(sample).then(
            (file) => this.#takeAndFocus(file),
            (error) => this.#context.complain(error.message),
          );
        },
      },
      element('img', { src: reachableUrl(sample.url), alt: '', loading: 'lazy' }),
    );
  }

  #takeAndFocus(file) {
    this.write(file);
    this.focus();
  }

  #showFile() {
    this.#preview.hidden = !this.#file;
    this.#picker.hidden = Boolean(this.#file);
    if (this.#preview.dataset.url) URL.revokeObjectURL(this.#preview.dataset.url);
    this.#preview.replaceChildren();
    if (!this.#file) return;
    const url = URL.createObjectURL(this.#file);
    this.#preview.dataset.url = url;
    const image = element('img', { src: url, alt: `Preview of ${this.#file.name}` });
    image.addEventListener('error', () => image.replaceWith(icon('file')));
    this.#preview.append(
      image,
      element(
        'div',
        { class: 'file-preview-text' },
        element('strong', {}, this.#file.name),
        element('small', {}, fileSize(this.#file.size)),
      ),
      element(
        'div',
        { class: 'file-preview-actions' },
        this.#paintFrom && this.#editButton(),
        element('button', { type: 'button', class: 'button is-secondary', onclick: () => this.#clear() }, 'Change'),
      ),
    );
  }

  #editButton() {
    return element(
      'button',
      { type: 'button', class: 'button is-secondary', onclick: () => this.#paintFrom.click() },
      icon('brush'),
      'Edit',
    );
  }

  #clear() {
    this.write(null);
    this.focus();
  }

  #acceptDrops(node) {
    node.addEventListener('dragover', (event) => {
      event.preventDefault();
      node.classList.add('is-drop-target');
    });
    node.addEventListener('dragleave', () => node.classList.remove('is-drop-target'));
    node.addEventListener('drop', (event) => {
      event.preventDefault();
      event.stopPropagation();
      node.classList.remove('is-drop-target');
      this.write(event.dataTransfer.files[0]);
    });
  }
}

/** Garments for a garment, styles for a style; a mask is never a sample. */
function samplesFor(option, { garments, styles }) {
  const words = `${option.name} ${option.description}`.toLowerCase();
  if (option.name.includes('mask')) return [];
  if (option.name.includes('garment')) return garments;
  if (option.name.includes('style')) return styles;
  if (words.includes('style') || words.includes('pattern')) return styles;
  return words.includes('garment') ? garments : [];
}
