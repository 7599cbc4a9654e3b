/** The field that fits an option. */

import { OPTION } from '../commands.js';
import { AttachmentField } from './attachment_field.js';
import { AutocompleteField } from './autocomplete_field.js';
import { ChoiceField, choicesFor } from './choice_field.js';
import { NumberField } from './number_field.js';
import { TextField } from './text_field.js';

/**
 * @param {Object} option
 * @param {import('../context.js').Context} context
 * @param {{suggest: Function, onPaint: Function|null}} actions
 * @returns {import('./field.js').Field}
 */
export function makeField(option, context, { suggest, onPaint }) {
  if (option.type === OPTION.ATTACHMENT) return new AttachmentField(option, context, onPaint);
  if (option.autocomplete) return new AutocompleteField(option, suggest);
  const choices = choicesFor(option, context.store);
  if (choices) return new ChoiceField(option, choices);
  if (option.type === OPTION.INTEGER || option.type === OPTION.NUMBER) return new NumberField(option);
  return new TextField(option);
}
