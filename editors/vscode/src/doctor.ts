/** `kimi-lsp doctor` in a terminal of our own: with the key in the environment of that one process. */

import { spawn, type ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import type { Key } from './key';
import type { Server } from './server';
import { environment } from './settings';

export function registerDoctor(server: Server, key: Key): vscode.Disposable[] {
  return [vscode.commands.registerCommand('kimi-lsp.doctor', () => examine(server, key))];
}

async function examine(server: Server, key: Key): Promise<void> {
  try {
    const { program } = await server.program();
    const variables = { ...process.env, ...environment(), ...(await key.environment()), FORCE_COLOR: '1' };
    vscode.window.createTerminal({ name: 'Kimi: doctor', pty: new Output(program, ['doctor'], variables) }).show();
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

/** A terminal that shows what a program prints. No shell is between, so its environment is kept nowhere. */
class Output implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.written.event;
  private child: ChildProcess | undefined;

  constructor(
    private readonly program: string,
    private readonly args: readonly string[],
    private readonly variables: NodeJS.ProcessEnv,
  ) {}

  open(size: vscode.TerminalDimensions | undefined): void {
    const columns = String(size?.columns ?? 80);
    this.write(`${this.program} ${this.args.join(' ')}\n\n`);
    this.child = spawn(this.program, this.args, { env: { ...this.variables, COLUMNS: columns } });
    this.child.stdout?.on('data', (data: Buffer) => this.write(data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => this.write(data.toString()));
    this.child.on('error', (error) => this.write(`${error.message}\n`));
    this.child.on('close', (status) => this.write(`\nEnded with status ${status ?? 'none'}.\n`));
  }

  close(): void {
    this.child?.kill();
  }

  private write(text: string): void {
    this.written.fire(text.replace(/\r?\n/g, '\r\n'));
  }
}
