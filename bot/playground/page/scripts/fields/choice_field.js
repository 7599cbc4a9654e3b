/** One of a few: an option's choices, yes or no, a member, a channel, a role. */

import { displayName } from '../avatars.js';
import { OPTION } from '../commands.js';
import { element } from '../dom.js';
import { Field } from './field.js';

/** A native select over fixed choices. */
export class ChoiceField extends Field {
  #choices;

  /**
   * @param {Object} option
   * @param {{name: string, value: *}[]} choices
   */
  constructor(option, choices) {
    super(option);
    this.#choices = choices;
    this.control = element(
      'select',
      { ...this.controlAttributes, class: 'input' },
      element('option', { value: '' }, 'Choose…'),
      choices.map(({ name }, index) => element('option', { value: index }, name)),
    );
    this.frame(this.control);
  }

  read() {
    return this.control.value === '' ? undefined : this.#choices[Number(this.control.value)].value;
  }

  /** @param {string} text a choice's name or value; anything else chooses nothing. */
  write(text) {
    const wanted = text.toLowerCase();
    const index = this.#choices.findIndex(({ name, value }) =>
      [name, String(value)].some((word) => word.toLowerCase() === wanted),
    );
    this.control.value = index < 0 ? '' : index;
  }
}

/**
 * @param {Object} option
 * @param {import('../store.js').Store} store
 * @returns {{name: string, value: *}[]|null} what there is to choose from; null if the option is no choice.
 */
export function choicesFor(option, store) {
  const users = [...store.users, ...(store.bot.user ? [store.bot.user] : [])];
  const members = users.map((user) => ({ name: displayName(user), value: user.id }));
  const roles = (store.guild?.roles ?? []).map((role) => ({ name: role.name, value: role.id }));
  switch (option.type) {
    case OPTION.BOOLEAN:
      return [
        { name: 'Yes', value: true },
        { name: 'No', value: false },
      ];
    case OPTION.USER:
      return members;
    case OPTION.CHANNEL:
      return store.channels.map((channel) => ({ name: `#${channel.name}`, value: channel.id }));
    case OPTION.ROLE:
      return roles;
    case OPTION.MENTIONABLE:
      return [...members, ...roles];
    default:
      return option.choices?.length ? option.choices : null;
  }
}
