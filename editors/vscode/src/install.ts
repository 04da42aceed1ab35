/** Installs kimi-lsp into a folder of this extension's own, with uv where it is there, else with Python's venv and pip. */

import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { onPath, SCRIPTS } from './find';
import { selectedPython } from './python';
import type { Server } from './server';

const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const OLD_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 10))';
/** How much of what a failed step printed is looked at for the reason. */
const LAST_LINES = 40;

/** A step failed; the message is the sentence for the user. */
class InstallFailed extends Error {}

/** Runs a program; resolves when it ended well, rejects with `InstallFailed`. */
type Run = (program: string, ...args: string[]) => Promise<void>;

export function registerInstall(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.OutputChannel,
): vscode.Disposable[] {
  return [vscode.commands.registerCommand('kimi-lsp.install', () => installWithProgress(context, server, log))];
}

/** The virtual environment that `install` makes. */
export function ownFolder(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'server');
}

/** Say that there is none, and offer what can be done. */
export async function offerInstall(why: string): Promise<void> {
  const choice = await vscode.window.showWarningMessage(why, 'Install', 'Set its path', 'First steps');
  const commands: Record<string, [string, ...unknown[]]> = {
    Install: ['kimi-lsp.install'],
    'Set its path': ['workbench.action.openSettings', 'kimi.server.path'],
    'First steps': ['kimi-lsp.walkthrough'],
  };
  const command = choice && commands[choice];
  if (command) {
    await vscode.commands.executeCommand(...command);
  }
}

async function installWithProgress(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.OutputChannel,
): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Installing kimi-lsp', cancellable: true };
  try {
    await server.stop(); // a program that runs cannot be replaced on Windows
    await vscode.window.withProgress(options, (progress, cancelled) =>
      install(ownFolder(context), (program, ...args) => {
        progress.report({ message: args.includes('venv') ? 'making an environment' : 'getting the packages' });
        return run(program, args, log, cancelled);
      }),
    );
    void vscode.window.showInformationMessage('Kimi: kimi-lsp is installed.');
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    log.appendLine(sentence);
    void vscode.window.showErrorMessage(`Kimi: kimi-lsp was not installed: ${sentence}`, 'Show log').then((choice) => {
      return choice && log.show(true);
    });
    return;
  }
  await server.restart();
}

async function install(folder: string, run: Run): Promise<void> {
  const settings = vscode.workspace.getConfiguration('kimi');
  const wanted = settings.get<string>('server.package', '').trim() || 'kimi-lsp';
  const python = path.join(folder, SCRIPTS, process.platform === 'win32' ? 'python.exe' : 'python');
  await fs.mkdir(path.dirname(folder), { recursive: true });
  const uv = await onPath('uv', 'PATH');
  if (uv !== undefined) {
    await run(uv.program, 'venv', '--allow-existing', '--python', '>=3.10', folder);
    await run(uv.program, 'pip', 'install', '--upgrade', '--python', python, wanted);
  } else {
    await run(await systemPython(run), '-m', 'venv', folder);
    await run(python, '-m', 'pip', 'install', '--upgrade', '--disable-pip-version-check', wanted);
  }
}

/** A Python that is new enough: the selected one, else the first on PATH. */
async function systemPython(run: Run): Promise<string> {
  const selected = await selectedPython();
  const found = await Promise.all(PYTHONS.map((name) => onPath(name, 'PATH')));
  for (const python of [selected, ...found.map((one) => one?.program)]) {
    if (python !== undefined && (await run(python, '-c', OLD_ENOUGH).then(() => true, () => false))) {
      return python;
    }
  }
  throw new InstallFailed('neither uv nor Python 3.10 or later was found; install one of them, then try again.');
}

function run(
  program: string,
  args: readonly string[],
  log: vscode.OutputChannel,
  cancelled: vscode.CancellationToken,
): Promise<void> {
  log.appendLine(`$ ${program} ${args.join(' ')}`);
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(program, args);
    const stop = cancelled.onCancellationRequested(() => child.kill());
    const take = (data: Buffer): void => {
      output += data.toString();
      log.append(data.toString());
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => reject(new InstallFailed(error.message)));
    child.on('close', (status) => {
      stop.dispose();
      if (cancelled.isCancellationRequested) {
        reject(new InstallFailed('cancelled.'));
      } else if (status === 0) {
        resolve();
      } else {
        reject(new InstallFailed(reasonIn(output) ?? `${path.basename(program)} ended with status ${status}.`));
      }
    });
  });
}

/** The line in what pip, uv or venv printed that says what went wrong. */
function reasonIn(output: string): string | undefined {
  const lines = output.trim().split(/\r?\n/).slice(-LAST_LINES).map((line) => line.trim());
  const without = lines.find((line) => line.includes('ensurepip is not'));
  return without
    ? 'this Python has no venv; install it (on Debian: apt install python3-venv), or install uv.'
    : (lines.filter((line) => /^(error|ERROR|fatal|×|╰)/.test(line)).pop() ?? lines.filter(Boolean).pop());
}
