/** What the server is at work on: each job is a notification with a cancel button, from its begin to its end. */

import * as vscode from 'vscode';
import type { ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from 'vscode-languageclient';

export type WorkDone = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Job {
  readonly title: string;
  readonly say: (message: string) => void;
  readonly end: () => void;
}

export class Jobs implements vscode.Disposable {
  private readonly jobs = new Map<ProgressToken, Job>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  /** The titles of those that run, the oldest first. */
  get titles(): readonly string[] {
    return [...this.jobs.values()].map((job) => job.title);
  }

  /** Take one progress value of the server; `cancel` is called when the user presses the button. */
  take(token: ProgressToken, value: WorkDone, cancel: () => void): void {
    if (value.kind === 'begin') {
      this.begin(token, value, cancel);
    } else if (value.kind === 'report') {
      this.jobs.get(token)?.say(value.message ?? '');
    } else {
      this.end(token);
    }
  }

  /** End all: the server that ran them is gone. */
  clear(): void {
    [...this.jobs.keys()].forEach((token) => this.end(token));
  }

  dispose(): void {
    this.clear();
    this.changed.dispose();
  }

  private begin(token: ProgressToken, { title, message }: WorkDoneProgressBegin, cancel: () => void): void {
    this.end(token);
    let report: vscode.Progress<{ message: string }> | undefined;
    let latest = message ?? '';
    const say = (text: string): void => {
      latest = text;
      report?.report({ message: text });
    };
    const ended = new Promise<void>((end) => this.jobs.set(token, { title, say, end }));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancelled) => {
      report = progress;
      say(latest);
      cancelled.onCancellationRequested(cancel);
      return ended;
    });
    this.changed.fire();
  }

  private end(token: ProgressToken): void {
    const job = this.jobs.get(token);
    if (job !== undefined) {
      this.jobs.delete(token);
      job.end();
      this.changed.fire();
    }
  }
}
