/** A gallery, opened large: arrow keys, swipe, caption, the original and a download. */

import { element, focusReturner } from './dom.js';
import { icon } from './icons.js';

const SWIPE_PIXELS = 50;

/**
 * @typedef {Object} Picture
 * @property {string} url
 * @property {string} description alt text; also shown as the caption.
 * @property {string} filename
 */

/** The page's one lightbox. */
export class Lightbox {
  #dialog;
  #image = element('img', { class: 'lightbox-image', alt: '' });
  #caption = element('p', { class: 'lightbox-caption' });
  #counter = element('p', { class: 'lightbox-counter', 'aria-live': 'polite' });
  #original = actionLink('external', 'Open original', { target: '_blank', rel: 'noopener' });
  #download = actionLink('download', 'Download', {});
  #previous = stepButton('left', 'Previous picture', () => this.#step(-1));
  #next = stepButton('right', 'Next picture', () => this.#step(1));
  #pictures = [];
  #index = 0;
  #swipeStart = null;
  #returnFocus = () => {};

  constructor() {
    const close = element('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close' }, icon('close'));
    const bar = element('div', { class: 'lightbox-bar' }, this.#counter, this.#original, this.#download, close);
    const stage = element('div', { class: 'lightbox-stage' }, this.#previous, this.#image, this.#next);
    this.#dialog = element('dialog', { class: 'lightbox', 'aria-label': 'Picture viewer' }, bar, stage, this.#caption);
    document.body.append(this.#dialog);
    close.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#returnFocus());
    this.#image.addEventListener('click', () => this.#dialog.classList.toggle('is-actual-size'));
    stage.addEventListener('click', (event) => event.target === stage && this.#dialog.close());
    this.#dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.#listenForSwipes(stage);
  }

  /** @param {Picture[]} pictures @param {number} index the one to show first. */
  open(pictures, index = 0) {
    this.#returnFocus = focusReturner(document.activeElement);
    this.#pictures = pictures;
    this.#index = index;
    this.#show();
    this.#dialog.showModal();
  }

  #step(by) {
    this.#index = (this.#index + by + this.#pictures.length) % this.#pictures.length;
    this.#show();
  }

  #show() {
    const picture = this.#pictures[this.#index];
    const isOne = this.#pictures.length === 1;
    this.#dialog.classList.remove('is-actual-size');
    this.#image.src = picture.url;
    this.#image.alt = picture.description || picture.filename;
    this.#caption.textContent = picture.description || picture.filename;
    this.#counter.textContent = isOne ? '' : `${this.#index + 1} of ${this.#pictures.length}`;
    this.#original.href = picture.url;
    this.#download.href = picture.url;
    this.#download.setAttribute('download', picture.filename);
    this.#previous.hidden = isOne;
    this.#next.hidden = isOne;
  }

  #onKey(event) {
    if (this.#pictures.length < 2) return;
    if (event.key === 'ArrowLeft') this.#step(-1);
    if (event.key === 'ArrowRight') this.#step(1);
  }

  #listenForSwipes(stage) {
    stage.addEventListener(
      'touchstart',
      (event) => {
        this.#swipeStart = event.touches.length === 1 ? event.touches[0].clientX : null;
      },
      { passive: true },
    );
    stage.addEventListener('touchend', (event) => {
      if (this.#swipeStart === null || this.#pictures.length < 2) return;
      const distance = event.changedTouches[0].clientX - this.#swipeStart;
      if (Math.abs(distance) >= SWIPE_PIXELS) this.#step(distance < 0 ? 1 : -1);
    });
  }
}

function actionLink(iconName, text, properties) {
  return element('a', { class: 'lightbox-action', ...properties }, icon(iconName), element('span', {}, text));
}

function stepButton(iconName, label, onclick) {
  return element(
    'button',
    { type: 'button', class: 'icon-button lightbox-step', 'aria-label': label, onclick },
    icon(iconName),
  );
}
