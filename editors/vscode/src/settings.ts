/**
 * The user's settings as the server wants them: a tree, and of it only what the user has set, so that the
 * server's own defaults and its environment hold for the rest.
 *
 * What a workspace may not set, and what is read once, goes along at the start; the rest is asked for by the
 * server whenever it changes (`workspace/configuration`).
 */

import * as vscode from 'vscode';

const SECTION = 'kimi';
/** Settings of this extension, which the server does not know. */
const OURS = ['server.', 'trace.'];
/** Read once, although a workspace may set them: what the server offers is announced when it starts. */
const READ_ONCE = ['show.'];
/** Read by kimi-lsp from its environment too (kimi_lsp/settings.py). */
const VARIABLES = {
  'model.base_url': 'KIMI_LSP_BASE_URL',
  'model.name': 'KIMI_LSP_MODEL',
  'model.preset': 'KIMI_LSP_PRESET',
};

interface Property {
  readonly scope?: string;
}

type Tree = { [name: string]: unknown };

/** What goes along when the server starts. */
export function initializationOptions(extension: vscode.Extension<unknown>): Tree {
  const tree = treeOf(namesOf(extension, true));
  place(tree, ['show', 'status_notifications'], true);
  if (!vscode.workspace.isTrusted) {
    tree['checkers'] = { enabled: false }; // they run programs, some of them the workspace's own
  }
  return tree;
}

/** What the server asks for while it runs. */
export function configuration(extension: vscode.Extension<unknown>): Tree {
  return treeOf(namesOf(extension, false));
}

/** The same service for a command of kimi-lsp that no client sends settings to, as variables of its environment. */
export function environment(): Record<string, string> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const said = Object.entries(VARIABLES).filter(([name]) => isSet(settings.inspect(name)));
  return Object.fromEntries(said.map(([name, variable]) => [variable, settings.get<string>(name, '')]));
}

/** Whether a change is in what is told only at the start. */
export function needsRestart(
  extension: vscode.Extension<unknown>,
  event: vscode.ConfigurationChangeEvent,
): boolean {
  const ours = OURS.filter((prefix) => prefix !== 'trace.').map((prefix) => prefix.slice(0, -1));
  return [...ours, ...namesOf(extension, true)].some((name) => event.affectsConfiguration(`${SECTION}.${name}`));
}

/** The server's settings, as `model.base_url`, that are told at the start, or those that are not. */
function namesOf(extension: vscode.Extension<unknown>, atStart: boolean): string[] {
  return Object.entries(contributed(extension))
    .map(([name, property]) => ({ name: name.slice(SECTION.length + 1), property }))
    .filter(({ name }) => !OURS.some((prefix) => name.startsWith(prefix)))
    .filter(({ name, property }) => {
      return (property.scope === 'machine' || READ_ONCE.some((prefix) => name.startsWith(prefix))) === atStart;
    })
    .map(({ name }) => name);
}

function contributed(extension: vscode.Extension<unknown>): Record<string, Property> {
  const sections: { properties: Record<string, Property> }[] = extension.packageJSON.contributes.configuration;
  return Object.assign({}, ...sections.map((section) => section.properties));
}

function treeOf(names: readonly string[]): Tree {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const tree: Tree = {};
  for (const name of names) {
    if (isSet(settings.inspect(name))) {
      place(tree, name.split('.'), settings.get(name));
    }
  }
  return tree;
}

function isSet(found: ReturnType<vscode.WorkspaceConfiguration['inspect']>): boolean {
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
}

function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    return;
  }
  if (rest.length === 0) {
    tree[name] = value;
  } else {
    place((tree[name] ??= {}) as Tree, rest, value);
  }
}
