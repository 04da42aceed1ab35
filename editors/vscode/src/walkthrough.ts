/** The first steps. VS Code ticks one when its context becomes true, but not one that is true already when it reads
 * the walkthrough, which may be when the page is opened: so what is done is told again after that. */

import * as vscode from 'vscode';

const TOLD = 'kimi-lsp.walkthroughIsShown';
const TOLD_AFTER_MS = [500, 1500, 4000];
const TOLD_FOR_MS = 200;

export function registerWalkthrough(): vscode.Disposable[] {
  const timers = new Set<NodeJS.Timeout>();
  const say = (shown: boolean, afterMs: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void vscode.commands.executeCommand('setContext', TOLD, shown);
    }, afterMs);
    timers.add(timer);
  };
  return [
    vscode.commands.registerCommand('kimi-lsp.walkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'kimi-lsp.kimi-lsp#start', false),
    ),
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (opened.some((tab) => tab.input === undefined)) {
        // Only a page of VS Code's own has no input.
        for (const ms of TOLD_AFTER_MS) {
          say(true, ms);
          say(false, ms + TOLD_FOR_MS);
        }
      }
    }),
    new vscode.Disposable(() => timers.forEach(clearTimeout)),
  ];
}
