/** A form that the bot opens: text inputs, selects, files and text in a dialog. */

import { selectEntries, TYPE } from './components.js';
import { element, firstFocusable, uniqueId } from './dom.js';
import { listBox } from './list_box.js';

const LONG_TEXT = 2;

/**
 * @param {{custom_id: string, title: string, components: Object[]}} modal Discord's modal callback data.
 * @param {import('./context.js').Context} context
 */
export function openModal(modal, context) {
  const parts = modal.components.map((component) => part(component, context)).filter(Boolean);
  const error = element('p', { class: 'form-error', role: 'alert', hidden: true });
  const submit = element('button', { type: 'submit', class: 'button is-primary' }, 'Submit');
  const cancel = element('button', { type: 'button', class: 'button is-secondary' }, 'Cancel');
  const title = element('h2', { id: uniqueId('modal-title') }, modal.title);
  const form = element(
    'form',
    { novalidate: true },
    title,
    parts.map(({ node }) => node),
    element('footer', {}, error, cancel, submit),
  );
  const dialog = element('dialog', { class: 'modal', 'aria-labelledby': title.id }, form);
  const showError = (sentence) => {
    error.textContent = sentence;
    error.hidden = false;
    submit.disabled = false;
  };
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(modal, parts, submit, showError, context);
  });
  followAnswer(dialog, showError, context.interactions);
  document.body.append(dialog);
  dialog.showModal();
  firstFocusable(form)?.focus();
}

function followAnswer(dialog, showError, interactions) {
  const done = () => dialog.close();
  const failed = ({ detail }) => showError(`${detail}. Your words are still here; try again.`);
  interactions.addEventListener('modal-done', done);
  interactions.addEventListener('modal-failed', failed);
  dialog.addEventListener('close', () => {
    interactions.removeEventListener('modal-done', done);
    interactions.removeEventListener('modal-failed', failed);
    dialog.remove();
  });
}

async function send(modal, parts, submit, showError, context) {
  const problems = parts.map(({ problem }) => problem()).filter(Boolean);
  if (problems.length) {
    showError(problems.join(' '));
    return;
  }
  const files = {};
  const components = parts.map(({ read }) => read(files)).filter(Boolean);
  submit.disabled = true;
  await context.interactions
    .submitModal({ custom_id: modal.custom_id, components }, files)
    .catch((error) => showError(error.message));
}

/** One top-level component of a modal as `{node, problem, read}`. */
function part(component, context) {
  if (component.type === TYPE.TEXT) {
    const node = element('div', { class: 'markdown' }, context.markdown(component.content));
    return { node, problem: () => '', read: () => null };
  }
  const isLabel = component.type === TYPE.LABEL;
  const inner = isLabel ? component.component : component.components?.[0];
  const input = inner && modalInput(inner, component.label ?? inner.label ?? inner.custom_id, context);
  if (!input) return null;
  const node = element(
    'div',
    { class: 'field' },
    element(
      'div',
      { class: 'field-head' },
      element('label', { class: 'field-label', for: input.id }, input.label),
      inner.required !== false && element('span', { class: 'field-required' }, 'required'),
    ),
    component.description && element('p', { class: 'field-hint' }, component.description),
    input.node,
  );
  const wrap = (value) => (isLabel ? { type: TYPE.LABEL, component: value } : { type: TYPE.ROW, components: [value] });
  return {
    node,
    problem: input.problem,
    read: (files) => wrap({ type: inner.type, custom_id: inner.custom_id, ...input.read(files) }),
  };
}

function modalInput(component, label, context) {
  if (component.type === TYPE.TEXT_INPUT) return textInput(component, label);
  if (component.type === TYPE.FILE_UPLOAD) return fileInput(component, label);
  const entries = selectEntries(component, context.store);
  return entries && selectInput(component, entries, label);
}

function textInput(component, label) {
  const id = uniqueId('modal-input');
  const properties = {
    id,
    class: 'input',
    placeholder: component.placeholder,
    maxlength: component.max_length ?? 4000,
    'aria-required': String(component.required !== false),
  };
  const node =
    component.style === LONG_TEXT
      ? element('textarea', { ...properties, rows: '4' })
      : element('input', { ...properties, type: 'text' });
  node.value = component.value ?? '';
  const problem = () => {
    const { length } = node.value;
    if (!length) return component.required === false ? '' : `${label} is missing.`;
    return length < (component.min_length ?? 0) ? `${label} needs at least ${component.min_length} characters.` : '';
  };
  return { id, label, node, problem, read: () => ({ value: node.value }) };
}

function selectInput(component, entries, label) {
  const id = uniqueId('modal-select');
  let values = entries.filter((entry) => entry.default).map(({ value }) => value);
  const node = listBox({
    label,
    entries,
    placeholder: component.placeholder ?? 'Make a selection',
    minimum: component.min_values ?? 1,
    maximum: component.max_values ?? 1,
    onChange: (chosen) => {
      values = chosen;
    },
  });
  node.id = id;
  const isNeeded = component.required !== false && (component.min_values ?? 1) > 0;
  return {
    id,
    label,
    node,
    problem: () => (isNeeded && !values.length ? `${label} is missing.` : ''),
    read: () => ({ values }),
  };
}

function fileInput(component, label) {
  const id = uniqueId('modal-file');
  const node = element('input', { id, class: 'input', type: 'file', multiple: (component.max_values ?? 1) > 1 });
  const read = (files) => {
    const parts = [...node.files].map((file) => {
      const name = `file${Object.keys(files).length}`;
      files[name] = file;
      return name;
    });
    return { values: parts };
  };
  const problem = () => (component.required !== false && !node.files.length ? `${label} is missing.` : '');
  return { id, label, node, problem, read };
}
