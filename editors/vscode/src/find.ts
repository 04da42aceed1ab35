/** Where kimi-lsp is: the setting, the selected Python environment, PATH, and the folder it was installed into. */

import { constants, promises as fs } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { selectedPython } from './python';

const WINDOWS = process.platform === 'win32';
export const SCRIPTS = WINDOWS ? 'Scripts' : 'bin';

export interface Found {
  readonly program: string;
  /** How it was found, as the log says it. */
  readonly by: string;
}

/** The setting names a program that is not there. */
export class NoSuchProgram extends Error {}

/**
 * The first kimi-lsp in that order; undefined where there is none.
 *
 * @throws NoSuchProgram where the setting names one that cannot be run: then no other is taken in its place.
 */
export async function find(ownFolder: string): Promise<Found | undefined> {
  const set = vscode.workspace.getConfiguration('kimi').get<string>('server.path', '').trim();
  if (set) {
    const found = await named(expanded(set), 'the setting kimi.server.path');
    if (found === undefined) {
      throw new NoSuchProgram(`Kimi: the setting kimi.server.path names no program that can be run: ${set}`);
    }
    return found;
  }
  const python = await selectedPython();
  return (
    (python && (await inFolder(path.dirname(python), 'the selected Python environment'))) ||
    (await onPath('kimi-lsp', 'PATH')) ||
    (await inFolder(path.join(ownFolder, SCRIPTS), 'its own folder'))
  );
}

/** A program by its name, as a shell would find it. */
export async function onPath(name: string, by: string): Promise<Found | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const found = path.isAbsolute(folder) ? await executable(path.join(folder, name)) : undefined;
    if (found !== undefined) {
      return { program: found, by };
    }
  }
  return undefined;
}

/** A program by its path, or by its name alone. */
async function named(program: string, by: string): Promise<Found | undefined> {
  if (path.isAbsolute(program)) {
    return inFolder(path.dirname(program), by, path.basename(program));
  }
  return path.basename(program) === program ? onPath(program, by) : undefined;
}

async function inFolder(folder: string, by: string, name = 'kimi-lsp'): Promise<Found | undefined> {
  const program = await executable(path.join(folder, name));
  return program === undefined ? undefined : { program, by };
}

async function executable(file: string): Promise<string | undefined> {
  for (const candidate of WINDOWS && !path.extname(file) ? [`${file}.exe`, `${file}.cmd`] : [file]) {
    try {
      await fs.access(candidate, constants.X_OK);
      if ((await fs.stat(candidate)).isFile()) {
        return candidate;
      }
    } catch {
      // not this one
    }
  }
  return undefined;
}

function expanded(set: string): string {
  const home = set.replace(/^~(?=$|[\\/])/, os.homedir());
  return home.replace(/\$\{env:(\w+)\}/g, (_, name: string) => process.env[name] ?? '');
}
