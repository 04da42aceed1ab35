/** The one kimi-lsp process of this window: found, started, restarted, stopped; never more than one at a time. */

import * as vscode from 'vscode';
import type { LanguageClient, LanguageClientOptions } from 'vscode-languageclient/node';
import { find, type Found } from './find';
import { offerInstall, ownFolder } from './install';
import { Jobs } from './jobs';
import type { Key } from './key';
import { middleware } from './middleware';
import { configuration, initializationOptions, needsRestart } from './settings';

export type State = 'stopped' | 'starting' | 'running' | 'missing' | 'failed';

/** kimi-lsp is nowhere; the user was offered to install it. */
export class NotInstalled extends Error {}

export class Server implements vscode.Disposable {
  readonly jobs = new Jobs();
  private readonly changed = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.changed.event;
  private now: State = 'stopped';
  private current: Promise<LanguageClient> | undefined;
  private running: LanguageClient | undefined;
  private stopping: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.OutputChannel,
    private readonly key: Key,
  ) {}

  get state(): State {
    return this.now;
  }

  /** The client of the server that runs now; undefined while none does. */
  get connected(): LanguageClient | undefined {
    return this.now === 'running' ? this.running : undefined;
  }

  /** Start it, if it does not run; what prevents it is told to the user. */
  start(): void {
    this.client().catch(() => undefined);
  }

  /** The client of a server that answers; starts one where none runs. Rejects with what the user was told. */
  client(): Promise<LanguageClient> {
    if (this.current === undefined) {
      const starting = this.launch();
      this.current = starting;
      starting.catch((error) => {
        if (this.current === starting) {
          this.current = undefined;
          this.tell(error);
        }
      });
    }
    return this.current.then(revived);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  async stop(): Promise<void> {
    const before = this.current;
    this.current = undefined;
    if (before !== undefined) {
      this.stopping = before.then((client) => client.dispose(), () => undefined).catch(() => undefined);
    }
    await this.stopping;
    this.jobs.clear();
    this.become('stopped');
  }

  /** Tell the server, or start it anew where the setting is one that is told only at the start. */
  async configurationChanged(event: vscode.ConfigurationChangeEvent): Promise<void> {
    if (needsRestart(this.context.extension, event)) {
      await this.restart();
    } else if (event.affectsConfiguration('kimi')) {
      await this.connected?.sendNotification('workspace/didChangeConfiguration', { settings: null });
    }
  }

  /** Where kimi-lsp is. Rejects where it is nowhere; the user is then offered to install it. */
  async program(): Promise<Found> {
    const found = await find(ownFolder(this.context));
    if (found === undefined) {
      throw new NotInstalled('Kimi: kimi-lsp is not installed.');
    }
    return found;
  }

  dispose(): void {
    void this.stop();
    this.changed.dispose();
    this.jobs.dispose();
  }

  private async launch(): Promise<LanguageClient> {
    await this.stopping;
    this.become('starting');
    const { program, by } = await this.program();
    this.log.appendLine(`Starting ${program} (found by ${by}).`);
    const settings = vscode.workspace.getConfiguration('kimi');
    const args = ['--stdio', ...settings.get<string[]>('server.arguments', [])];
    const environment = { ...process.env, ...(await this.key.environment()) };
    const { clientOf } = await import('./client.js');
    const client = clientOf({ program, args, environment }, this.options(), (of, state) => {
      this.running = of;
      this.become(state);
    });
    await client.start();
    return client;
  }

  private options(): LanguageClientOptions {
    const extension = this.context.extension;
    return {
      documentSelector: [{ scheme: 'file' }],
      initializationOptions: () => initializationOptions(extension),
      outputChannel: this.log,
      revealOutputChannelOn: 4, // never: it would cover what the user is doing
      initializationFailedHandler: () => false,
      middleware: middleware(this.jobs, () => configuration(extension), () => this.connected),
    };
  }

  private tell(error: unknown): void {
    if (error instanceof NotInstalled) {
      this.become('missing');
      void offerInstall(error.message);
      return;
    }
    this.become('failed');
    const sentence = error instanceof Error ? error.message : String(error);
    this.log.appendLine(sentence);
    const told = sentence.startsWith('Kimi: ') ? sentence : `Kimi: the server did not start: ${sentence}`;
    void vscode.window.showErrorMessage(told, 'Show log', 'Open settings').then((choice) => {
      if (choice === 'Show log') {
        this.log.show(true);
      } else if (choice === 'Open settings') {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'kimi.server');
      }
    });
  }

  private become(state: State): void {
    if (state !== this.now) {
      this.now = state;
      void vscode.commands.executeCommand('setContext', 'kimi-lsp.running', state === 'running');
      this.changed.fire(state);
    }
  }
}

/** A server that has ended too often is not started again by itself, but when the user wants something of it. */
async function revived(client: LanguageClient): Promise<LanguageClient> {
  if (client.needsStart()) {
    await client.start();
  }
  return client;
}
