/** Where VS Code comes in. `activate` registers and returns; the server starts behind it. */

import * as vscode from 'vscode';
import { registerActions } from './actions';
import { registerDoctor } from './doctor';
import { registerInstall } from './install';
import { Key } from './key';
import { registerMenu } from './menu';
import { registerPages } from './pages';
import { Server } from './server';
import { Status } from './status';
import { StatusBar } from './statusBar';
import { registerWalkthrough } from './walkthrough';

/** What other extensions, and the tests, get of this one. */
export interface Api {
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
  /** Resolves when the server answers; rejects with the sentence that the user was told. */
  ready(): Promise<void>;
}

export function activate(context: vscode.ExtensionContext): Api {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Kimi');
  const key = new Key(context.secrets);
  const server = new Server(context, log, key);
  const status = new Status(server);
  context.subscriptions.push(
    log,
    server,
    status,
    new StatusBar(status, server),
    key.onDidChange(() => server.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => server.configurationChanged(event)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
    ...key.commands(),
    ...registerActions(server),
    ...registerDoctor(server, key),
    ...registerInstall(context, server, log),
    ...registerMenu(status, server),
    ...registerPages(server),
    ...registerWalkthrough(),
    vscode.commands.registerCommand('kimi-lsp.restart', () => server.restart()),
    vscode.commands.registerCommand('kimi-lsp.showLog', () => log.show(true)),
  );
  setImmediate(() => server.start());
  return { activationMs: performance.now() - began, ready: async () => void (await server.client()) };
}
