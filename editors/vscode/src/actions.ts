/** The commands of the palette and of the context menu: each asks the server for one action at the cursor. */

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Server } from './server';

/** What the server can do with a place in the text. */
const ACTIONS = [
  'fix', 'fixAll', 'instruct', 'simplify', 'addTypes', 'implement', 'document', 'test',
  'explain', 'explainProblem', 'review', 'image',
] as const;
/** Of these, the ones that are about problems on the line, where none is right at the cursor. */
const ABOUT_PROBLEMS = ['fix', 'fixAll', 'explainProblem'];
/** What it can do with a file, or with all. */
const JOBS = ['cancel', 'showDiff', 'discard', 'clearReview', 'usage'] as const;
const TITLE_LENGTH = 60;

interface CustomAction {
  readonly title: string;
  readonly instruction: string;
  readonly languages?: readonly string[];
}

export function registerActions(server: Server): vscode.Disposable[] {
  const command = (name: string, run: () => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(`kimi-lsp.${name}`, run);
  return [
    ...ACTIONS.map((action) => command(action, () => act(server, action))),
    command('refactor', () => refactor(server)),
    command('custom', () => custom(server)),
    ...JOBS.map((job) => command(job, () => tell(server, job, job === 'cancel' || job === 'usage' ? {} : where()))),
    server.onDidChangeState((state) => state === 'running' && void hideMissing(server)),
  ];
}

/** Run one of the server's commands; what prevents it is told. */
export async function tell(server: Server, name: string, argument: object): Promise<void> {
  let client: LanguageClient;
  try {
    client = await server.client();
  } catch {
    return; // the user was told why when it failed
  }
  if (!offered(client).includes(`kimi.${name}`)) {
    void vscode.window.showWarningMessage(`Kimi: this version of kimi-lsp has no “${name}”; update it.`);
    return;
  }
  try {
    await client.sendRequest('workspace/executeCommand', { command: `kimi.${name}`, arguments: [argument] });
  } catch (error) {
    void vscode.window.showErrorMessage(`Kimi: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function act(server: Server, action: string, more: object = {}): Promise<void> {
  const editor = editorOfFile();
  const client = editor && (await server.client().catch(() => undefined));
  if (!editor || !client) {
    return;
  }
  const { document, selection } = editor;
  const convert = client.code2ProtocolConverter;
  const problems = problemsAt(document, selection, ABOUT_PROBLEMS.includes(action));
  if (action === 'explainProblem' && problems.length === 0) {
    void vscode.window.showInformationMessage('Kimi: there is no problem on this line.');
    return;
  }
  const diagnostics = await convert.asDiagnostics(problems);
  await tell(server, action, {
    uri: convert.asUri(document.uri),
    range: convert.asRange(selection),
    diagnostics,
    ...(diagnostics[0] && ABOUT_PROBLEMS.includes(action) ? { diagnostic: diagnostics[0] } : {}),
    ...more,
  });
}

async function refactor(server: Server): Promise<void> {
  const editor = editorOfFile();
  const word = editor && editor.document.getText(editor.document.getWordRangeAtPosition(editor.selection.active));
  const instruction = editor && await vscode.window.showInputBox({
    title: 'Kimi: Refactor',
    prompt: 'What should be done? It may touch other files. Nothing typed means: make it better, as it is.',
    placeHolder: word && !word.includes('\n') ? `split ${word} in two` : 'split this function in two',
    ignoreFocusOut: true,
  });
  if (instruction !== undefined) {
    const said = instruction.trim();
    await act(server, 'refactor', said ? { instruction: said, title: `Kimi: Do “${shortened(said)}”` } : {});
  }
}

async function custom(server: Server): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId ?? '';
  const actions = vscode.workspace.getConfiguration('kimi').get<Record<string, CustomAction>>('actions.custom', {});
  const items = Object.entries(actions)
    .filter(([, { languages }]) => !languages?.length || languages.includes(language))
    .map(([action, { title, instruction }]) => ({ action, label: title, detail: instruction }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage('Kimi: the setting kimi.actions.custom has no action for this file.');
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, { title: 'Kimi: your own actions' });
  if (chosen !== undefined) {
    await act(server, 'custom', { action: chosen.action });
  }
}

/** The problems, of whatever extension, that the selection touches; else those of its line where `line` says so. */
function problemsAt(document: vscode.TextDocument, selection: vscode.Range, line: boolean): vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(document.uri);
  const at = all.filter(({ range }) => range.intersection(selection) !== undefined);
  const ofLine = document.lineAt(selection.start.line).range;
  return at.length > 0 || !line ? at : all.filter(({ range }) => range.intersection(ofLine) !== undefined);
}

function editorOfFile(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme === 'file') {
    return editor;
  }
  void vscode.window.showInformationMessage('Kimi: open a file first.');
  return undefined;
}

function where(): object {
  return { uri: vscode.window.activeTextEditor?.document.uri.toString() ?? '' };
}

function offered(client: LanguageClient): readonly string[] {
  return client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
}

function shortened(text: string): string {
  return text.length <= TITLE_LENGTH ? text : `${text.slice(0, TITLE_LENGTH - 1)}…`;
}

/** Commands that this version of the server does not have are not offered. */
async function hideMissing(server: Server): Promise<void> {
  const names = server.connected ? offered(server.connected) : [];
  for (const name of [...ACTIONS, 'refactor', 'custom', ...JOBS]) {
    await vscode.commands.executeCommand('setContext', `kimi-lsp.lacks.${name}`, !names.includes(`kimi.${name}`));
  }
}
