// Runs inside VS Code's extension host, started by VS Code itself (extensionTestsPath). What each scenario saw is
// written to $KIMI_SEEN as JSON; the Python test that started it all judges it.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const EXTENSION = 'kimi-lsp.kimi-lsp';
const folder = vscode.workspace.workspaceFolders[0].uri;
const problems = vscode.languages.createDiagnosticCollection('linter-of-somebody-else');

async function until(what, patience = 20_000) {
  for (const began = Date.now(); Date.now() - began < patience; ) {
    const value = await what();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for: ${what}`);
}

async function open(name) {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, name));
  const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
  return { document, editor, before: document.getText() };
}

function at(document, text) {
  const start = document.positionAt(document.getText().indexOf(text));
  return new vscode.Range(start, start.translate(0, text.length));
}

async function menu(document, range) {
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, range, undefined, 10);
}

/** A problem as another extension would tell it. */
function tell(document, range, message) {
  const problem = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  problem.source = 'Ruff';
  problem.code = 'F401';
  problems.set(document.uri, [problem]);
}

/** Take the entry whose title begins so, once it is offered; returns the whole title. */
async function choose(document, range, begin, more = {}) {
  const found = await until(async () => (await menu(document, range)).find((one) => one.title.startsWith(begin)));
  const { command, arguments: [argument] } = found.command;
  await vscode.commands.executeCommand(command, { ...argument, ...more });
  return found.title;
}

const scenarios = {
  async activation() {
    const extension = vscode.extensions.getExtension(EXTENSION);
    const before = extension.isActive;
    const began = performance.now();
    const api = await extension.activate();
    const took = performance.now() - began; // with what VS Code itself does for each extension
    await api.ready();
    const ready = performance.now() - began;
    const code = require.resolve(path.join(extension.extensionPath, extension.packageJSON.main));
    delete require.cache[code];
    const loading = performance.now();
    require(code);
    const load_ms = performance.now() - loading;
    return { before, load_ms, activate_ms: api.activationMs, took_ms: took, ready_ms: ready };
  },

  async fix() {
    const { document, editor, before } = await open('fix.py');
    const range = at(document, 'import os');
    tell(document, range, '`os` imported but unused');
    const title = await choose(document, range, 'Kimi: Fix');
    const after = await until(() => document.getText() !== before && document.getText());
    problems.clear();
    await vscode.commands.executeCommand('undo');
    await until(() => document.getText() === before);
    return { title, after, undone: true };
  },

  async by_command() {
    const { document, editor, before } = await open('fix.py');
    const range = at(document, 'import os');
    tell(document, range, '`os` imported but unused');
    editor.selection = new vscode.Selection(range.start, range.start);
    await vscode.commands.executeCommand('kimi-lsp.fix');
    const after = await until(() => document.getText() !== before && document.getText());
    problems.clear();
    return { after };
  },

  async refactor() {
    const { document, before } = await open('shop.py');
    await vscode.workspace.getConfiguration('kimi').update('edits.confirm', 'never', vscode.ConfigurationTarget.Workspace);
    const other = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'till.py'));
    const before_other = other.getText();
    await choose(document, at(document, 'total'), 'Kimi: Refactor', { instruction: 'rename total to sum_of' });
    await until(() => document.getText() !== before && other.getText() !== before_other);
    const after = [document.getText(), other.getText()];
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await until(() => document.getText() === before);
    await vscode.window.showTextDocument(other);
    if (other.getText() !== before_other) await vscode.commands.executeCommand('undo'); // VS Code may undo both at once
    await until(() => other.getText() === before_other);
    return { after, undone: true };
  },

  async typing() {
    const { document, editor, before } = await open('slow.py');
    await choose(document, at(document, 'greet'), 'Kimi: Refactor');
    const typed = [];
    for (const letter of '# typed while it ran\n') {
      await editor.edit((edit) => edit.insert(document.lineAt(document.lineCount - 1).range.end, letter), {
        undoStopBefore: false,
        undoStopAfter: false,
      });
      typed.push(letter);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const while_it_ran = document.getText() === before + typed.join('');
    const after = await until(() => document.getText().includes('hail') && document.getText());
    return { while_it_ran, before, after };
  },

  async cancel() {
    const { document, before } = await open('endless.py');
    await choose(document, at(document, 'greet'), 'Kimi: Refactor');
    const offered = await until(async () => {
      return (await menu(document, at(document, 'greet'))).map((one) => one.title).find((one) => one.includes('Cancel'));
    });
    await vscode.commands.executeCommand('kimi-lsp.cancel');
    await until(async () => !(await menu(document, at(document, 'greet'))).some((one) => one.title.includes('Cancel')));
    return { offered, untouched: document.getText() === before };
  },

  async explain() {
    const { document, editor } = await open('explain.py');
    const position = at(document, 'greet').start;
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('kimi-lsp.explain');
    const tab = await until(() => vscode.window.tabGroups.all.flatMap((group) => group.tabs).find((one) => {
      return one.input instanceof vscode.TabInputWebview;
    }));
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, position);
    const hover = hovers.flatMap((one) => one.contents).map((one) => one.value ?? one).join('\n');
    const address = vscode.Uri.parse(`kimi:/explanations/${tab.label.split(' ').pop()}`);
    const page = (await vscode.workspace.openTextDocument(address)).getText();
    return { tab: tab.label, kind: tab.input.viewType, beside: tab.group.viewColumn, hover, page };
  },

  async api() {
    return { window: Object.keys(vscode.window) };
  },

  async crash() {
    const of_ours = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]).toString().split('\n');
    const [server] = of_ours.filter((one) => one.includes('kimi_lsp')).map((one) => parseInt(one, 10));
    process.kill(server, 'SIGKILL');
    const { document } = await open('shop.py');
    const titles = await until(async () => {
      const found = (await menu(document, at(document, 'total'))).map((one) => one.title);
      return found.some((one) => one.startsWith('Kimi: ')) && found;
    });
    return { titles };
  },

  async restart() {
    const commands = async () => (await vscode.commands.getCommands(true)).filter((one) => one === 'kimi.fix').length;
    const before = await commands();
    await vscode.commands.executeCommand('kimi-lsp.restart');
    await vscode.extensions.getExtension(EXTENSION).exports.ready();
    const { document } = await open('fix.py');
    const titles = await until(async () => {
      const found = (await menu(document, new vscode.Range(4, 0, 4, 0))).map((one) => one.title);
      return found.some((one) => one.startsWith('Kimi: ')) && found;
    });
    return { before, after: await commands(), titles };
  },
};

exports.run = async () => {
  const seen = { version: vscode.version };
  const wanted = process.env.KIMI_SCENARIOS?.split(',') ?? Object.keys(scenarios);
  for (const [name, scenario] of wanted.map((one) => [one, scenarios[one]])) {
    const began = Date.now();
    try {
      seen[name] = { ...(await scenario()), seconds: (Date.now() - began) / 1000 };
    } catch (error) {
      seen[name] = { error: error.stack };
    }
  }
  fs.writeFileSync(`${process.env.KIMI_SEEN}.part`, JSON.stringify(seen));
  fs.renameSync(`${process.env.KIMI_SEEN}.part`, process.env.KIMI_SEEN);
};
