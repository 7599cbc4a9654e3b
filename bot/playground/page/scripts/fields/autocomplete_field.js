/** Words or numbers with suggestions from the bot while one types. */

import { OPTION } from '../commands.js';
import { element } from '../dom.js';
import { Field } from './field.js';

const PAUSE_MS = 150;

/** An option with `autocomplete`: a combobox whose list the bot fills. */
export class AutocompleteField extends Field {
  #suggest;
  #chosen = null;
  #list;
  #active = -1;
  #timer = null;
  #asked = 0;

  /**
   * @param {Object} option
   * @param {(option: Object, typed: string) => Promise<{name: string, value: *}[]>} suggest
   */
  constructor(option, suggest) {
    super(option);
    this.#suggest = suggest;
    this.#list = element('div', {
      class: 'suggestions',
      role: 'listbox',
      id: `${this.id}-list`,
      'aria-label': `Suggestions for ${this.label}`,
      hidden: true,
    });
    this.control = element('input', {
      ...this.controlAttributes,
      class: 'input',
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': `${this.id}-list`,
    });
    this.frame(element('div', { class: 'combobox' }, this.control, this.#list));
    this.#listen();
  }

  read() {
    const typed = this.control.value.trim();
    if (!typed) return undefined;
    if (this.#chosen?.name === typed) return this.#chosen.value;
    return this.option.type === OPTION.STRING ? typed : Number(typed);
  }

  /** @param {string} text */
  write(text) {
    this.control.value = text;
  }

  problem() {
    if (Number.isNaN(this.read())) return `${this.label} must be one of the suggestions or a number.`;
    return super.problem();
  }

  #listen() {
    this.control.addEventListener('input', () => {
      this.#asked += 1;
      this.#dropUnfitting();
      this.#askSoon(PAUSE_MS);
    });
    this.control.addEventListener('focus', () => this.#askSoon(0));
    this.control.addEventListener('blur', () => this.#close());
    this.control.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Until the bot answers, suggestions for an earlier text stay only where they fit the new one. */
  #dropUnfitting() {
    const typed = this.control.value.trim().toLowerCase();
    for (const node of this.#list.querySelectorAll('.suggestion')) {
      if (!node.textContent.toLowerCase().includes(typed)) node.remove();
    }
    this.#active = [...this.#list.children].findIndex((node) => node.ariaSelected === 'true');
  }

  #askSoon(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), delay);
  }

  /** An answer to an older question than the last, or to a text typed on since, is dropped. */
  async #ask() {
    this.#asked += 1;
    const question = this.#asked;
    const choices = await this.#suggest(this.option, this.control.value).catch(() => []);
    if (question === this.#asked && document.activeElement === this.control) this.#show(choices);
  }

  #show(choices) {
    const highlighted = this.#list.querySelector('[aria-selected="true"]')?.textContent;
    this.#list.replaceChildren(...choices.map((choice, index) => this.#suggestion(choice, index)));
    if (!choices.length) this.#list.append(element('p', { class: 'suggestions-empty' }, 'No suggestions.'));
    this.#list.hidden = false;
    this.control.setAttribute('aria-expanded', 'true');
    this.#active = -1;
    if (choices.some(({ name }) => name === highlighted)) this.#keepHighlight(highlighted);
    this.#list.scrollIntoView({ block: 'nearest' });
  }

  #suggestion(choice, index) {
    const node = element(
      'div',
      { role: 'option', class: 'suggestion', id: `${this.id}-option-${index}`, 'aria-selected': 'false' },
      choice.name,
    );
    node.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#choose(choice);
    });
    node.choose = () => this.#choose(choice);
    return node;
  }

  #choose(choice) {
    this.#chosen = choice;
    this.control.value = choice.name;
    this.#close();
    this.validate();
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.control.setAttribute('aria-expanded', 'false');
    this.control.removeAttribute('aria-activedescendant');
  }

  #onKey(event) {
    const nodes = [...this.#list.querySelectorAll('.suggestion')];
    if (this.#list.hidden || !nodes.length) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
      this.#highlight(nodes, event.key === 'ArrowDown' ? 1 : -1);
    else if (event.key === 'Enter' && this.#active >= 0) nodes[this.#active].choose();
    else if (event.key === 'Escape') this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** A new answer must not take the choice out of the hands of somebody who is about to press Enter. */
  #keepHighlight(name) {
    const nodes = [...this.#list.querySelectorAll('.suggestion')];
    this.#active = nodes.findIndex((node) => node.textContent === name) - 1;
    this.#highlight(nodes, 1);
  }

  #highlight(nodes, step) {
    nodes[this.#active]?.setAttribute('aria-selected', 'false');
    const from = this.#active < 0 && step < 0 ? 0 : this.#active;
    this.#active = (from + step + nodes.length) % nodes.length;
    const node = nodes[this.#active];
    node.setAttribute('aria-selected', 'true');
    node.scrollIntoView({ block: 'nearest' });
    this.control.setAttribute('aria-activedescendant', node.id);
  }
}
