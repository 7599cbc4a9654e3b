/** Whole and decimal numbers with their limits. */

import { element } from '../dom.js';
import { OPTION } from '../commands.js';
import { Field } from './field.js';

/** An integer or number option. */
export class NumberField extends Field {
  #isWhole;

  constructor(option) {
    super(option);
    this.#isWhole = option.type === OPTION.INTEGER;
    this.control = element('input', {
      ...this.controlAttributes,
      class: 'input',
      type: 'number',
      inputmode: this.#isWhole ? 'numeric' : 'decimal',
      step: this.#isWhole ? '1' : 'any',
      min: option.min_value,
      max: option.max_value,
    });
    this.frame(this.control, rangeText(option));
  }

  read() {
    return this.control.value === '' ? undefined : Number(this.control.value);
  }

  /** @param {string} text */
  write(text) {
    this.control.value = text;
  }

  problem() {
    const value = this.read();
    const { min_value: least = -Infinity, max_value: most = Infinity } = this.option;
    if (this.control.validity.badInput) return `${this.label} must be a number.`;
    if (value === undefined) return super.problem();
    if (this.#isWhole && !Number.isInteger(value)) return `${this.label} must be a whole number.`;
    if (value < least || value > most) return `${this.label} must be ${rangeText(this.option)}.`;
    return '';
  }
}

function rangeText({ min_value: least, max_value: most }) {
  if (least !== undefined && most !== undefined) return `between ${least} and ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? '' : `at most ${most}`;
}
