/** Tells the server that documents of its own scheme can be shown; vscode-languageclient 9 does not know of them. */

import type { ClientCapabilities, FeatureState, StaticFeature } from 'vscode-languageclient';

/** LSP 3.18, workspace/textDocumentContent. */
export class TextDocumentContent implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const workspace: object = (capabilities.workspace ??= {});
    Object.assign(workspace, { textDocumentContent: { dynamicRegistration: false } });
  }

  initialize(): void {}

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {}
}
