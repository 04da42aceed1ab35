;;; kimi-lsp-mode.el --- Kimi through lsp-mode  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 The kimi-lsp authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Registers kimi-lsp with lsp-mode as an add-on: it runs beside the server
;; that lsp-mode chooses for a language.

;;; Code:

(require 'cl-lib)
(require 'kimi)
(require 'lsp-mode)

(defun kimi-lsp-mode--serves-p (_file mode)
  "Whether kimi-lsp is offered in the major MODE."
  (memq mode kimi-modes))

(defun kimi-lsp-mode--path (uri)
  "The file of URI."
  (lsp--uri-to-path uri))

;;; The connection, for the commands

(defun kimi-lsp-mode--client ()
  "The workspace of kimi-lsp in the current buffer, once it is ready."
  (and (bound-and-true-p lsp-mode)
       (cl-find-if (lambda (workspace)
                     (and (eq (lsp--client-server-id (lsp--workspace-client workspace)) 'kimi)
                          (eq (lsp--workspace-status workspace) 'initialized)))
                   (lsp-workspaces))))

(add-hook 'kimi-client-functions #'kimi-lsp-mode--client)

(cl-defmethod kimi-client-request ((workspace lsp--workspace) method params callback)
  "Send METHOD with PARAMS to WORKSPACE alone; CALLBACK gets the result."
  (with-lsp-workspaces (list workspace)
    (lsp-request-async method params callback
                       :mode 'detached
                       :error-handler (lambda (err) (message "Kimi: %s" (kimi--get err :message))))))

(cl-defmethod kimi-client-place ((_workspace lsp--workspace) beg end)
  "The place from BEG to END."
  (list :uri (lsp--buffer-uri) :range (lsp--region-to-range beg end)))

(cl-defmethod kimi-client-diagnostics ((_workspace lsp--workspace) beg end)
  "What the servers of this buffer have found from BEG to END."
  (let ((first (1- (line-number-at-pos beg t)))
        (last (1- (line-number-at-pos end t))))
    (mapcar #'kimi-lsp-mode--plain
            (cl-remove-if-not
             (lambda (diagnostic)
               (<= first (kimi--get (kimi--get (kimi--get diagnostic :range) :start) :line) last))
             (lsp--get-buffer-diagnostics)))))

(defun kimi-lsp-mode--plain (diagnostic)
  "DIAGNOSTIC as a property list."
  (let ((place (lambda (side)
                 (let ((position (kimi--get (kimi--get diagnostic :range) side)))
                   (list :line (kimi--get position :line)
                         :character (kimi--get position :character))))))
    (append (list :range (list :start (funcall place :start) :end (funcall place :end)))
            (cl-loop for key in '(:severity :code :source :message)
                     for value = (kimi--get diagnostic key)
                     when value append (list key value)))))

;;; What the server asks for

(defun kimi-lsp-mode--apply (_workspace params)
  "Apply the edit of PARAMS, in each file as one undo step."
  (let* ((edit (kimi-lsp-mode--without-creations (kimi--get params :edit)))
         (buffers (kimi-visit (kimi-lsp-mode--files edit))))
    (dolist (buffer buffers)
      (with-current-buffer buffer
        (when (bound-and-true-p lsp-mode)
          (lsp--flush-delayed-changes))))
    (condition-case err
        (if (or (not kimi-confirm-edits)
                (y-or-n-p (format "Apply the edit of %d files? " (length buffers))))
            (kimi-as-one-undo buffers
              (lsp--apply-workspace-edit edit 'server-requested)
              (list :applied t))
          (list :applied :json-false :failureReason "the user said no"))
      (error (list :applied :json-false :failureReason (error-message-string err))))))

(defun kimi-lsp-mode--without-creations (edit)
  "EDIT without the creation of files, which would come last, and on disk."
  (let ((changes (kimi-text-edits edit)))
    (if (hash-table-p edit)
        (let ((copy (copy-hash-table edit)))
          (puthash "documentChanges" changes copy)
          copy)
      (plist-put (copy-sequence edit) :documentChanges changes))))

(defun kimi-lsp-mode--files (edit)
  "Return the files of EDIT that have their text edited."
  (cl-loop for change across (vconcat (kimi--get edit :documentChanges))
           for document = (kimi--get change :textDocument)
           when document collect (kimi-lsp-mode--path (kimi--get document :uri))))

(defun kimi-lsp-mode--show-document (_workspace params)
  "Show the file of PARAMS in another window."
  (let ((file (kimi-lsp-mode--path (kimi--get params :uri))))
    (if (file-readable-p file)
        (progn (run-with-timer 0 nil #'kimi-show-file file) (list :success t))
      (list :success :json-false))))

(defun kimi-lsp-mode--show-message (_workspace params)
  "Show the message of PARAMS; an error in its face."
  (let ((text (kimi--get params :message)))
    (message "%s" (if (eql (kimi--get params :type) 1) (propertize text 'face 'error) text))))

(defun kimi-lsp-mode--progress (_workspace params)
  "Show the progress of PARAMS."
  (let ((value (kimi--get params :value)))
    (kimi-note-progress (kimi--get params :token) (kimi--get value :kind)
                        (kimi--get value :title) (kimi--get value :message))))

(defun kimi-lsp-mode--capabilities (original &optional custom)
  "What ORIGINAL declares with CUSTOM, and for our own client what is handled here."
  (if (assq 'kimi custom)
      (cons '(window . ((workDoneProgress . t) (showDocument . ((support . t)))))
            (assq-delete-all 'window (funcall original (assq-delete-all 'kimi (copy-sequence custom)))))
    (funcall original custom)))

;; lsp-mode 8 declares no showDocument, and what a client adds cannot replace what it declares.
(advice-add 'lsp--client-capabilities :around #'kimi-lsp-mode--capabilities)

(defun kimi-lsp-mode--environment ()
  "The key, where only auth-source has it."
  (let ((entry (car (kimi-environment))))
    (when (and (not (getenv "AIGATEWAY_API_KEY"))
               (string-prefix-p "AIGATEWAY_API_KEY=" entry))
      (list (cons "AIGATEWAY_API_KEY" (substring entry (length "AIGATEWAY_API_KEY=")))))))

(add-hook 'lsp-configure-hook #'kimi-lsp-mode--configured)

(defun kimi-lsp-mode--configured ()
  "Show in the mode line that Kimi serves the current buffer."
  (when (kimi-lsp-mode--client)
    (kimi-mode 1)))

(defun kimi-lsp-mode--table (&rest pairs)
  "A hash table of PAIRS."
  (let ((table (make-hash-table :test 'equal)))
    (cl-loop for (key value) on pairs by #'cddr do (puthash key value table))
    table))

(lsp-register-client
 (make-lsp-client
  :server-id 'kimi
  :new-connection (lsp-stdio-connection (lambda () kimi-command))
  :activation-fn #'kimi-lsp-mode--serves-p
  :add-on? t
  :priority -2
  :multi-root nil
  :environment-fn #'kimi-lsp-mode--environment
  :initialization-options (lambda () (or kimi-settings (make-hash-table :size 1)))
  ;; lsp-mode counts characters and does not say so: with utf-16, an emoji would shift an edit.
  :custom-capabilities '((kimi) (general . ((positionEncodings . ["utf-32" "utf-16"]))))
  :request-handlers (kimi-lsp-mode--table "workspace/applyEdit" #'kimi-lsp-mode--apply
                                          "window/showDocument" #'kimi-lsp-mode--show-document)
  :notification-handlers (kimi-lsp-mode--table "window/showMessage" #'kimi-lsp-mode--show-message
                                               "$/progress" #'kimi-lsp-mode--progress
                                               "kimi/status" #'ignore)))

(provide 'kimi-lsp-mode)
;;; kimi-lsp-mode.el ends here
