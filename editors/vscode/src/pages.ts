/** Pages that the server has written to be read: explanations, what was spent. They open in the Markdown preview. */

import * as vscode from 'vscode';
import type { Server } from './server';

const SCHEME = 'kimi';
const REQUEST = 'workspace/textDocumentContent';

/** Whether it is Markdown of the server's own, and none of the user's project. */
export function isPage(uri: string): boolean {
  const { scheme, path } = vscode.Uri.parse(uri);
  const ours = scheme === SCHEME || (scheme === 'file' && !vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri)));
  return ours && path.toLowerCase().endsWith('.md');
}

/** Open it beside the code; false where VS Code cannot (its Markdown extension may be off). */
export async function showPage(uri: string): Promise<boolean> {
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', vscode.Uri.parse(uri));
    return true;
  } catch {
    return false;
  }
}

/** Documents of the scheme `kimi`, whose text the server gives (LSP 3.18, workspace/textDocumentContent). */
export function registerPages(server: Server): vscode.Disposable[] {
  const provideTextDocumentContent = async (uri: vscode.Uri): Promise<string> => {
    const { text } = await (await server.client()).sendRequest<{ text: string }>(REQUEST, { uri: uri.toString() });
    return text;
  };
  return [vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent })];
}
