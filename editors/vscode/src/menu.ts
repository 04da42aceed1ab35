/** What a click on the status-bar item opens. */

import * as vscode from 'vscode';
import type { Server } from './server';
import type { Status } from './status';
import { dollars } from './statusBar';

interface Entry extends vscode.QuickPickItem {
  readonly command: string;
}

export function registerMenu(status: Status, server: Server): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('kimi-lsp.menu', async () => {
      const chosen = await vscode.window.showQuickPick(entries(status, server), { title: titleOf(status) });
      if (chosen !== undefined) {
        await vscode.commands.executeCommand(chosen.command);
      }
    }),
  ];
}

function entries({ said }: Status, server: Server): Entry[] {
  const running = server.jobs.titles;
  const cancel = { label: '$(debug-stop) Cancel', description: running.join(', '), command: 'kimi-lsp.cancel' };
  const install = { label: '$(cloud-download) Install kimi-lsp', command: 'kimi-lsp.install' };
  const today = said?.spent_today_usd == null ? {} : { description: `today ${dollars(said.spent_today_usd)}` };
  return [
    ...(running.length > 0 ? [cancel] : []),
    ...(server.state === 'missing' ? [install] : []),
    { label: '$(credit-card) Usage', ...today, command: 'kimi-lsp.usage' },
    { label: '$(output) Show log', command: 'kimi-lsp.showLog' },
    { label: '$(pulse) Doctor', description: 'look for what is wrong', command: 'kimi-lsp.doctor' },
    { label: '$(key) Set API key', ...(said?.key === false ? { description: 'none is set' } : {}), command: 'kimi-lsp.setKey' },
    { label: '$(debug-restart) Restart server', command: 'kimi-lsp.restart' },
    { label: '$(book) First steps', command: 'kimi-lsp.walkthrough' },
  ];
}

function titleOf({ said }: Status): string {
  return said === undefined ? 'Kimi' : `Kimi: ${said.model}, kimi-lsp ${said.version}`;
}
