import type { ISettingRegistry } from '@jupyterlab/settingregistry';

export const PLUGIN = 'nbvc-jupyter:plugin';

export type Layout = 'side-by-side' | 'unified';

export interface IViewOptions {
  layout: Layout;
  /** Whether markdown is drawn as a reader sees it. */
  rendered: boolean;
  noise: boolean;
}

export interface ISettings {
  compare: IViewOptions;
  commit: { push: boolean; outputs: 'keep' | 'strip' };
  checkpoints: { everyMinutes: number; keep: number };
  warnOnChange: boolean;
  marginMarks: boolean;
}

export const DEFAULTS: ISettings = {
  compare: { layout: 'side-by-side', rendered: false, noise: false },
  commit: { push: true, outputs: 'keep' },
  checkpoints: { everyMinutes: 0, keep: 20 },
  warnOnChange: true,
  marginMarks: true
};

/** The user's settings; the defaults if there is no registry or it can't be read. */
export class Settings {
  private _loaded: ISettingRegistry.ISettings | null = null;

  constructor(
    readonly ready: Promise<void>,
    private readonly _onChange: (() => void)[] = []
  ) {}

  static load(registry: ISettingRegistry | null): Settings {
    const settings: Settings = new Settings(
      Promise.resolve(registry?.load(PLUGIN))
        .then(loaded => {
          settings._loaded = loaded ?? null;
          loaded?.changed.connect(() => settings._onChange.forEach(call => call()));
          settings._onChange.forEach(call => call());
        })
        .catch(error => console.error('nbvc: the settings can’t be loaded', error))
    );
    return settings;
  }

  onChange(call: () => void): void {
    this._onChange.push(call);
  }

  get current(): ISettings {
    const value = <T>(name: string, fallback: T): T =>
      (this._loaded?.get(name).composite as T | undefined) ?? fallback;
    return {
      compare: {
        layout: value('layout', DEFAULTS.compare.layout),
        rendered: value('renderedMarkdown', DEFAULTS.compare.rendered),
        noise: value('showNoise', DEFAULTS.compare.noise)
      },
      commit: {
        push: value('pushAfterCommit', DEFAULTS.commit.push),
        outputs: value('outputsInCommit', DEFAULTS.commit.outputs)
      },
      checkpoints: {
        everyMinutes: value('checkpointMinutes', DEFAULTS.checkpoints.everyMinutes),
        keep: value('checkpointsKept', DEFAULTS.checkpoints.keep)
      },
      warnOnChange: value('warnOnChange', DEFAULTS.warnOnChange),
      marginMarks: value('marginMarks', DEFAULTS.marginMarks)
    };
  }

  async set(name: string, value: string | boolean | number): Promise<void> {
    try {
      await this._loaded?.set(name, value);
    } catch (error) {
      console.warn(`nbvc: the setting ${name} can’t be saved`, error);
    }
  }

  async rememberView(view: IViewOptions): Promise<void> {
    const { compare } = this.current;
    if (view.layout !== compare.layout) {
      await this.set('layout', view.layout);
    }
    if (view.rendered !== compare.rendered) {
      await this.set('renderedMarkdown', view.rendered);
    }
    if (view.noise !== compare.noise) {
      await this.set('showNoise', view.noise);
    }
  }
}
