/** The friendly start of an empty channel: a garment, a style, one button. */

import { commandData, restyleCommand } from './commands.js';
import { withFileParts } from './command_form.js';
import { element, uniqueId } from './dom.js';
import { icon } from './icons.js';
import { ACCEPTED_PICTURES, fetchSample, reachableUrl, speakingName } from './media.js';

/** Shows the start while the channel has no messages, and a short heading above its history later. */
export class Starter {
  #host;
  #context;
  #chosen = { garment: null, style: null };
  #button;
  /** Which start stands there now. */
  #shown = null;
  #hint = element('p', { class: 'starter-hint', role: 'status' });

  /**
   * @param {HTMLElement} host
   * @param {import('./context.js').Context} context
   */
  constructor(host, context) {
    this.#host = host;
    this.#context = context;
  }

  /** Draws the full start (`isEmpty`) or the heading of a channel with a history; what is chosen there stays. */
  show(isEmpty) {
    const shown = `${isEmpty} ${this.#context.store.channelId}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#host.replaceChildren(isEmpty ? this.#full() : this.#heading());
    if (isEmpty) this.updateBot();
  }

  hide() {
    this.#shown = null;
    this.#host.replaceChildren();
  }

  /** Says whether the bot is ready for the button. */
  updateBot() {
    if (this.#button) this.#describe();
  }

  #heading() {
    const { channel } = this.#context.store;
    return element(
      'div',
      { class: 'starter-heading' },
      icon('hash'),
      element('h2', {}, `This is the start of #${channel?.name ?? ''}`),
      channel?.topic && element('p', {}, channel.topic),
    );
  }

  #full() {
    const { samples } = this.#context.store;
    this.#chosen = { garment: null, style: null };
    this.#button = element(
      'button',
      { type: 'button', class: 'button is-primary is-huge', onclick: () => this.#restyle() },
      icon('wand'),
      'Restyle',
    );
    return element(
      'section',
      { class: 'starter', 'aria-labelledby': 'starter-title' },
      element('h2', { id: 'starter-title' }, 'Give a garment a new look'),
      element(
        'p',
        { class: 'starter-lead' },
        'Pick a garment and a style. The assistant answers with four variants, and the team votes for the best.',
      ),
      this.#step(1, 'Pick a garment', 'garment', samples.garments),
      this.#step(2, 'Pick a style', 'style', samples.styles),
      element('div', { class: 'starter-go' }, this.#button, this.#hint),
    );
  }

  #step(number, title, kind, samples) {
    const group = uniqueId(kind);
    const tiles = samples.map((sample) => this.#sampleTile(sample, kind, group));
    return element(
      'fieldset',
      { class: 'starter-step', dataset: { kind } },
      element('legend', {}, element('span', { class: 'step-number', 'aria-hidden': 'true' }, number), title),
      element('div', { class: 'tiles' }, tiles, this.#ownTile(kind, group)),
    );
  }

  #sampleTile(sample, kind, group) {
    const name = speakingName(sample.name);
    const input = element('input', { type: 'radio', name: group });
    input.addEventListener('change', () => this.#choose(kind, () => fetchSample(sample), name));
    return element(
      'label',
      { class: 'tile' },
      input,
      element('img', { src: reachableUrl(sample.url), alt: '' }),
      element('span', { class: 'tile-name' }, name),
    );
  }

  #ownTile(kind, group) {
    const picture = element('span', { class: 'tile-picture' }, icon('upload'));
    const text = element('span', { class: 'tile-name' }, 'Your own');
    const input = element('input', { type: 'file', accept: ACCEPTED_PICTURES, 'aria-label': `Your own ${kind} picture` });
    const tile = element('label', { class: 'tile is-own' }, input, picture, text);
    input.addEventListener('change', () => {
      const [file] = input.files;
      if (!file) return;
      for (const radio of this.#host.querySelectorAll(`input[name="${group}"]`)) radio.checked = false;
      const preview = element('img', { src: URL.createObjectURL(file), alt: '' });
      preview.addEventListener('error', () => preview.replaceWith(icon('file'))); // Few browsers show HEIC.
      picture.replaceChildren(preview);
      text.textContent = file.name;
      tile.classList.add('is-chosen');
      this.#choose(kind, async () => file, file.name);
    });
    return tile;
  }

  #choose(kind, fetchFile, name) {
    this.#chosen[kind] = { fetchFile, name };
    const own = this.#host.querySelector(`[data-kind="${kind}"] .is-own`);
    const isOwn = own.querySelector('input').files[0]?.name === name;
    own.classList.toggle('is-chosen', isOwn);
    this.#describe();
  }

  #describe() {
    const { garment, style } = this.#chosen;
    const isReady = Boolean(garment && style) && this.#context.store.bot.online;
    this.#button.setAttribute('aria-disabled', String(!isReady));
    this.#hint.textContent = this.#advice(garment, style);
  }

  #advice(garment, style) {
    if (!this.#context.store.bot.online) return 'The assistant is starting. This takes a few seconds.';
    if (!garment && !style) return 'Pick one of each, or add your own pictures.';
    if (!garment) return 'Now pick a garment.';
    if (!style) return 'Now pick a style.';
    return `${garment.name} in ${style.name}: ready.`;
  }

  async #restyle() {
    const { garment, style } = this.#chosen;
    const entry = restyleCommand(this.#context.store.commands);
    if (!garment || !style || !entry) {
      this.#host.querySelector(`[data-kind="${garment ? 'style' : 'garment'}"] input`)?.focus();
      return;
    }
    this.#button.setAttribute('aria-busy', 'true');
    try {
      await this.#send(entry, { garment: await garment.fetchFile(), style: await style.fetchFile() });
    } catch (error) {
      this.#context.complain(error.message);
    }
    this.#button.removeAttribute('aria-busy');
  }

  #send(entry, pictures) {
    const options = entry.options.filter(({ name }) => name in pictures);
    const { values, files } = withFileParts(options.map(({ name, type }) => ({ name, type, value: pictures[name] })));
    return this.#context.interactions.runCommand(`/${entry.name}`, commandData(entry, values), files);
  }
}
