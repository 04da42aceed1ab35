/** One item in the status bar: the model, what runs, what was spent today. A click opens the menu. */

import * as vscode from 'vscode';
import type { Server } from './server';
import type { Status } from './status';

const TITLE_LENGTH = 32;

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('kimi-lsp.status', vscode.StatusBarAlignment.Right, 100);
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly status: Status,
    private readonly server: Server,
  ) {
    this.item.name = 'Kimi';
    this.item.command = 'kimi-lsp.menu';
    this.listening = [
      status.onDidChange(() => this.draw()),
      server.onDidChangeState(() => this.draw()),
      server.jobs.onDidChange(() => this.draw()),
    ];
    this.draw();
    this.item.show();
  }

  dispose(): void {
    this.listening.forEach((one) => one.dispose());
    this.item.dispose();
  }

  private draw(): void {
    const { text, warning } = this.shown();
    this.item.text = text;
    this.item.tooltip = this.tooltip();
    this.item.backgroundColor = warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }

  private shown(): { text: string; warning?: boolean } {
    const [job, ...others] = this.server.jobs.titles;
    const said = this.status.said;
    switch (this.server.state) {
      case 'starting':
        return { text: '$(loading~spin) Kimi' };
      case 'missing':
        return { text: '$(cloud-download) Kimi: install', warning: true };
      case 'failed':
        return { text: '$(warning) Kimi: not running', warning: true };
      case 'stopped':
        return { text: '$(circle-slash) Kimi' };
    }
    if (job !== undefined) {
      return { text: `$(loading~spin) ${short(job)}${others.length ? ` +${others.length}` : ''}${spent(said)}` };
    }
    if (said !== undefined && !said.key) {
      return { text: '$(key) Kimi: no API key', warning: true };
    }
    return { text: `$(sparkle) ${said ? modelOf(said.model) : 'Kimi'}${spent(said)}` };
  }

  private tooltip(): string {
    const said = this.status.said;
    if (said === undefined) {
      return 'Kimi: click for the menu';
    }
    const budget = said.budget_per_day_usd > 0 ? ` of ${dollars(said.budget_per_day_usd)}` : '';
    return [
      `kimi-lsp ${said.version}, ${said.model}`,
      ...this.server.jobs.titles,
      ...(said.spent_today_usd === null ? [] : [`Spent today: ${dollars(said.spent_today_usd)}${budget}`]),
      'Click for the menu',
    ].join('\n');
  }
}

/** `$0.0123`: enough digits to see what one job costs. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount >= 1 ? 2 : 4)}`;
}

function spent(said: Status['said']): string {
  return said?.spent_today_usd == null ? '' : ` ${dollars(said.spent_today_usd)}`;
}

function modelOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function short(title: string): string {
  return title.length <= TITLE_LENGTH ? title : `${title.slice(0, TITLE_LENGTH - 1)}…`;
}
