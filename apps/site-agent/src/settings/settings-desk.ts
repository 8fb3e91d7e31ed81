import { writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError } from '@consilium/protocol';
import { readFileSync } from 'node:fs';
import type { SiteFolder } from '../folder/site-folder.js';
import { agentSettingsSchema, parseSettings, type AgentSettings } from './agent-settings.js';

/** What the console may change. The rest of agent.json is for those who look after the machine. */
export type SettingsChange = Partial<Pick<AgentSettings, 'disclosure' | 'allowedSteps' | 'approvalDays' | 'keepDays'>> & { readonly extraction?: Partial<AgentSettings['extraction']> };

/** The settings of a running agent: what is saved holds from the next question on. */
export class SettingsDesk {
  private saving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: Pick<SiteFolder, 'settings'>,
    private now: AgentSettings,
  ) {}

  get current(): AgentSettings {
    return this.now;
  }

  /** The same object at every time, with the limits and the allowed steps as they are when it is read. */
  live(): AgentSettings {
    const read = () => this.now;
    return {
      ...this.now,
      get disclosure() {
        return read().disclosure;
      },
      get allowedSteps() {
        return read().allowedSteps;
      },
    };
  }

  /** Writes agent.json as a whole; E315 and no change where it would have mistakes. */
  save(change: SettingsChange): Promise<AgentSettings> {
    const saved = this.saving.catch(() => undefined).then(async () => {
      const written = this.written();
      const next = { ...written, ...change, extraction: { ...(written['extraction'] as object | undefined), ...change.extraction } };
      const settings = parseSettings(next, process.env);
      await writeDurably(this.folder.settings, `${JSON.stringify(next, null, 2)}\n`);
      this.now = { ...this.now, disclosure: settings.disclosure, allowedSteps: settings.allowedSteps, approvalDays: settings.approvalDays, keepDays: settings.keepDays, extraction: settings.extraction };
      return this.now;
    });
    this.saving = saved;
    return saved;
  }

  /** agent.json as people wrote it: what the environment adds must not be written back. */
  private written(): Record<string, unknown> {
    try {
      const content = JSON.parse(readFileSync(this.folder.settings, 'utf8')) as Record<string, unknown>;
      agentSettingsSchema.parse(content);
      return content;
    } catch (cause) {
      throw new ConsiliumError(agentErrors.settingsMistaken, 'agent.json is absent or has mistakes. Nothing was changed.', { cause });
    }
  }
}
