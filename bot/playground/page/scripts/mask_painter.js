/** A dialog to paint which part of a garment picture is to be restyled. */

import { element, uniqueId } from './dom.js';
import { icon } from './icons.js';
import { MaskLayers } from './mask_layers.js';

const TINT = 'rgb(232 74 160)';
const TINT_STRENGTH = 0.55;
const SHORTCUTS = { b: 'paint', e: 'erase' };

/** Strokes of masks painted on this page, so that a mask can be opened again. */
const strokesOfMask = new WeakMap();

/**
 * Opens the painter.
 * @param {File} garment
 * @param {File} [earlier] a mask painted before.
 * @returns {Promise<File|null>} the mask as PNG; null if the member cancelled.
 * @throws {Error} a sentence, if the browser cannot show the garment.
 */
export async function paintMask(garment, earlier) {
  const picture = await createImageBitmap(garment).catch(() => {
    throw new Error(`${garment.name} cannot be shown here, so no mask can be painted over it. Choose another picture.`);
  });
  const layers = new MaskLayers(picture.width, picture.height, strokesOfMask.get(earlier));
  return new Promise((resolve) => new MaskPainter(picture, layers, resolve).open());
}

class MaskPainter {
  #picture;
  #layers;
  #resolve;
  #tool = 'paint';
  #view = element('canvas', {
    class: 'mask-canvas',
    tabindex: '0',
    role: 'application',
    'aria-label': 'Mask over the garment. Arrow keys move the brush, space paints.',
  });
  #tint = new OffscreenCanvas(1, 1);
  #cursor;
  #isPainting = false;
  #result = null;
  #size;
  #toolButtons;
  #sizing;
  #error = element('p', { class: 'form-error', role: 'alert', hidden: true });

  constructor(picture, layers, resolve) {
    this.#picture = picture;
    this.#layers = layers;
    this.#resolve = resolve;
    this.#cursor = { x: layers.width / 2, y: layers.height / 2, isShown: false };
    this.#view.width = layers.width;
    this.#view.height = layers.height;
    this.#tint.width = layers.width;
    this.#tint.height = layers.height;
    this.dialog = this.#build();
    this.#listen();
    this.#sizing = new ResizeObserver(() => this.#fit());
    this.#sizing.observe(this.#view.parentElement);
  }

  open() {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.#view.focus();
    this.#draw();
  }

  #build() {
    const sizeId = uniqueId('brush-size');
    this.#size = element('input', { type: 'range', id: sizeId, min: '1', max: '30', value: '9' });
    this.#size.addEventListener('input', () => this.#draw());
    this.#toolButtons = {
      paint: this.#toolButton('paint', 'brush', 'Brush'),
      erase: this.#toolButton('erase', 'eraser', 'Eraser'),
    };
    const bar = element(
      'div',
      { class: 'mask-tools', role: 'toolbar', 'aria-label': 'Painting tools' },
      Object.values(this.#toolButtons),
      element('label', { class: 'mask-size', for: sizeId }, 'Size', this.#size),
      actionButton('undo', 'Undo', () => this.#layers.undo() && this.#draw()),
      actionButton('invert', 'Invert', () => this.#change('invert')),
      actionButton('fill', 'Fill all', () => this.#change('fill')),
      actionButton('trash', 'Clear', () => this.#change('clear')),
    );
    const title = element('h2', { id: uniqueId('mask-title') }, 'Paint the mask');
    const cancel = element(
      'button',
      { type: 'button', class: 'button is-secondary', onclick: () => this.dialog.close() },
      'Cancel',
    );
    const use = element(
      'button',
      { type: 'button', class: 'button is-primary', onclick: () => this.#finish() },
      icon('check'),
      'Use this mask',
    );
    return element(
      'dialog',
      { class: 'mask-painter', 'aria-labelledby': title.id },
      element(
        'header',
        {},
        title,
        element(
          'p',
          {},
          'Brush over everything that should be restyled. What you mark in pink changes; the rest stays as it is.',
        ),
      ),
      bar,
      element('div', { class: 'mask-stage' }, this.#view),
      element('footer', {}, this.#error, cancel, use),
    );
  }

  #toolButton(tool, iconName, label) {
    return element(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-pressed': String(tool === this.#tool),
        onclick: () => this.#choose(tool),
      },
      icon(iconName),
      label,
    );
  }

  #choose(tool) {
    this.#tool = tool;
    for (const [name, button] of Object.entries(this.#toolButtons))
      button.setAttribute('aria-pressed', String(name === tool));
    this.#draw();
  }

  #change(kind) {
    this.#layers.change(kind);
    this.#draw();
  }

  #listen() {
    this.#view.addEventListener('pointerdown', (event) => this.#startStroke(event));
    this.#view.addEventListener('pointermove', (event) => this.#continueStroke(event));
    for (const name of ['pointerup', 'pointercancel'])
      this.#view.addEventListener(name, () => {
        this.#isPainting = false;
      });
    this.#view.addEventListener('pointerleave', () => this.#hideCursor());
    this.dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.dialog.addEventListener('close', () => {
      this.#sizing.disconnect();
      this.dialog.remove();
      this.#resolve(this.#result);
    });
  }

  /** Shows the picture as large as its stage allows, small pictures enlarged. */
  #fit() {
    const { clientWidth, clientHeight } = this.#view.parentElement;
    const scale = Math.min(clientWidth / this.#layers.width, clientHeight / this.#layers.height);
    this.#view.style.width = `${this.#layers.width * scale}px`;
    this.#view.style.height = `${this.#layers.height * scale}px`;
  }

  get #brushWidth() {
    return (Number(this.#size.value) / 100) * Math.max(this.#layers.width, this.#layers.height);
  }

  #pointAt(event) {
    const box = this.#view.getBoundingClientRect();
    const scale = this.#layers.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  }

  #startStroke(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#view.focus();
    this.#view.setPointerCapture(event.pointerId);
    this.#isPainting = true;
    this.#layers.begin(this.#tool, this.#brushWidth, this.#pointAt(event));
    this.#draw();
  }

  #continueStroke(event) {
    this.#cursor = { ...this.#pointAt(event), isShown: true };
    if (this.#isPainting) {
      for (const step of event.getCoalescedEvents?.() ?? [event]) this.#layers.extend(this.#pointAt(step));
    }
    this.#draw();
  }

  #hideCursor() {
    this.#cursor.isShown = false;
    this.#draw();
  }

  #onKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      if (this.#layers.undo()) this.#draw();
    } else if (event.key.toLowerCase() in SHORTCUTS) this.#choose(SHORTCUTS[event.key.toLowerCase()]);
    else if (event.key === '[' || event.key === ']') this.#resizeBrush(event.key === ']' ? 1 : -1);
    else if (event.target === this.#view) this.#paintWithKeys(event);
  }

  #resizeBrush(by) {
    this.#size.value = Number(this.#size.value) + by;
    this.#draw();
  }

  #paintWithKeys(event) {
    const step = this.#brushWidth / 2;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === ' ') this.#layers.begin(this.#tool, this.#brushWidth, { x: this.#cursor.x, y: this.#cursor.y });
    else if (event.key in moves) this.#moveCursor(moves[event.key]);
    else return;
    event.preventDefault();
    this.#cursor.isShown = true;
    this.#draw();
  }

  #moveCursor([dx, dy]) {
    this.#cursor.x = Math.min(Math.max(this.#cursor.x + dx, 0), this.#layers.width);
    this.#cursor.y = Math.min(Math.max(this.#cursor.y + dy, 0), this.#layers.height);
  }

  #draw() {
    const { width, height } = this.#layers;
    const tint = this.#tint.getContext('2d');
    tint.globalCompositeOperation = 'copy';
    tint.drawImage(this.#layers.canvas, 0, 0);
    tint.globalCompositeOperation = 'source-in';
    tint.fillStyle = TINT;
    tint.fillRect(0, 0, width, height);
    const view = this.#view.getContext('2d');
    view.drawImage(this.#picture, 0, 0, width, height);
    view.globalAlpha = TINT_STRENGTH;
    view.drawImage(this.#tint, 0, 0);
    view.globalAlpha = 1;
    if (this.#cursor.isShown) this.#drawCursor(view);
  }

  #drawCursor(view) {
    for (const [colour, dash] of [
      ['black', []],
      ['white', [6, 6]],
    ]) {
      view.beginPath();
      view.setLineDash(dash);
      view.strokeStyle = colour;
      view.lineWidth = Math.max(1.5, this.#layers.width / 400);
      view.arc(this.#cursor.x, this.#cursor.y, this.#brushWidth / 2, 0, 2 * Math.PI);
      view.stroke();
    }
    view.setLineDash([]);
  }

  async #finish() {
    if (this.#layers.isEmpty()) {
      this.#error.textContent = 'Nothing is marked yet. Brush over the part that should be restyled.';
      this.#error.hidden = false;
      return;
    }
    const mask = new File([await this.#layers.toPng()], 'mask.png', { type: 'image/png' });
    strokesOfMask.set(mask, this.#layers.strokes);
    this.#result = mask;
    this.dialog.close();
  }
}

function actionButton(iconName, label, onclick) {
  return element('button', { type: 'button', class: 'tool', onclick }, icon(iconName), label);
}
