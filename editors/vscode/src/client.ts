/** The connection to one server process. A bundle of its own: it is loaded when the server starts, off VS Code's start. */

import { LanguageClient, State, type LanguageClientOptions } from 'vscode-languageclient/node';
import { TextDocumentContent } from './textDocumentContent';

export interface Process {
  readonly program: string;
  readonly args: string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** A client that is not yet started; `follow` hears whether it is connected. */
export function clientOf(
  { program, args, environment }: Process,
  options: LanguageClientOptions,
  follow: (client: LanguageClient, state: 'stopped' | 'starting' | 'running') => void,
): LanguageClient {
  const executable = { command: program, args, options: { env: environment } };
  const client = new LanguageClient('kimi', 'Kimi', executable, options);
  client.registerFeature(new TextDocumentContent());
  client.onDidChangeState(({ newState }) => {
    follow(client, newState === State.Running ? 'running' : newState === State.Starting ? 'starting' : 'stopped');
  });
  return client;
}
