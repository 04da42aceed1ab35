;;; kimi.el --- Explain, refactor and fix code with Kimi  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 The kimi-lsp authors
;; SPDX-License-Identifier: MIT

;; Author: The kimi-lsp authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, languages, convenience
;; URL: https://aigateway.sh

;;; Commentary:

;; Commands for the language server kimi-lsp: `kimi-fix', `kimi-refactor',
;; `kimi-explain' and so on.  What is to be done can be said in the
;; minibuffer.  Load the file for the client that you use beside this one:
;; `kimi-eglot' or `kimi-lsp-mode'.
;;
;; A command sends the region or point, with every diagnostic that Flymake
;; or Flycheck shows there.  The answer comes later, as one edit that one
;; undo takes back; you can go on typing.  `kimi-cancel' stops it.

;;; Code:

(require 'auth-source)
(require 'cl-lib)
(require 'flymake)
(require 'seq)
(require 'subr-x)

(declare-function flycheck-overlay-errors-in "flycheck" (beg end))
(declare-function flycheck-error-region-for-mode "flycheck" (err mode))
(declare-function flycheck-error-message "flycheck" (err))
(declare-function flycheck-error-level "flycheck" (err))
(declare-function flycheck-error-id "flycheck" (err))
(declare-function flycheck-error-checker "flycheck" (err))
(declare-function gfm-view-mode "markdown-mode" ())

(defgroup kimi nil
  "Explain, refactor and fix code with Kimi."
  :group 'tools
  :prefix "kimi-")

(defcustom kimi-command '("kimi-lsp" "--stdio")
  "The program of the language server and its arguments."
  :type '(repeat string))

(defcustom kimi-settings nil
  "The server's settings, as a property list of sections.
For example (:limits (:cost_usd 0.25) :edits (:confirm \"never\")).
They are sent when the server starts.  The key does not belong here:
see `kimi-key-host'."
  :type '(plist :key-type symbol :value-type sexp))

(defcustom kimi-key-host "api.aigateway.sh"
  "The host under which auth-source keeps the API key.
It is looked up when the server starts, unless AIGATEWAY_API_KEY is in
the environment already.  A line of ~/.authinfo.gpg is
  machine api.aigateway.sh login kimi password sk-aig-...
The key is handed to the server in its environment and to nobody else.
Nil looks nothing up."
  :type '(choice (string :tag "Host") (const :tag "Never look it up" nil)))

(defcustom kimi-confirm-edits nil
  "Whether an edit that has arrived waits for a yes or no.
Each edit is one undo step, and nothing is saved."
  :type 'boolean)

(defcustom kimi-modes
  '(c-mode c-ts-mode c++-mode c++-ts-mode csharp-mode csharp-ts-mode
    css-mode css-ts-mode go-mode go-ts-mode html-mode java-mode
    java-ts-mode js-mode js-ts-mode js2-mode json-mode kotlin-mode
    lua-mode php-mode python-mode python-ts-mode ruby-mode ruby-ts-mode
    rust-mode rust-ts-mode scala-mode sh-mode bash-ts-mode swift-mode
    tsx-ts-mode typescript-mode typescript-ts-mode)
  "Major modes in which the server is offered."
  :type '(repeat symbol))

;;; What a client of the language server does for the commands

(defvar kimi-client-functions nil
  "Functions that give the connection to kimi-lsp of the current buffer, or nil.")

(cl-defgeneric kimi-client-request (client method params callback)
  "Send METHOD with PARAMS to CLIENT and call CALLBACK with the result.")

(cl-defgeneric kimi-client-place (client beg end)
  "The property list :uri, :range of BEG to END of this buffer, as CLIENT has it.")

(cl-defgeneric kimi-client-diagnostics (client beg end)
  "Diagnostics from BEG to END that CLIENT knows, and Flymake may not."
  (ignore client beg end)
  nil)

(defvar kimi--last-client nil
  "The connection that was last asked for, for buffers that have none.")

(defun kimi--client ()
  "The connection of the current buffer, or else the one that was last used."
  (let ((client (run-hook-with-args-until-success 'kimi-client-functions)))
    (cond (client (setq kimi--last-client client))
          (kimi--last-client)
          (t (user-error "Kimi does not serve this buffer: start it with M-x eglot or M-x lsp")))))

(defun kimi--client-here ()
  "The connection of the current buffer."
  (or (run-hook-with-args-until-success 'kimi-client-functions)
      (user-error "Kimi does not serve this buffer: start it with M-x eglot or M-x lsp"))
  (kimi--client))

(defun kimi--execute (client command argument)
  "Let CLIENT execute the server's COMMAND with ARGUMENT, a property list."
  (kimi-client-request
   client "workspace/executeCommand"
   (list :command (concat command (plist-get (plist-get kimi-settings :commands) :suffix))
         :arguments (vector (or argument (make-hash-table :size 1))))
   #'ignore))

(defun kimi-environment ()
  "The environment of the server: this one, and the key by auth-source."
  (let ((secret (and kimi-key-host
                     (not (getenv "AIGATEWAY_API_KEY"))
                     (plist-get (car (auth-source-search :host kimi-key-host :max 1)) :secret))))
    (if secret
        (cons (concat "AIGATEWAY_API_KEY=" (if (functionp secret) (funcall secret) secret))
              process-environment)
      process-environment)))

;;; Diagnostics

(defun kimi--bounds ()
  "The region, or point twice."
  (if (use-region-p)
      (cons (region-beginning) (region-end))
    (cons (point) (point))))

(defun kimi--severity (type)
  "The severity by LSP of the Flymake or Flycheck TYPE."
  (let ((name (symbol-name type)))
    (cond ((string-match-p "error" name) 1)
          ((string-match-p "warning" name) 2)
          (t 3))))

(defun kimi--of-flymake (client diagnostic)
  "The Flymake DIAGNOSTIC as LSP has it, with the ranges of CLIENT."
  (or (cdr-safe (assq 'eglot-lsp-diag (ignore-errors (flymake-diagnostic-data diagnostic))))
      (list :range (plist-get (kimi-client-place client
                                                 (flymake-diagnostic-beg diagnostic)
                                                 (flymake-diagnostic-end diagnostic))
                              :range)
            :severity (kimi--severity (flymake-diagnostic-type diagnostic))
            :source (format "%s" (flymake-diagnostic-backend diagnostic))
            :message (substring-no-properties (flymake-diagnostic-text diagnostic)))))

(defun kimi--of-flycheck (client err)
  "The Flycheck ERR as LSP has it, with the ranges of CLIENT."
  (pcase-let ((`(,beg . ,end) (flycheck-error-region-for-mode err 'symbols)))
    `( :range ,(plist-get (kimi-client-place client beg end) :range)
       :severity ,(kimi--severity (flycheck-error-level err))
       :source ,(format "%s" (flycheck-error-checker err))
       ,@(when-let ((id (flycheck-error-id err)))
           (list :code (substring-no-properties id)))
       :message ,(substring-no-properties (or (flycheck-error-message err) "")))))

(defun kimi--shown-diagnostics (client beg end)
  "What is shown from BEG to END, by whomever it was found, as LSP has it.
The ranges are those of CLIENT."
  (append (kimi-client-diagnostics client beg end)
          (and (bound-and-true-p flymake-mode)
               (mapcar (apply-partially #'kimi--of-flymake client)
                       (flymake-diagnostics beg end)))
          (and (bound-and-true-p flycheck-mode)
               (mapcar (apply-partially #'kimi--of-flycheck client)
                       (flycheck-overlay-errors-in beg (max end (min (1+ beg) (point-max))))))))

(defun kimi--diagnostics (client beg end)
  "The diagnostics from BEG to END, or else of the whole line, for CLIENT."
  (let ((found (or (kimi--shown-diagnostics client beg end)
                   (kimi--shown-diagnostics client (line-beginning-position)
                                            (line-end-position)))))
    (vconcat (seq-uniq found (lambda (one other)
                               (equal (plist-get one :message) (plist-get other :message)))))))

;;; Commands

(defun kimi-run (action &optional instruction more)
  "Let Kimi do ACTION, a string such as \"fix\", on the region or at point.
INSTRUCTION is what the user wants; MORE is a property list that is sent
along."
  (pcase-let* ((client (kimi--client-here))
               (`(,beg . ,end) (kimi--bounds))
               (diagnostics (and (member action '("fix" "fixAll" "explainProblem"))
                                 (kimi--diagnostics client beg end))))
    (kimi--execute client (concat "kimi." action)
                   (append (kimi-client-place client beg end)
                           (unless (or (null instruction) (string-blank-p instruction))
                             (list :instruction instruction))
                           (unless (seq-empty-p diagnostics)
                             (list :diagnostics diagnostics))
                           more))
    (deactivate-mark)))

(defvar kimi-instruction-history nil
  "Instructions that were typed.")

(defun kimi--read (prompt)
  "An instruction read with PROMPT."
  (read-string prompt nil 'kimi-instruction-history))

(defun kimi--read-by-prefix (prompt)
  "A list of an instruction read with PROMPT, if there is a prefix argument."
  (list (and current-prefix-arg (kimi--read prompt))))

;;;###autoload
(defun kimi-fix (&optional instruction)
  "Fix the problems at point, in the region or on the line.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Fix it, and mind: "))
  (kimi-run "fix" instruction))

;;;###autoload
(defun kimi-fix-all (&optional instruction)
  "Fix all problems of this file.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Fix all, and mind: "))
  (kimi-run "fixAll" instruction))

;;;###autoload
(defun kimi-refactor (instruction)
  "Refactor the region or the definition at point by INSTRUCTION."
  (interactive (list (kimi--read "Refactor (empty: as you think best): ")))
  (kimi-run "refactor" instruction))

;;;###autoload
(defun kimi-do ()
  "Do what the comment at point wants, such as \"kimi: use a dataclass\"."
  (interactive)
  (kimi-run "instruct"))

;;;###autoload
(defun kimi-simplify (&optional instruction)
  "Simplify the region or the definition at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Simplify, and mind: "))
  (kimi-run "simplify" instruction))

;;;###autoload
(defun kimi-add-types (&optional instruction)
  "Add types to the region or the definition at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Add types, and mind: "))
  (kimi-run "addTypes" instruction))

;;;###autoload
(defun kimi-implement (&optional instruction)
  "Implement the definition at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Implement, and mind: "))
  (kimi-run "implement" instruction))

;;;###autoload
(defun kimi-document (&optional instruction)
  "Document the region or the definition at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Document, and mind: "))
  (kimi-run "document" instruction))

;;;###autoload
(defun kimi-test (&optional instruction)
  "Write a test or more for the definition at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Write tests, and mind: "))
  (kimi-run "test" instruction))

;;;###autoload
(defun kimi-explain (&optional instruction)
  "Explain the region or the definition at point.
With a prefix argument, ask something about it: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Explain: "))
  (kimi-run "explain" instruction))

;;;###autoload
(defun kimi-explain-problem ()
  "Explain the problem at point."
  (interactive)
  (kimi-run "explainProblem"))

;;;###autoload
(defun kimi-review (&optional instruction)
  "Review the region or the definition at point.
With a prefix argument, say what matters: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Review, and mind: "))
  (kimi-run "review" instruction))

;;;###autoload
(defun kimi-image (&optional instruction)
  "Build from the image whose name is at point.
With a prefix argument, say how: INSTRUCTION."
  (interactive (kimi--read-by-prefix "Build from the image, and mind: "))
  (kimi-run "image" instruction))

;;;###autoload
(defun kimi-custom (id &optional instruction)
  "Run the action ID of your own settings.
With a prefix argument, say more: INSTRUCTION."
  (interactive (cons (read-string "Custom action: ")
                     (kimi--read-by-prefix "And mind: ")))
  (kimi-run "custom" instruction (list :action id)))

(defun kimi--execute-here (command)
  "Let the server execute COMMAND for this buffer's file."
  (let ((client (kimi--client-here)))
    (kimi--execute client command
                   (list :uri (plist-get (kimi-client-place client (point) (point)) :uri)))))

;;;###autoload
(defun kimi-show-diff ()
  "Show what the result that was kept for this file would change."
  (interactive)
  (kimi--execute-here "kimi.showDiff"))

;;;###autoload
(defun kimi-discard ()
  "Discard the result that was kept for this file."
  (interactive)
  (kimi--execute-here "kimi.discard"))

;;;###autoload
(defun kimi-clear-review ()
  "Clear the findings of the last review of this file."
  (interactive)
  (kimi--execute-here "kimi.clearReview"))

;;;###autoload
(defun kimi-cancel ()
  "Cancel every running job."
  (interactive)
  (kimi--execute (kimi--client) "kimi.cancel" nil))

;;;###autoload
(defun kimi-usage ()
  "Show what was used and what it cost."
  (interactive)
  (kimi--execute (kimi--client) "kimi.usage" nil))

;;;###autoload
(defun kimi-status ()
  "Say which model is asked, what is running and what was spent today."
  (interactive)
  (kimi-client-request (kimi--client) "kimi/status" nil
                       (lambda (status) (message "%s" (kimi--status-line status)))))

(defun kimi--get (object key)
  "The member KEY, a keyword, of OBJECT, a property list or a hash table."
  (if (hash-table-p object)
      (gethash (substring (symbol-name key) 1) object)
    (plist-get object key)))

(defun kimi--status-line (status)
  "STATUS, the answer of kimi/status, in one line."
  (let ((jobs (mapcar (lambda (job) (kimi--get job :title)) (kimi--get status :jobs)))
        (spent (kimi--get status :spent_today_usd)))
    (string-join
     (delq nil (list (format "Kimi: %s" (kimi--get status :model))
                     (unless (eq (kimi--get status :key) t) "no key is set")
                     (if jobs (string-join jobs ", ") "nothing is running")
                     (and (numberp spent) (format "$%.4f today" spent))))
     "; ")))

;;; What the server shows

(defun kimi-show-file (file)
  "Show FILE, an explanation or a report, in another window that is not selected.
Point stays where it is, for somebody may be typing."
  (let ((buffer (find-file-noselect file t)))
    (with-current-buffer buffer
      (revert-buffer t t t)
      (if (and (fboundp 'gfm-view-mode) (equal (file-name-extension file) "md"))
          (gfm-view-mode)
        (view-mode 1))
      (goto-char (point-min))
      (rename-buffer (format "*Kimi: %s*" (kimi--heading)) t))
    (display-buffer buffer)))

(defun kimi--heading ()
  "The first heading of the current buffer, or its name."
  (save-excursion
    (if (re-search-forward "^# *`?\\([^`\n]+\\)" nil t)
        (match-string-no-properties 1)
      (buffer-name))))

(defvar kimi--progress nil
  "Running work: an association list of progress tokens and (TITLE . MESSAGE).")

(defun kimi-note-progress (token kind title message)
  "Note the progress TOKEN, which is of KIND begin, report or end.
TITLE is that of the work, MESSAGE what it is doing; the last message
stays in the echo area."
  (let ((before (cdr (assoc token kimi--progress))))
    (setq kimi--progress (cl-delete token kimi--progress :key #'car :test #'equal))
    (if (equal kind "end")
        (message "%s" (string-join (delq nil (list (car before) message)) ": "))
      (push (cons token (cons (or title (car before)) (or message (cdr before)))) kimi--progress)))
  (force-mode-line-update t))

(defun kimi-lighter ()
  "What Kimi is doing, or only its name, for the mode line."
  (pcase kimi--progress
    ('nil " Kimi")
    (`((,_ . (,title . ,message)) . ,others)
     (format " [%s%s%s]" (or title "Kimi") (if message (concat ": " message) "")
             (if others (format " +%d" (length others)) "")))))

;;;###autoload (autoload 'kimi-command-map "kimi" nil t 'keymap)
(defvar kimi-command-map
  (let ((map (make-sparse-keymap)))
    (pcase-dolist (`(,key . ,command)
                   '(("f" . kimi-fix) ("F" . kimi-fix-all) ("r" . kimi-refactor)
                     ("c" . kimi-do) ("s" . kimi-simplify) ("t" . kimi-add-types)
                     ("i" . kimi-implement) ("d" . kimi-document) ("T" . kimi-test)
                     ("e" . kimi-explain) ("p" . kimi-explain-problem)
                     ("v" . kimi-review) ("V" . kimi-clear-review) ("I" . kimi-image)
                     ("x" . kimi-custom) ("k" . kimi-cancel) ("u" . kimi-usage)
                     ("?" . kimi-status) ("=" . kimi-show-diff) ("-" . kimi-discard)))
      (define-key map key command))
    map)
  "Keys for all commands, to be bound to a prefix of your choice.")
(fset 'kimi-command-map kimi-command-map)

(define-minor-mode kimi-mode
  "Say in the mode line what Kimi is doing.
It is turned on in each buffer that kimi-lsp serves.  Its commands work
without it."
  :lighter (:eval (kimi-lighter)))

;;; Edits

(defun kimi-text-edits (edit)
  "The parts of EDIT that are no creation of a file.
A new file is first a buffer that was never saved, as if the user had
visited it."
  (vconcat (seq-remove (lambda (change) (equal (kimi--get change :kind) "create"))
                       (kimi--get edit :documentChanges))))

(defun kimi-visit (files)
  "Visit FILES, so that an edit of them needs no question; their buffers.
The folder of a new file is made, for what starts in it needs it."
  (mapcar (lambda (file)
            (make-directory (file-name-directory file) t)
            (find-file-noselect file))
          files))

(defmacro kimi-as-one-undo (buffers &rest body)
  "Evaluate BODY as an undo step of its own in each of BUFFERS."
  (declare (indent 1) (debug t))
  (let ((all (make-symbol "buffers")))
    `(let ((,all ,buffers))
       (kimi--undo-boundaries ,all)
       (prog1 (progn ,@body)
         (kimi--undo-boundaries ,all)))))

(defun kimi--undo-boundaries (buffers)
  "End the current undo step in each of BUFFERS."
  (dolist (buffer buffers)
    (with-current-buffer buffer
      (undo-boundary)
      ;; What is typed next must not be taken for the rest of the same word.
      (setq buffer-undo-list (if (car buffer-undo-list) (cons nil buffer-undo-list) buffer-undo-list)))))

(provide 'kimi)
;;; kimi.el ends here
