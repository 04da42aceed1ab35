;;; emacs_init.el --- what a user of kimi-lsp has, for tests  -*- lexical-binding: t; -*-

;; emacs -nw -q -l emacs_init.el FILE, with TEST_CLIENT (eglot or lsp-mode), TEST_PYTHON, TEST_FOLDER, TEST_EDITORS.

(require 'package)
(package-initialize)
(setq inhibit-startup-screen t suggest-key-bindings nil make-backup-files nil auto-save-default nil create-lockfiles nil
      ring-bell-function #'ignore native-comp-async-report-warnings-errors nil
      server-socket-dir (getenv "TEST_FOLDER") server-name "emacs")
(require 'server)
(server-start)
(menu-bar-mode -1)
(add-to-list 'load-path (expand-file-name "emacs" (getenv "TEST_EDITORS")))
(setq kimi-command (list (getenv "TEST_PYTHON") "-m" "kimi_lsp" "--stdio"))

;; Flymake with ruff, as ruff's own manual has it.
(setq python-flymake-command '("ruff" "check" "--quiet" "--output-format=concise" "--stdin-filename=stdin.py" "-")
      python-flymake-command-output-pattern (list "^[^:\n]*:\\([0-9]+\\):\\(?:\\([0-9]+\\):?\\)? \\(.*\\)$" 1 2 nil 3)
      python-indent-guess-indent-offset-verbose nil)

(pcase (getenv "TEST_CLIENT")
  ("eglot"
   (require 'eglot)
   (require 'kimi-eglot)
   (kimi-eglot-setup)
   (setq eglot-autoshutdown t)
   (add-to-list 'eglot-stay-out-of 'flymake)
   (add-hook 'python-mode-hook #'flymake-mode)
   (add-hook 'python-mode-hook #'eglot-ensure))
  ("lsp-mode"
   (setq lsp-session-file (expand-file-name "lsp-session" (getenv "TEST_FOLDER"))
         lsp-auto-guess-root t lsp-enable-snippet nil lsp-enable-file-watchers nil lsp-restart 'ignore
         lsp-diagnostics-provider :none lsp-warn-no-matched-clients nil lsp-headerline-breadcrumb-enable nil
         lsp-enabled-clients '(kimi))
   (require 'lsp-mode)
   (require 'kimi-lsp-mode)
   (add-hook 'python-mode-hook #'flymake-mode)
   (add-hook 'python-mode-hook #'lsp)))

(global-set-key (kbd "C-c k") 'kimi-command-map)
(load (expand-file-name "more.el" (getenv "TEST_FOLDER")) t t)

(defun test-state ()
  "What the tests look at, as JSON."
  (require 'json)
  (json-encode
   `((texts . ,(or (cl-loop for buffer in (buffer-list)
                            for file = (buffer-file-name buffer)
                            when file collect
                            (cons (file-name-nondirectory file)
                                  (with-current-buffer buffer (substring-no-properties (buffer-string)))))
                   (make-hash-table)))
     (served . ,(with-current-buffer (window-buffer (frame-first-window))
                  (if (run-hook-with-args-until-success 'kimi-client-functions) t :json-false)))
     (working . ,(if kimi--progress t :json-false))
     (problems . ,(with-current-buffer (window-buffer (frame-first-window))
                    (vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))))
     (selected . ,(buffer-name (window-buffer (selected-window))))
     (shown . ,(vconcat (mapcar (lambda (window) (buffer-name (window-buffer window))) (window-list))))
     (messages . ,(with-current-buffer "*Messages*" (buffer-string))))))
