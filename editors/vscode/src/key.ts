/** The API key: kept by VS Code's SecretStorage, handed to the server in its environment, and written nowhere else. */

import * as vscode from 'vscode';

const SECRET = 'kimi.apiKey';
const VARIABLE = 'AIGATEWAY_API_KEY';

export class Key {
  /** The key was set or forgotten, in this window or in another one. */
  readonly onDidChange: vscode.Event<void>;

  constructor(private readonly secrets: vscode.SecretStorage) {
    this.onDidChange = (listener, self, disposables) =>
      secrets.onDidChange((event) => event.key === SECRET && listener.call(self), undefined, disposables);
  }

  /** What to add to the environment of kimi-lsp; without a key of ours, one that VS Code was started with holds. */
  async environment(): Promise<Record<string, string>> {
    const key = await this.secrets.get(SECRET);
    return key ? { [VARIABLE]: key } : {};
  }

  commands(): vscode.Disposable[] {
    return [
      vscode.commands.registerCommand('kimi-lsp.setKey', () => this.ask()),
      vscode.commands.registerCommand('kimi-lsp.forgetKey', () => this.forget()),
    ];
  }

  private async ask(): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: 'Kimi: API key',
      prompt: 'It is kept in the secret storage of VS Code and never written to a file.',
      placeHolder: 'sk-aig-...',
      password: true,
      ignoreFocusOut: true,
      validateInput: whyNoKey,
    });
    if (key?.trim()) {
      await this.secrets.store(SECRET, key.trim());
      void vscode.window.showInformationMessage('Kimi: the API key is set.');
    }
  }

  private async forget(): Promise<void> {
    await this.secrets.delete(SECRET);
    void vscode.window.showInformationMessage('Kimi: the API key is forgotten.');
  }
}

function whyNoKey(text: string): string | undefined {
  return /^[!-~]*$/.test(text.trim()) ? undefined : 'That has characters that no key has.';
}
