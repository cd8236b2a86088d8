/** First steps as small forms: who commits, and where to push. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { drawError } from '../drawing/problem';
import * as server from '../server/calls';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';

let made = 0;

function drawField(
  label: string,
  type: string,
  className: string
): [HTMLElement, HTMLInputElement] {
  const id = `nbvc-field-${++made}`;
  const field = h('input', {
    id,
    type,
    class: `jp-mod-styled ${className}`,
    spellcheck: 'false',
    autocomplete: type === 'email' ? 'email' : 'off'
  });
  return [h('div', { class: 'nbvc-Field' }, h('label', { for: id }, label), field), field];
}

/** Name and email address of who commits. */
export class IdentityForm {
  readonly node: HTMLElement;
  onChange: () => void = () => undefined;
  private readonly _name: HTMLInputElement;
  private readonly _email: HTMLInputElement;
  private readonly _everywhere: HTMLInputElement;

  constructor(trans: TranslationBundle) {
    const [name, nameField] = drawField(trans.__('Your name'), 'text', 'nbvc-Identity-name');
    const [email, emailField] = drawField(
      trans.__('Your email'),
      'email',
      'nbvc-Identity-email'
    );
    [this._name, this._email] = [nameField, emailField];
    this._everywhere = h('input', { type: 'checkbox', class: 'nbvc-Identity-everywhere' });
    this.node = h(
      'div',
      { class: 'nbvc-Step nbvc-Identity' },
      h('p', {}, trans.__('Each commit records who made it.')),
      name,
      email,
      h(
        'label',
        { class: 'nbvc-Check' },
        this._everywhere,
        h('span', {}, trans.__('for all my repositories on this machine'))
      )
    );
    this.node.addEventListener('input', () => this.onChange());
  }

  get isComplete(): boolean {
    return this._name.value.trim() !== '' && /^\S+@\S+$/.test(this._email.value.trim());
  }

  focus(): void {
    (this._name.value.trim() ? this._email : this._name).focus();
  }

  async save(path: string): Promise<void> {
    await server.setIdentity({
      path,
      name: this._name.value,
      email: this._email.value,
      everywhere: this._everywhere.checked
    });
  }
}

/** The address of a remote: a button, and after it a field. */
export class RemoteForm {
  readonly node: HTMLElement;
  private readonly _field: HTMLInputElement;
  private readonly _open: HTMLButtonElement;
  private readonly _body: HTMLElement;
  private readonly _problem = h('div', { 'aria-live': 'polite' });

  /** `done` is called once the remote is added. */
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _path: () => string,
    private readonly _done: () => Promise<void>,
    accept: string = _trans.__('Add')
  ) {
    const [field, input] = drawField(_trans.__('Address to push to'), 'text', 'nbvc-Place-url');
    this._field = input;
    input.placeholder = 'https://example.org/you/project.git';
    this._open = createButton(_trans.__('Add an address to push to…'), 'nbvc-Place-open', () =>
      this.open()
    );
    this._body = h(
      'form',
      { class: 'nbvc-Step nbvc-Place' },
      h(
        'p',
        {},
        _trans.__(
          'Make an empty repository on GitHub, GitLab or elsewhere, and paste its address.'
        )
      ),
      field,
      h(
        'p',
        { class: 'nbvc-Muted' },
        _trans.__(
          'nbvc never asks for a password: an address with https needs a credential helper, one with git@ an SSH key.'
        )
      ),
      this._problem,
      h('button', { type: 'submit', class: 'nbvc-Button nbvc-mod-main nbvc-Place-add' }, accept)
    );
    this._body.hidden = true;
    this._body.addEventListener('submit', event => {
      event.preventDefault();
      void this._add();
    });
    // Enter here adds the remote; it is not for the dialog around.
    this._body.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
        event.stopPropagation();
      }
    });
    this.node = h('div', { class: 'nbvc-Place-box' }, this._open, this._body);
  }

  open(): void {
    this._open.hidden = true;
    this._body.hidden = false;
    this._field.focus();
  }

  private async _add(): Promise<void> {
    try {
      await server.addRemote(this._path(), this._field.value);
      this._problem.replaceChildren();
      await this._done();
    } catch (error) {
      this._problem.replaceChildren(drawError(NbvcError.from(error), this._trans));
    }
  }
}
