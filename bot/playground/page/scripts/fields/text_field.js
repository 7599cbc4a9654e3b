/** Words. */

import { element } from '../dom.js';
import { Field } from './field.js';

/** A string option without choices. */
export class TextField extends Field {
  constructor(option) {
    super(option);
    this.control = element('input', {
      ...this.controlAttributes,
      class: 'input',
      type: 'text',
      autocomplete: 'off',
      maxlength: option.max_length ?? 6000,
    });
    this.frame(this.control);
  }

  read() {
    return this.control.value.trim() || undefined;
  }

  /** @param {string} text */
  write(text) {
    this.control.value = text;
  }

  problem() {
    const length = this.read()?.length ?? 0;
    const least = this.option.min_length ?? 0;
    if (length && length < least) return `${this.label} needs at least ${least} characters.`;
    return super.problem();
  }
}
