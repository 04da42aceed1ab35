/** What the server says of itself: asked for when it has started and after each job, and told by it where it can. */

import * as vscode from 'vscode';
import type { Server } from './server';

const REQUEST = 'kimi/status';
const METHOD_NOT_FOUND = -32601;

/** The answer to `kimi/status`, in US dollars and seconds. */
export interface ServerStatus {
  readonly model: string;
  readonly version: string;
  readonly key: boolean;
  readonly jobs: readonly { readonly id: string; readonly title: string; readonly seconds: number }[];
  readonly spent_today_usd: number | null;
  readonly budget_per_day_usd: number;
  readonly index: { readonly state: string; readonly files: number };
  readonly log: string | null;
}

export class Status implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private latest: ServerStatus | undefined;
  private known = true;
  private readonly listening: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.listening = [
      server.onDidChangeState((state) => this.follow(state === 'running')),
      server.jobs.onDidChange(() => this.ask()),
    ];
  }

  /** The last answer; undefined before it, and where the server has none to give. */
  get said(): ServerStatus | undefined {
    return this.latest;
  }

  dispose(): void {
    this.listening.forEach((one) => one.dispose());
    this.changed.dispose();
  }

  private follow(running: boolean): void {
    this.latest = undefined;
    this.known = true;
    const client = this.server.connected;
    if (running && client !== undefined) {
      client.onNotification(REQUEST, (said: ServerStatus) => this.take(said));
      this.ask();
    }
    this.changed.fire();
  }

  private ask(): void {
    this.changed.fire();
    const client = this.server.connected;
    if (client === undefined || !this.known) {
      return;
    }
    client.sendRequest<ServerStatus>(REQUEST).then(
      (said) => this.take(said),
      (error) => (this.known = (error as { code?: number }).code !== METHOD_NOT_FOUND),
    );
  }

  private take(said: ServerStatus): void {
    this.latest = said;
    void vscode.commands.executeCommand('setContext', 'kimi-lsp.hasKey', said.key);
    this.changed.fire();
  }
}
