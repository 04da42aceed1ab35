/** Where we step between the server and vscode-languageclient: settings, progress, and pages to read. */

import { CancellationTokenSource } from 'vscode';
import type { LanguageClient, Middleware, ShowDocumentResult } from 'vscode-languageclient/node';
import type { Jobs } from './jobs';
import { isPage, showPage } from './pages';

const never = new CancellationTokenSource().token;

export function middleware(
  jobs: Jobs,
  configuration: () => object,
  connected: () => LanguageClient | undefined,
): Middleware {
  return {
    workspace: {
      configuration: (params) => params.items.map(({ section }) => (section === 'kimi' ? configuration() : null)),
    },
    handleWorkDoneProgress: (token, value, next) => {
      const cancel = () => void connected()?.sendNotification('window/workDoneProgress/cancel', { token });
      jobs.take(token, value, cancel);
      if (value.kind === 'end') {
        next(token, value); // lets go of the token; the library would show progress without a button
      }
    },
    window: {
      showDocument: async (params, next) => {
        const shown = !params.external && isPage(params.uri) && (await showPage(params.uri));
        return shown ? { success: true } : ((await next(params, never)) as ShowDocumentResult);
      },
    },
  };
}
