;;; emacs_lint.el --- byte-compile, checkdoc and package-lint  -*- lexical-binding: t; -*-

;; emacs -q --batch -l emacs_lint.el FOLDER FILE...: prints each warning on a line; copies are compiled, in FOLDER.

(require 'package)
(package-initialize)
(require 'checkdoc)
(require 'lsp-mode nil t)
(let* ((folder (pop command-line-args-left))
       (linting (require 'package-lint nil t))
       (checkdoc-diagnostic-buffer "*checkdoc*")
       (sources command-line-args-left))
  (setq command-line-args-left nil)
  (add-to-list 'load-path folder)
  (dolist (source sources)
    (copy-file source (file-name-as-directory folder) t))
  (dolist (source sources)
    (let* ((name (file-name-nondirectory source))
           (file (expand-file-name name folder)))
      (byte-compile-file file)
      (with-current-buffer (find-file-noselect file)
        (checkdoc-current-buffer t)
        (when linting
          (setq package-lint-main-file (expand-file-name "kimi.el" folder))
          (dolist (found (package-lint-buffer))
            (princ (format "package-lint: %s:%s: %s\n" name (car found) (car (last found))))))))
    (when (get-buffer "*checkdoc*")
      (with-current-buffer "*checkdoc*"
        (princ (replace-regexp-in-string "^[*\n\f].*\n?" "" (buffer-string)))
        (terpri)
        (kill-buffer))))
  (when (get-buffer byte-compile-log-buffer)
    (with-current-buffer byte-compile-log-buffer
      (princ (buffer-string))))
  (princ (if linting "with package-lint\n" "without package-lint\n")))
