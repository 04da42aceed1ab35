/** The environment that is selected in the Python extension, where that extension is there. */

import * as path from 'node:path';
import * as vscode from 'vscode';

const PATIENCE_MS = 5_000;

/** What we use of its API (extension ms-python.python, `PythonExtension.environments`). */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(
      environment: { readonly path: string },
    ): Promise<{ readonly executable: { readonly uri: vscode.Uri | undefined } } | undefined>;
  };
}

/** The Python interpreter that the user has selected; undefined where there is none, or it takes too long. */
export async function selectedPython(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (extension === undefined || !vscode.workspace.isTrusted) {
    return undefined; // an environment of an untrusted workspace is a program of that workspace
  }
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  return Promise.race([ask(extension), late]).catch(() => undefined);
}

async function ask(extension: vscode.Extension<PythonApi>): Promise<string | undefined> {
  const { environments } = await extension.activate();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const active = environments.getActiveEnvironmentPath(folder);
  const found = (await environments.resolveEnvironment(active))?.executable.uri?.fsPath ?? active.path;
  return path.isAbsolute(found) ? found : undefined;
}
