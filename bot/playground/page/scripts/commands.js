/** The bot's slash commands, flattened: every subcommand is an entry of its own. */

/** Discord's option types. */
export const OPTION = {
  SUBCOMMAND: 1,
  GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

const CHAT_INPUT = 1;

/**
 * @typedef {Object} CommandEntry
 * @property {string} name e.g. `style save`, as typed after the slash.
 * @property {string} description
 * @property {Object[]} options Discord option objects, without subcommands.
 * @property {Object} command the command object it belongs to.
 * @property {{type: number, name: string}[]} path group and subcommand.
 */

/**
 * @param {Object[]} commands Discord application commands.
 * @returns {CommandEntry[]}
 */
export function flattenCommands(commands) {
  const slash = commands.filter(({ type }) => (type ?? CHAT_INPUT) === CHAT_INPUT);
  return slash.flatMap((command) => entries(command, command, []));
}

function entries(command, node, path) {
  const options = node.options ?? [];
  const branches = options.filter(({ type }) => type === OPTION.SUBCOMMAND || type === OPTION.GROUP);
  if (branches.length) {
    return branches.flatMap((branch) => entries(command, branch, [...path, { type: branch.type, name: branch.name }]));
  }
  const name = [command, ...path].map((part) => part.name).join(' ');
  return [{ name, description: node.description, options, command, path }];
}

/**
 * @param {CommandEntry} entry
 * @param {Object[]} values `{name, type, value}` of the filled-in options.
 * @returns {Object} Discord's application command data.
 */
export function commandData({ command, path }, values) {
  const options = path.reduceRight((inner, part) => [{ ...part, options: inner }], values);
  return { id: command.id, name: command.name, type: command.type ?? CHAT_INPUT, options };
}

/**
 * @param {CommandEntry[]} entryList
 * @param {string} typed what follows the slash.
 * @returns {CommandEntry[]} those that fit, best first.
 */
export function matchingCommands(entryList, typed) {
  const inFull = readTypedCommand(entryList, typed);
  if (inFull && typed.length > inFull.entry.name.length) return [inFull.entry];
  const wanted = typed.trim().toLowerCase();
  const rank = ({ name, description }) => {
    if (name.startsWith(wanted)) return 0;
    if (name.includes(wanted)) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return entryList.filter((entry) => rank(entry) < 3).sort((one, other) => rank(one) - rank(other));
}

/**
 * Reads a command typed in full, such as `/history words:linen mode:paint`.
 * @param {CommandEntry[]} entryList
 * @param {string} typed what follows the slash.
 * @returns {{entry: CommandEntry, values: Object<string, string>}|null} null while no command is named in full.
 */
export function readTypedCommand(entryList, typed) {
  const longestFirst = [...entryList].sort((one, other) => other.name.length - one.name.length);
  const entry = longestFirst.find(({ name }) => typed === name || typed.startsWith(`${name} `));
  if (!entry) return null;
  const names = entry.options.map((option) => option.name).join('|');
  const pattern = new RegExp(`(?:^|\\s)(${names}):\\s*(.*?)(?=\\s(?:${names}):|$)`, 'gi');
  const pairs = names ? [...typed.slice(entry.name.length).matchAll(pattern)] : [];
  return { entry, values: Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), value.trim()])) };
}

/** @returns {CommandEntry|undefined} the command that restyles: it takes a garment and a style picture. */
export function restyleCommand(commands) {
  const takes = ({ options }, name) =>
    options.some((option) => option.type === OPTION.ATTACHMENT && option.name === name);
  return flattenCommands(commands).find((entry) => takes(entry, 'garment') && takes(entry, 'style'));
}
