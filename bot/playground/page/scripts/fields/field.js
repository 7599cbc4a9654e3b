/** What all fields of the command form share: label, hint, error, and being optional. */

import { element, uniqueId } from '../dom.js';
import { icon } from '../icons.js';
import { speakingName } from '../media.js';

/** One option of a command as a labelled field; the kinds extend it. */
export class Field {
  /** @param {Object} option Discord option object. */
  constructor(option) {
    this.option = option;
    this.id = uniqueId('field');
    this.label = speakingName(option.name);
    this.errorNode = element('p', { class: 'field-error', id: `${this.id}-error`, role: 'alert', hidden: true });
  }

  /**
   * Puts the control into its frame; call once, from the constructor of a kind.
   * @param {HTMLElement} control the element with `this.id`, or one that contains it.
   * @param {string} [hint] said after the description.
   */
  frame(control, hint = '') {
    const description = [this.option.description, hint].filter(Boolean).join(' · ');
    this.element = element(
      'div',
      { class: 'field', dataset: { option: this.option.name } },
      element(
        'div',
        { class: 'field-head' },
        element('label', { for: this.id, class: 'field-label' }, this.label),
        this.option.required && element('span', { class: 'field-required' }, 'required'),
      ),
      element('p', { class: 'field-hint', id: `${this.id}-hint` }, description),
      control,
      this.errorNode,
    );
  }

  /** @returns {Object<string, string>} attributes that tie the control to its hint and error. */
  get controlAttributes() {
    return {
      id: this.id,
      'aria-describedby': `${this.id}-hint ${this.id}-error`,
      'aria-required': String(Boolean(this.option.required)),
    };
  }

  /** Adds the button that takes an optional field away again. */
  makeRemovable(onRemove) {
    const label = `Leave out ${this.label}`;
    this.element.querySelector('.field-head').append(
      element(
        'button',
        {
          type: 'button',
          class: 'icon-button is-small',
          'aria-label': label,
          title: label,
          onclick: onRemove,
        },
        icon('close'),
      ),
    );
  }

  /** @returns {Promise<void>} done once nothing that was chosen is still on its way. */
  async settled() {}

  /** @returns {*} the option's value, or undefined while nothing is filled in. */
  read() {
    throw new Error('A kind of field says what its value is.');
  }

  /** @returns {string} a sentence that says what is wrong, or nothing. */
  problem() {
    return this.option.required && this.read() === undefined ? `${this.label} is missing.` : '';
  }

  /** Shows or hides the problem. @returns {boolean} whether the field is all right. */
  validate() {
    const problem = this.problem();
    this.errorNode.textContent = problem;
    this.errorNode.hidden = !problem;
    this.control?.setAttribute('aria-invalid', String(Boolean(problem)));
    return !problem;
  }

  focus() {
    this.control.focus();
  }
}
